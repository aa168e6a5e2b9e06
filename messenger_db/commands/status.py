"""messenger-db status: where the database is, what it is, and which migrations are applied."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from messenger_db import feed_publication, history
from messenger_db.backfilling.backfill_states import BackfillState, states
from messenger_db.confirm import is_embedded
from messenger_db.connection import Target
from messenger_db.database_in_use import backend_in_use
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


@dataclass(frozen=True)
class Status:
    """The result of `status`; `size` is in bytes."""

    target: Target
    server_version: str
    size: int
    size_for_people: str
    migrations: list[MigrationStatus]
    backfills: list[BackfillState]
    feed: Feed | None
    slots: list[Slot]
    exit_status: int

    @property
    def pending(self) -> list[str]:
        """The ids of the migrations that are not applied, oldest first."""
        return [migration.id for migration in self.migrations if not migration.applied_at]

    @property
    def ahead(self) -> list[str]:
        """The ids of the applied migrations whose files are not here, oldest first."""
        return [migration.id for migration in self.migrations if not migration.is_in_checkout]

    def print(self) -> None:
        """Print it for people."""
        print(f"{self.target}{' (embedded)' if is_embedded(self.target) else ''}")
        print(printable(f"PostgreSQL {self.server_version}, {self.size_for_people}"))
        newest = max((migration.id for migration in self.migrations if migration.applied_at), default="")
        for migration in self.migrations:
            if migration.applied_at:
                state = f"applied {migration.applied_at:%Y-%m-%d %H:%M:%S} UTC"
            else:
                state = f"pending, though {newest} is applied" if migration.id < newest else "pending"
            absent = "" if migration.is_in_checkout else ", but its file is not here"
            print(f"  {printable(migration.id)}: {state}{absent}")
        for backfill in self.backfills:
            print(printable(f"  backfill {backfill.id}: {backfill.line()}"))
        if self.feed:
            print(printable(f"  change feed {self.feed.line()}"))
        for slot in self.slots:
            print(f"  {slot.line()}")
        if self.ahead:
            print(f"the database {history.ahead(self.ahead)}: {history.way_out(self.ahead, self.target)}")

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
            "migrations": [
                asdict(migration)
                | {"applied_at": f"{migration.applied_at:%Y-%m-%dT%H:%M:%SZ}" if migration.applied_at else None}
                for migration in self.migrations
            ],
            "pending": self.pending,
            "ahead": self.ahead,
            "backfills": [backfill.as_json() for backfill in self.backfills],
            "feed": self.feed and self.feed.as_json(),
            "slots": [slot.as_json() for slot in self.slots],
        }


def status(exit_code: bool) -> Status:
    """Return the state of the database in use; with `exit_code`, the exit status says whether anything is pending."""
    with backend_in_use() as backend:
        version, size, size_for_people = backend.run(QUERIES["servers.facts"]).fetchone()
        applied = backend.applied_at()
        target = backend.target
        backfills = states(backend.connection, migrations_folder(), applied)
        found_slots = slots(backend.connection)
        with backend.cursor() as cursor:
            feed = feed_publication.feed(cursor)
    here = {migration.id for migration in migrations()}
    found = [MigrationStatus(id_, applied.get(id_), id_ in here) for id_ in sorted(applied.keys() | here)]
    is_pending = any(not migration.applied_at for migration in found)
    return Status(
        target,
        version,
        size,
        size_for_people,
        found,
        backfills,
        feed if feed.exists and not feed.is_foreign else None,
        found_slots,
        PENDING if exit_code and is_pending else DONE,
    )
