"""One process at a time: an advisory lock a schema, which PostgreSQL frees when its session ends, however it ends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from messenger_db.connection import Target
from messenger_db.errors import MessengerError, printable, reason_of
from messenger_db.queries import Query
from messenger_db.settings import number
from messenger_db.sql import QUERIES
from messenger_db.watch import watched

POLL_SECONDS = 0.2
STANDBY_SECONDS = 3.0


@contextmanager
def alone(connection: Connection, target: Target) -> Iterator[None]:
    """Hold the lock of the connection's schema, and say so when a commit waits for a synchronous standby meanwhile.

    Raises MessengerError, naming the holder, when another session still has it after MIGRATION_WAIT_SECONDS.
    """
    deadline = time.monotonic() + number("MIGRATION_WAIT_SECONDS")
    told = False
    # Polled: a session that waits inside pg_advisory_lock would hold up every CREATE INDEX CONCURRENTLY.
    while not _ask(connection, QUERIES["advisory_locks.try_migrations"], target):
        holder = printable(_ask(connection, QUERIES["advisory_locks.migrations_holder"], target) or "another process")
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
        with suppress(MessengerError):  # the session is gone, and its lock with it
            _ask(connection, QUERIES["advisory_locks.release_migrations"], target)


def refuse_unless_held(connection: Connection, target: Target) -> None:
    """Raise MessengerError unless the session that is behind the connection now holds the lock.

    Asked inside a transaction, the answer holds until its end, whatever pooler may be in between.
    """
    if not _ask(connection, QUERIES["advisory_locks.holds_migrations"], target):
        raise MessengerError(
            f"{target}: a pooler has changed the session, and nothing was done: take a direct connection"
        )


def _ask(connection: Connection, question: Query, target: Target) -> Any:
    try:
        with connection.cursor() as cursor:
            question.execute(cursor)
            row = cursor.fetchone()
    except psycopg2.Error as error:
        raise MessengerError(f"{target}: its lock could not be had: {reason_of(error)}; try again") from None
    return row and row[0]
