"""One process at a time: advisory locks, which PostgreSQL frees when their session ends, however it ends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import psycopg2
from psycopg2.extensions import connection as Connection

from messenger_db.connection import Target
from messenger_db.errors import MessengerError, printable, reason_of
from messenger_db.settings import number
from messenger_db.sql import QUERIES
from messenger_db.watch import watched

POLL_SECONDS = 0.2
STANDBY_SECONDS = 3.0


class Lock(NamedTuple):
    """A lock of the connection's schema: what it is for, and the part of the schema that it is for, "" for all."""

    what: str
    part: str

    def acquired(self, connection: Connection, target: Target) -> bool:
        """Try to get the lock for the session, and return whether it has it now."""
        return bool(_ask(connection, "try", self, target))

    def release(self, connection: Connection, target: Target) -> None:
        """Release the lock, if there still is a session that holds it."""
        with suppress(MessengerError):
            _ask(connection, "let_go", self, target)

    def holder(self, connection: Connection, target: Target) -> str:
        """Return which process holds the lock, in words."""
        return printable(_ask(connection, "holder", self, target) or "another process")


MIGRATIONS = Lock("messenger-db", "")


def backfill_lock(id_: str) -> Lock:
    """Return the lock of a backfill."""
    return Lock("messenger-db backfill", f"/{id_}")


@contextmanager
def alone(connection: Connection, target: Target) -> Iterator[None]:
    """Hold the lock of the connection's schema, and say so when a commit waits for a synchronous standby meanwhile.

    Raises MessengerError, naming the holder, when another session still has it after MIGRATION_WAIT_SECONDS.
    """
    deadline = time.monotonic() + number("MIGRATION_WAIT_SECONDS")
    told = False
    # Polled: a session that waits inside pg_advisory_lock would hold up every CREATE INDEX CONCURRENTLY.
    while not MIGRATIONS.acquired(connection, target):
        holder = MIGRATIONS.holder(connection, target)
        if time.monotonic() > deadline:
            raise MessengerError(f"{holder} is migrating {target}: wait for it, or end it, then try again")
        if not told:
            print(f"waiting: {holder} is migrating {target}", flush=True)
            told = True
        time.sleep(POLL_SECONDS)
    try:
        with watched(connection, target, QUERIES["sessions.standby_wait"], STANDBY_SECONDS):
            yield
    finally:
        MIGRATIONS.release(connection, target)


def refuse_unless_held(connection: Connection, target: Target) -> None:
    """Raise MessengerError unless the session that is behind the connection now holds the lock.

    Asked inside a transaction, the answer holds until its end, whatever pooler may be in between.
    """
    if not _ask(connection, "holds", MIGRATIONS, target):
        raise MessengerError(
            f"{target}: a pooler has changed the session, and nothing was done: take a direct connection"
        )


def _ask(connection: Connection, question: str, lock: Lock, target: Target) -> Any:
    try:
        with connection.cursor() as cursor:
            QUERIES[f"advisory_locks.{question}"].execute(cursor, **lock._asdict())
            row = cursor.fetchone()
    except psycopg2.Error as error:
        raise MessengerError(f"{target}: its lock could not be had: {reason_of(error)}; try again") from None
    return row and row[0]
