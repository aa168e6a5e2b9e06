"""How far each backfill is: the records in _yoyo_backfills, next to yoyo's tables."""

from datetime import datetime
from typing import NamedTuple

from psycopg2.extensions import connection as Connection

from messenger_db.sql import QUERIES

TABLE = "_yoyo_backfills"


class LeftRow(NamedTuple):
    """A row that could not be changed: the values of its key, as text, and what the server said."""

    key: list[str]
    reason: str


class Record(NamedTuple):
    """A backfill that has begun; times are in UTC."""

    id: str
    checksum: str
    last_key: list[str] | None
    done_key: list[str] | None
    rows_expected: int
    rows_done: int
    batch_rows: int
    started_at: datetime
    moved_at: datetime
    completed_at: datetime | None
    rows_left: list[LeftRow]

    @property
    def is_through(self) -> bool:
        """Whether all rows were tried, and those that are left are all that is missing."""
        return self.done_key == self.last_key

    @property
    def fraction(self) -> float:
        """How much is done, as far as the number of rows is known; 1 only when nothing is missing."""
        if self.completed_at:
            return 1.0
        return min(0.99, self.rows_done / max(self.rows_expected, self.rows_done, 1))


def exist(connection: Connection) -> bool:
    """Return whether the table of the records is there."""
    with connection.cursor() as cursor:
        QUERIES["migrations.has_table"].execute(cursor, name=TABLE)
        return bool(cursor.fetchone() == (True,))


def create(connection: Connection) -> None:
    """Create the table of the records, unless it is there: with it, no privilege to create is needed."""
    if not exist(connection):
        with connection.cursor() as cursor:
            QUERIES["backfills.create_records"].execute(cursor)


def records(connection: Connection) -> dict[str, Record]:
    """Return the records by the ids of the backfills."""
    if not exist(connection):
        return {}
    with connection.cursor() as cursor:
        QUERIES["backfills.records"].execute(cursor)
        found = (Record._make([*others, [LeftRow(**row) for row in left]]) for *others, left in cursor)
        return {record.id: record for record in found}
