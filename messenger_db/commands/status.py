"""messenger-db status: where the database is, what it is, and which migrations are applied."""

import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from yoyo.migrations import MigrationList

from messenger_db import feed_publication, history
from messenger_db.backend import MessengerBackend
from messenger_db.backfilling.backfill_states import BackfillState, states
from messenger_db.confirm import is_embedded
from messenger_db.connection import Target
from messenger_db.database_in_use import backend_in_use
from messenger_db.each_tenant import TenantRun, on_each_tenant, some_of
from messenger_db.errors import printable
from messenger_db.feed_publication import Feed
from messenger_db.folders import migrations, migrations_folder
from messenger_db.replication_slots import Slot, slots
from messenger_db.sql import QUERIES

DONE, PENDING = 0, 3


@dataclass(frozen=True)
class MigrationStatus:
    """A migration that is applied, or has its files here, or both."""

    id: str
    applied_at: datetime | None
    is_in_checkout: bool

    @property
    def word(self) -> str:
        """The state in a word or two."""
        if not self.applied_at:
            return "pending"
        return "applied" if self.is_in_checkout else "applied, no file here"


@dataclass(frozen=True)
class Standing:
    """The migrations and backfills of a schema."""

    migrations: list[MigrationStatus]
    backfills: list[BackfillState]

    @property
    def pending(self) -> list[str]:
        """The ids of the migrations that are not applied, oldest first."""
        return [migration.id for migration in self.migrations if not migration.applied_at]

    @property
    def ahead(self) -> list[str]:
        """The ids of the applied migrations whose files are not here, oldest first."""
        return [migration.id for migration in self.migrations if not migration.is_in_checkout]

    def words(self) -> dict[tuple[int, str], str]:
        """Return the state of each migration and each backfill in a word or two, by its place and name in a table."""
        migrations = {(0, printable(migration.id)): migration.word for migration in self.migrations}
        return migrations | {(1, f"backfill {printable(backfill.id)}"): backfill.word for backfill in self.backfills}

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape that docs/commands.md describes."""
        return {
            "migrations": [
                asdict(migration)
                | {"applied_at": f"{migration.applied_at:%Y-%m-%dT%H:%M:%SZ}" if migration.applied_at else None}
                for migration in self.migrations
            ],
            "pending": self.pending,
            "ahead": self.ahead,
            "backfills": [backfill.as_json() for backfill in self.backfills],
        }


@dataclass(frozen=True)
class Status:
    """The result of `status`; `size` is in bytes."""

    target: Target
    server_version: str
    size: int
    size_for_people: str
    standing: Standing
    feed: Feed | None
    slots: list[Slot]
    says_pending: bool

    @property
    def exit_status(self) -> int:
        """3 where a migration is pending and that is asked."""
        return PENDING if self.says_pending and self.standing.pending else DONE

    def print(self) -> None:
        """Print it for people."""
        print(f"{self.target}{' (embedded)' if is_embedded(self.target) else ''}")
        print(printable(f"PostgreSQL {self.server_version}, {self.size_for_people}"))
        standing = self.standing
        newest = max((migration.id for migration in standing.migrations if migration.applied_at), default="")
        for migration in standing.migrations:
            if migration.applied_at:
                state = f"applied {migration.applied_at:%Y-%m-%d %H:%M:%S} UTC"
            else:
                state = f"pending, though {newest} is applied" if migration.id < newest else "pending"
            absent = "" if migration.is_in_checkout else ", but its file is not here"
            print(f"  {printable(migration.id)}: {state}{absent}")
        for backfill in standing.backfills:
            print(printable(f"  backfill {backfill.id}: {backfill.line()}"))
        if self.feed:
            print(printable(f"  change feed {self.feed.line()}"))
        for slot in self.slots:
            print(f"  {slot.line()}")
        if ahead := standing.ahead:
            print(f"the database {history.ahead(ahead)}: {history.way_out(ahead, self.target)}")

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape that docs/commands.md describes."""
        return {
            "database": {
                "name": self.target.name,
                "address": str(self.target),
                "schema": self.target.schema,
                "is_embedded": is_embedded(self.target),
                "size_bytes": self.size,
            },
            "server": {"version": self.server_version},
            **self.standing.as_json(),
            "feed": self.feed and self.feed.as_json(),
            "slots": [slot.as_json() for slot in self.slots],
        }


@dataclass(frozen=True)
class TenantMatrix:
    """The result of `status` for tenants: those that stand alike are one column of a table."""

    run: TenantRun[Standing]
    says_pending: bool

    @property
    def exit_status(self) -> int:
        """1 where a tenant could not be looked at; 3 where a migration is pending and that is asked."""
        is_pending = any(standing.pending for standing in self.run.done.values())
        return self.run.exit_status or (PENDING if self.says_pending and is_pending else DONE)

    def print(self) -> None:
        """Print a row for each migration and backfill, and a column for each group of tenants that stand alike."""
        words = {name: standing.words() for name, standing in self.run.done.items()}
        rows = sorted({row for standing in words.values() for row in standing})
        groups: dict[tuple[str, ...], list[str]] = {}
        for name in self.run.names:
            if name in words:
                groups.setdefault(tuple(words[name].get(row, "-") for row in rows), []).append(name)
        shown = sorted(groups.items(), key=lambda group: -len(group[1]))
        print(f"{self.run.target}: {len(self.run.names):,} tenants")
        table = [["", *(f"group {number}" for number in range(1, len(shown) + 1))]]
        table += [[row, *(group[index] for group, _ in shown)] for index, (_, row) in enumerate(rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for line in table:
            print(f"  {'  '.join(map(str.ljust, line, widths))}".rstrip())
        for number, (_, names) in enumerate(shown, start=1):
            print(f"group {number}: {some_of(names)}")
        if self.run.exit_status:
            sys.stdout.flush()
            print(self.run.failure(), file=sys.stderr)

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape that docs/commands.md describes."""
        return self.run.as_json(Standing.as_json)


def status(exit_code: bool, tenants: str = "") -> "Status | TenantMatrix":
    """Return the state of the database in use; with `exit_code`, the exit status says whether anything is pending.

    For tenants, returns that of all schemas that match the pattern. Raises MessengerError as `on_each_tenant` does.
    """
    files = migrations()
    if tenants:
        run = on_each_tenant(tenants, lambda backend: _standing(backend, files), goes_on=True, changes=False)
        return TenantMatrix(run, exit_code)
    with backend_in_use() as backend:
        version, size, size_for_people = backend.run(QUERIES["servers.facts"]).fetchone()
        standing = _standing(backend, files)
        with backend.cursor() as cursor:
            feed = feed_publication.existing(cursor)
        found = slots(backend.connection)
        return Status(backend.target, version, size, size_for_people, standing, feed, found, exit_code)


def _standing(backend: MessengerBackend, files: MigrationList) -> Standing:
    applied = backend.applied_at()
    backfills = states(backend.connection, migrations_folder(), applied)
    here = {migration.id for migration in files}
    return Standing(
        [MigrationStatus(id_, applied.get(id_), id_ in here) for id_ in sorted(applied.keys() | here)], backfills
    )
