"""Every backfill that has a file or a record, and what there is to do about it."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg2.extensions import connection as Connection

from messenger_db.backfilling.backfill_files import Backfill, beside, needing, read_backfills
from messenger_db.backfilling.backfill_records import Record, records


@dataclass(frozen=True)
class BackfillState:
    """A backfill: its file in this checkout, its record in the database, or both."""

    id: str
    file: Backfill | None
    record: Record | None
    depends_is_applied: bool
    needed_by_applied: str | None  # a migration that is applied and needs it

    @property
    def is_complete(self) -> bool:
        """Whether nothing of it is left to do: a migration that needs it is applied no sooner."""
        return bool(self.needed_by_applied or (self.record and self.record.completed_at))

    @property
    def word(self) -> str:
        """The state in one word or two, for programs."""
        if self.is_complete:
            return "complete"
        if self.record:
            return "rows left" if self.record.rows_left and self.record.is_through else "begun"
        return "due" if self.depends_is_applied else "not due"

    @property
    def is_due(self) -> bool:
        """Whether it can run here, and has something to do."""
        return bool(self.file and self.depends_is_applied and not self.is_complete)

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape that docs/commands.md describes."""
        record = self.record
        completed = record and record.completed_at
        return {
            "id": self.id,
            "state": self.word,
            "is_in_checkout": self.file is not None,
            "rows_done": record.rows_done if record else 0,
            "rows_expected": record.rows_expected if record else None,
            "rows_left": [row._asdict() for row in record.rows_left] if record else [],
            "completed_at": f"{completed:%Y-%m-%dT%H:%M:%SZ}" if completed else None,
        }

    def line(self) -> str:
        """Return its state for people."""
        absent = "" if self.file else ", but its file is not here"
        if self.is_complete:
            completed = self.record and self.record.completed_at
            when = f" {completed:%Y-%m-%d %H:%M:%S} UTC" if completed else f", as {self.needed_by_applied} is applied"
            return f"complete{when}{absent}"
        if not self.record:
            depends = self.file.depends if self.file else ""
            return "due: make db-backfill" if self.depends_is_applied else f"not due before {depends} is applied"
        record = self.record
        left = len(record.rows_left)
        rows = f", {left:,} {'row' if left == 1 else 'rows'} left out" if left else ""
        if self.word == "rows left":
            return f"all rows tried{rows}: correct them, then make db-backfill takes only those{absent}"
        return (
            f"{record.fraction:.0%}, {record.rows_done:,} of about {max(record.rows_expected, record.rows_done):,} "
            f"rows{rows}, last moved {record.moved_at:%Y-%m-%d %H:%M:%S} UTC{absent}"
        )


def states(connection: Connection, migrations_folder: Path, applied: Collection[str]) -> list[BackfillState]:
    """Return the states of the backfills that belong to a folder of migrations, in order.

    Raises MessengerError for a file that cannot be read.
    """
    files = read_backfills(beside(migrations_folder))
    recorded = records(connection)
    here = {id_: path for id_ in applied if (path := migrations_folder / f"{id_}.sql").exists()}
    found: list[BackfillState] = []
    for id_ in sorted(files.keys() | recorded.keys()):
        file = files.get(id_)
        needed_by = next(iter(needing(id_, here)), None)
        found.append(BackfillState(id_, file, recorded.get(id_), bool(file and file.depends in applied), needed_by))
    return found
