"""messenger-db check: whether the database in use still matches its applied migrations."""

import sys
from dataclasses import asdict, dataclass
from typing import Any

from messenger_db.catalog import Difference, differences, snapshot
from messenger_db.database_in_use import backend_in_use
from messenger_db.errors import MessengerError
from messenger_db.folders import migrations
from messenger_db.scratch_schema import applied_migrations, build_all, rolled_back


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
        advice = MessengerError(
            f"{counted(self.differences)} between {self.where} and what its applied migrations create: "
            "undo those that are not intended, and write the others as a migration"
        )
        print(advice, file=sys.stderr)

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape that docs/commands.md describes."""
        return {"database": {"address": self.where}, "differences": [asdict(each) for each in self.differences]}


def check() -> Drift:
    """Return the differences. Raises MessengerError when there is nothing to compare with."""
    with backend_in_use() as backend, rolled_back(backend.connection):
        found = snapshot(backend.connection)
        build_all(backend, applied_migrations(backend, migrations()))
        return Drift(str(backend.target), differences(snapshot(backend.connection), found))


def counted(drift: list[Difference]) -> str:
    """Return the number of differences, in words."""
    return "1 difference" if len(drift) == 1 else f"{len(drift)} differences"
