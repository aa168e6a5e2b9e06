"""messenger-db check: whether the database in use still matches its applied migrations."""

import sys
import threading
from dataclasses import asdict, dataclass
from typing import Any

from messenger_db.backend import MessengerBackend
from messenger_db.catalog import Catalog, Difference, differences, snapshot
from messenger_db.database_in_use import backend_in_use
from messenger_db.each_tenant import TenantRun, on_each_tenant, some_of
from messenger_db.errors import MessengerError
from messenger_db.folders import migrations
from messenger_db.scratch_schema import applied_migrations, build_all, rolled_back
from messenger_db.sharding import is_sharded


@dataclass(frozen=True)
class Drift:
    """The differences between a database and what its applied migrations create; `where` names it for people."""

    where: str
    differences: list[Difference]

    @property
    def exit_status(self) -> int:
        """1 where anything differs."""
        return 1 if self.differences else 0

    def print(self) -> None:
        """Print a line for each difference, and on stderr what to do about them."""
        for difference in self.differences:
            print(difference)
        if not self.differences:
            print(f"{self.where} matches its applied migrations")
            return
        sys.stdout.flush()
        print(_advice(self.differences, self.where), file=sys.stderr)

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape that docs/commands.md describes."""
        return {"database": {"address": self.where}, "differences": [asdict(each) for each in self.differences]}


@dataclass(frozen=True)
class TenantDrift:
    """The differences of each tenant."""

    run: TenantRun[list[Difference]]

    @property
    def exit_status(self) -> int:
        """1 where anything differs, or a tenant could not be compared."""
        return self.run.exit_status or (1 if any(self.run.done.values()) else 0)

    def print(self) -> None:
        """Print each difference once, with the tenants that have it, and on stderr what to do about them."""
        drifted = [name for name in self.run.names if self.run.done.get(name)]
        found: dict[Difference, list[str]] = {}
        for name in drifted:
            for difference in self.run.done[name]:
                found.setdefault(difference, []).append(name)
        for difference, names in found.items():
            print(f"{some_of(names)}: {difference}")
        print(
            f"{len(self.run.done) - len(drifted):,} of {len(self.run.names):,} tenants match their applied migrations"
        )
        sys.stdout.flush()
        if self.run.exit_status:
            print(self.run.failure(), file=sys.stderr)
        if drifted:
            print(_advice(list(found), some_of(drifted)), file=sys.stderr)

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape that docs/commands.md describes."""
        return self.run.as_json(lambda found: {"differences": [asdict(each) for each in found]})


class Expected:
    """What migrations create, built once for all the schemas that have the same ones."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files = migrations()
        self._catalogs: dict[tuple[bool, tuple[str, ...]], Catalog] = {}

    def compare(self, backend: MessengerBackend) -> list[Difference]:
        """Return the differences of a schema. Raises MessengerError when there is nothing to compare with."""
        with rolled_back(backend.connection):
            found = snapshot(backend.connection)
            applied = applied_migrations(backend, self._files)
            made = (is_sharded(backend.connection), tuple(migration.id for migration in applied))
            with self._lock:
                if made not in self._catalogs:
                    build_all(backend, applied)
                    self._catalogs[made] = snapshot(backend.connection)
            return differences(self._catalogs[made], found)


def check(tenants: str = "") -> Drift | TenantDrift:
    """Return the differences; for tenants, those of all schemas that match the pattern.

    Raises MessengerError when there is nothing to compare with; for tenants, as `on_each_tenant` does.
    """
    if tenants:
        return TenantDrift(on_each_tenant(tenants, Expected().compare, goes_on=True, changes=False))
    return drift()


def drift() -> Drift:
    """Return the differences of the database in use. Raises MessengerError when there is nothing to compare with."""
    with backend_in_use() as backend:
        return Drift(str(backend.target), Expected().compare(backend))


def _advice(found: list[Difference], where: str) -> MessengerError:
    return MessengerError(
        f"{counted(found)} between {where} and what its applied migrations create: "
        "undo those that are not intended, and write the others as a migration"
    )


def counted(found: list[Difference]) -> str:
    """Return the number of differences, in words."""
    return "1 difference" if len(found) == 1 else f"{len(found)} differences"
