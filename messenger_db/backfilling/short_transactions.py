"""Transactions that hold nobody up for long, one after the other: what all work in batches is made of."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

import psycopg2
from psycopg2.errors import DeadlockDetected, LockNotAvailable, QueryCanceled, SerializationFailure
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from messenger_db import settings
from messenger_db.backfilling.pacing import PATIENCE, Pace
from messenger_db.sql import QUERIES

# Other sessions are in the way; with fewer rows they are less so.
BUSY = (LockNotAvailable, DeadlockDetected, SerializationFailure)

LONGEST_BACK_OFF_SECONDS = 10.0


class Step(NamedTuple):
    """What a step did: the rows, the seconds that it took, and the seconds to pause after it."""

    rows: int
    seconds: float
    pause: float


class ShortTransactions:
    """The transactions of one session, whose pace adapts to how long they take and to who waits for them."""

    def __init__(self, connection: Connection, rows: int) -> None:
        """Begin with so many rows in a transaction."""
        self.connection = connection
        self.pace = Pace(rows, settings.number("BACKFILL_BATCH_MS") / 1000, _wal_limit())
        self.failures = 0  # in a row, of a single row

    @contextmanager
    def transaction(self, rows: int) -> Iterator[tuple[Cursor, int]]:
        """Open a transaction that holds nobody up for long; yield its cursor and where the WAL is, in bytes.

        A single row can take as long as it needs.
        """
        milliseconds = self.pace.seconds * 1000
        with self.connection.cursor() as cursor:
            try:
                QUERIES["backfills.begin"].execute(cursor)
                QUERIES["backfills.limits"].execute(
                    cursor,
                    lock_ms=int(milliseconds),
                    statement_ms=int(milliseconds * PATIENCE) if rows > 1 else 0,
                )
                [(wal,)] = cursor.fetchall()
                yield cursor, wal
                QUERIES["backfills.commit"].execute(cursor)
            except BaseException:
                with suppress(psycopg2.Error):
                    QUERIES["backfills.rollback"].execute(cursor)
                raise

    def standing(self, cursor: Cursor, table: str) -> tuple[int, int]:
        """Return how many sessions wait for this transaction or for the table, and where the WAL is, in bytes."""
        QUERIES["backfills.standing"].execute(cursor, table=table)
        [(waiting, wal)] = cursor.fetchall()
        return waiting, wal

    def succeeded(self, rows: int, seconds: float, waiting: int, wal_before: int, wal: int) -> Step:
        """Learn from a transaction that was committed, and return it as a step."""
        self.failures = 0
        self.pace.succeeded(rows, seconds, waiting, wal - wal_before)
        return Step(rows, seconds, max(self.pace.pause(seconds, waiting), self.pace.wal_pause(time.monotonic(), wal)))

    def is_in_the_way(self, error: psycopg2.Error, rows: int, seconds: float) -> bool:
        """Say whether others were in the way of a transaction, or it took too long: with fewer rows it may go on."""
        is_slow = isinstance(error, QueryCanceled) and rows > 1 and seconds >= self.pace.seconds * PATIENCE
        return isinstance(error, BUSY) or is_slow

    def back_off(self, rows: int) -> float | None:
        """Take fewer rows; return the seconds to pause, or None where a single row was tried LOCK_ATTEMPTS times."""
        self.pace.failed(rows)
        if rows > 1:
            return self.pace.seconds
        self.failures += 1
        if self.failures >= settings.number("LOCK_ATTEMPTS"):
            return None
        return min(LONGEST_BACK_OFF_SECONDS, self.pace.seconds * 2.0 ** min(self.failures, 16))


def _wal_limit() -> int:
    """Return BACKFILL_WAL_KB_PER_SECOND in bytes, 0 where it is not set."""
    name = "BACKFILL_WAL_KB_PER_SECOND"
    return settings.number(name) * 1024 if settings.value(name) else 0
