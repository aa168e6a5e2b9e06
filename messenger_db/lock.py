"""One process at a time: an advisory lock a schema, which PostgreSQL frees when its session ends, however it ends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 (psycopg2 names its classes like functions)

from messenger_db.errors import MessengerError, printable, reason_of
from messenger_db.settings import migration_wait_seconds
from messenger_db.sql import statement

POLL_SECONDS = 0.2


@contextmanager
def alone(connection: Connection, where: str) -> Iterator[None]:
    """Hold the lock of the connection's schema; `where` names the database for people.

    Raises MessengerError, naming the holder, when another session still has it after `migration_wait_seconds`.
    """
    deadline = time.monotonic() + migration_wait_seconds()
    told = False
    # Polled: a session that waits inside pg_advisory_lock would hold up every CREATE INDEX CONCURRENTLY.
    while not _ask(connection, "try_lock", where):
        holder = _ask(connection, "lock_holder", where) or "another process"
        if time.monotonic() > deadline:
            raise MessengerError(f"{holder} is migrating {where}: wait for it, or end it, then try again")
        if not told:
            print(printable(f"waiting: {holder} is migrating {where}"), flush=True)
            told = True
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        with suppress(MessengerError):  # the session is gone, and its lock with it
            _ask(connection, "unlock", where)


def _ask(connection: Connection, question: str, where: str) -> object:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement(question))
            row = cursor.fetchone()
    except psycopg2.Error as error:
        raise MessengerError(f"{where}: its lock could not be had: {reason_of(error)}; try again") from None
    return row and row[0]
