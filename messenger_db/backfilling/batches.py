"""The batches of a backfill: each changes the next rows and moves the cursor in one transaction.

So each row that was there when the backfill began is changed once, however often the process or the server is killed.
"""

import re
import time
from collections.abc import Sequence
from typing import NamedTuple

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import Json

from messenger_db.backfilling.backfill_files import Backfill
from messenger_db.backfilling.backfill_records import LeftRow, Record
from messenger_db.backfilling.short_transactions import ShortTransactions, Step
from messenger_db.errors import MessengerError, details_of, reason_of
from messenger_db.queries import identifiers
from messenger_db.sql import QUERIES

# The classes of SQLSTATE that a single row can cause: its values, a rule of the table, a trigger, a limit.
OF_A_ROW = ("21", "22", "23", "38", "39", "44", "54", "P0")

# With more rows than these left out it is not some rows that are wrong.
MOST_LEFT = 1000

OWN_WITH = re.compile(r"WITH\s+(RECURSIVE\s)?", re.IGNORECASE)


class Column(NamedTuple):
    """A column of the key, and its type as the server writes it."""

    name: str
    type: str


class Fill(ShortTransactions):
    """One session's run of a backfill, whose lock it holds: a batch at a time."""

    def __init__(
        self,
        connection: Connection,
        backfill: Backfill,
        record: Record,
        key: Sequence[Column],
        *,
        skip: bool = False,
    ) -> None:
        """Go on where `record` says; `skip` leaves out what cannot be changed, instead of stopping there."""
        super().__init__(connection, record.batch_rows)
        self.backfill = backfill
        self.key = key
        self.skip = skip
        self.last_key = record.last_key
        self.done_key = record.done_key
        self.left = list(record.rows_left)
        self._again = [row.key for row in record.rows_left]
        self._is_through = False
        self._suspects = 0  # so many of the next rows have one among them that cannot be changed

    def step(self) -> Step | None:
        """Change the next rows, or try to; None when there is nothing left to try.

        Raises MessengerError for a row that cannot be changed, and when another session has interfered; psycopg2.Error
        for anything else that the server refuses.
        """
        if not self._is_through:
            return self._next_batch()
        if self._again:
            return self._row_again(self._again[0])
        return None

    def _next_batch(self) -> Step:
        asked = min(self.pace.rows, max(1, self._suspects // 2)) if self._suspects else self.pace.rows
        rows, end = asked, None
        started = time.monotonic()
        try:
            with self.transaction(asked) as (cursor, wal_before):
                rows, end, arrays = self._next_keys(cursor, asked)
                if end is None:
                    self._checked(cursor, "backfills.record_through", before=self.done_key)
                else:
                    self._run(cursor, arrays)
                    waiting, wal = self.standing(cursor, self.backfill.table)
                    self._move(cursor, end, rows)
        except psycopg2.Error as error:
            return self._failed(error, rows, end, time.monotonic() - started)
        seconds = time.monotonic() - started
        self.failures = 0
        self._suspects = max(0, self._suspects - rows)
        if end is None:
            self._is_through = True
            return Step(0, seconds, 0.0)
        self.done_key = end
        return self.succeeded(rows, seconds, waiting, wal_before, wal)

    def _row_again(self, key: list[str]) -> Step:
        """Try a row that was left out; it can be gone meanwhile."""
        started = time.monotonic()
        try:
            with self.transaction(1) as (cursor, _):
                self._run(cursor, [[value] for value in key])
                self._checked(cursor, "backfills.take_row", key=Json(key))
                if len(self.left) == 1:
                    self._checked_through(cursor)
        except psycopg2.Error as error:
            return self._failed(error, 1, key, time.monotonic() - started)
        seconds = time.monotonic() - started
        self.failures = 0
        self._again.pop(0)
        self.left = [row for row in self.left if row.key != key]
        return Step(1, seconds, self.pace.pause(seconds, 0))

    def _failed(self, error: psycopg2.Error, rows: int, end: list[str] | None, seconds: float) -> Step:
        """Say what to do after a transaction that the server refused. Raises what the caller cannot go on after."""
        if self.connection.closed:
            raise error
        if self.is_in_the_way(error, rows, seconds):
            pause = self.back_off(rows)
            if pause is not None:
                return Step(0, seconds, pause)
        elif (error.pgcode or "")[:2] not in OF_A_ROW:
            raise error
        elif rows > 1:
            self._suspects = rows
            return Step(0, seconds, 0.0)
        if end is None:
            raise error
        return self._leave(end, error, seconds)

    def _leave(self, key: list[str], error: psycopg2.Error, seconds: float) -> Step:
        """Leave out a row that cannot be changed, and go on after it. Raises MessengerError unless that is wanted."""
        self.failures = self._suspects = 0
        reason = reason_of(error)
        row = f"the row of {self.backfill.table} with {self.named(key)}"
        if not self.skip:
            raise MessengerError(
                f"{self.backfill.id} stopped at {row}: {reason}; correct the row and run it again, or leave out such "
                "rows with ON_ERROR=skip",
                *details_of(error),
            )
        if self._is_through:
            self._again.pop(0)
            return Step(0, seconds, 0.0)
        if len(self.left) >= MOST_LEFT:
            raise MessengerError(
                f"{self.backfill.id} stopped at {row}: {reason}; {MOST_LEFT} rows are left out already: correct what "
                "they have in common, and run it again",
                *details_of(error),
            )
        left = LeftRow(key, reason)
        with self.transaction(1) as (cursor, _):
            self._execute(cursor, "backfills.leave_row", row=Json(left._asdict()))
            self._move(cursor, key, 0)
        self.left.append(left)
        self.done_key = key
        return Step(0, seconds, 0.0)

    def _next_keys(self, cursor: Cursor, rows: int) -> tuple[int, list[str] | None, Sequence[str | list[str]]]:
        """Return how many rows the next batch has, the last key, and for each column the array of its values as text.

        There are at most so many rows; at the end, there is no last key.
        """
        if self.last_key is None:
            return 0, None, []
        keys = identifiers(column.name for column in self.key)
        arrays = [sql.SQL("array_agg({} ORDER BY {})").format(sql.Identifier(column.name), keys) for column in self.key]
        query = QUERIES["backfills.next_keys"].naming(
            last=sql.SQL(", ").join(sql.SQL("({})[count(*)]::text").format(array) for array in arrays),
            arrays=sql.SQL(", ").join(sql.SQL("{}::text").format(array) for array in arrays),
            keys=keys,
            table=sql.Identifier(self.backfill.table),
            within=self._within(self.last_key),
        )
        query.execute(cursor, rows=rows)
        [(found, *values)] = cursor.fetchall()
        width = len(self.key)
        return found, values[:width] if found else None, values[width:]

    def _run(self, cursor: Cursor, arrays: Sequence[str | list[str]]) -> None:
        """Run the statement of the backfill on the rows with these keys, an array for each column."""
        batch = QUERIES["backfills.batch"].naming(
            keys=identifiers(column.name for column in self.key),
            arrays=sql.SQL(", ").join(
                sql.SQL("CAST({} AS {}[])").format(sql.Literal(array), sql.SQL(column.type))
                for column, array in zip(self.key, arrays, strict=True)
            ),
        )
        expression = batch.statement(cursor).rstrip(";")
        text = self.backfill.statement.text
        own = OWN_WITH.match(text)
        start = f"WITH {(own[1] or '') if own else ''}{expression}{',' if own else ''}\n"
        rest = text[own.end() :] if own else text
        with self.backfill.statement.located(before=len(start) - (own.end() if own else 0)):
            cursor.execute(start + rest)

    def _move(self, cursor: Cursor, key: list[str], rows: int) -> None:
        self._checked(cursor, "backfills.move", before=self.done_key, after=key, rows=rows, batch_rows=self.pace.rows)

    def _checked_through(self, cursor: Cursor) -> None:
        self._checked(cursor, "backfills.record_through", before=self.last_key)

    def _checked(self, cursor: Cursor, query: str, **values: object) -> None:
        """Run a query that changes the record. Raises MessengerError when another session has changed it."""
        self._execute(cursor, query, **values)
        if cursor.rowcount != 1:
            raise MessengerError(
                f"another session has gone on with {self.backfill.id}, or has rolled back what it depends on: nothing "
                "was changed; see make db-status"
            )

    def _execute(self, cursor: Cursor, query: str, **values: object) -> None:
        QUERIES[query].execute(cursor, id=self.backfill.id, **values)

    def _within(self, end: list[str]) -> sql.Composable:
        """Return the condition of the rows after the cursor, up to a key."""
        up_to = sql.SQL("{} <= {}").format(self._columns(), self._values(end))
        if self.done_key is None:
            return up_to
        return sql.SQL("{} > {} AND {}").format(self._columns(), self._values(self.done_key), up_to)

    def _columns(self) -> sql.Composable:
        return sql.SQL("({})").format(identifiers(column.name for column in self.key))

    def _values(self, key: list[str]) -> sql.Composable:
        values = [
            sql.SQL("CAST({} AS {})").format(sql.Literal(value), sql.SQL(column.type))
            for column, value in zip(self.key, key, strict=True)
        ]
        return sql.SQL("({})").format(sql.SQL(", ").join(values))

    def named(self, key: list[str]) -> str:
        """Return a key for people."""
        return ", ".join(f"{column.name} = {value}" for column, value in zip(self.key, key, strict=True))


def texts(key: Sequence[Column]) -> sql.Composed:
    """Return the columns of a key as text, which reads as the same value whatever its type is."""
    return sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column.name)) for column in key)
