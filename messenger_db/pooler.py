"""Poolers that give each transaction another session of the server, such as PgBouncer with pool_mode = transaction."""

import select
import time

import psycopg2
from psycopg2.extensions import POLL_OK, POLL_READ
from psycopg2.extensions import connection as Connection

from messenger_db.sql import QUERIES

# An idle pool shows itself in the first round, whether it hands out the session that was given back last or all of them
# in turn: two in turn would fit two connections that ask in turn, so the first asks twice. In a busy pool other clients
# may be faster, and each round is another chance to see it.
ROUNDS = 5

PATIENCE_SECONDS = 5


def may_share_sessions(connection: Connection, dsn: str) -> bool:
    """Return whether others can get the server's session between two transactions of the connection.

    Where libpq was told the process that answers, nothing is in between. A pooler tells numbers of its own making, for
    its session pools too, so it is watched: a second connection, by `dsn`, must never get the session of the first, and
    the first must keep it. A second connection that gets none in time tells nothing, and that counts as sharing.
    """
    own = _process(connection)
    if own == connection.info.backend_pid:
        return False
    deadline = time.monotonic() + PATIENCE_SECONDS
    other: Connection = psycopg2.connect(dsn, async_=True)
    try:
        await_answer(other, deadline)
        for _ in range(ROUNDS):
            theirs = _process_behind(other, deadline)
            if theirs == own or {_process(connection), _process(connection)} != {own}:
                return True
    except TimeoutError:
        return True
    finally:
        other.close()
    return False


def await_answer(connection: Connection, deadline: float) -> None:
    """Wait until the server has answered an asynchronous connection, or has let it in. Raises TimeoutError."""
    while (state := connection.poll()) != POLL_OK:
        waiting = [connection.fileno()]
        reading, writing = (waiting, []) if state == POLL_READ else ([], waiting)
        if not any(select.select(reading, writing, [], max(0, deadline - time.monotonic()))):
            raise TimeoutError


def _process(connection: Connection) -> object:
    with connection.cursor() as cursor:
        QUERIES["sessions.backend_pid"].execute(cursor)
        [(process,)] = cursor.fetchall()
    return process


def _process_behind(connection: Connection, deadline: float) -> object:
    """Return what `_process` does, of an asynchronous connection. Raises TimeoutError."""
    with connection.cursor() as cursor:
        QUERIES["sessions.backend_pid"].execute(cursor)
        await_answer(connection, deadline)
        [(process,)] = cursor.fetchall()
    return process
