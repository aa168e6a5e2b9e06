"""What is done to databases, from a maintenance connection."""

import time
from collections.abc import Mapping

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 (psycopg2 names its classes like functions)

from messenger_db.errors import MessengerError, reason_of
from messenger_db.sql import statement

# A backend that is told to end does so within milliseconds, unless the machine is very busy.
END_SECONDS = 10

# How long a session that was closed takes to be gone.
LEAVE_SECONDS = 0.02

POLL_SECONDS = 0.002


def execute(connection: Connection, statement_name: str, /, **parts: sql.Composable) -> None:
    """Execute a statement of messenger_db.sql that names databases."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement(statement_name)).format(**parts))


def rows(connection: Connection, name: str, values: Mapping[str, object] | None = None) -> list[tuple[object, ...]]:
    """Return what a query of messenger_db.sql finds."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), values or {})
        return cursor.fetchall()


def clone(connection: Connection, template: str, database: str, strategy: str) -> None:
    """Make a database like the template. Raises MessengerError where the role may not, or the server has no room."""
    names = {"database": sql.Identifier(database), "template": sql.Identifier(template)}
    try:
        execute(connection, "clone_database", **names, strategy=sql.Literal(strategy))
    except psycopg2.OperationalError:
        raise
    except psycopg2.Error as error:
        raise refusal(connection, error) from None


def refusal(connection: Connection, error: psycopg2.Error) -> MessengerError:
    """Say in one line why no database can be made."""
    cure = ""
    if isinstance(error, psycopg2.errors.InsufficientPrivilege):
        cure = f" (ALTER ROLE {connection.info.user} CREATEDB, or take a role that may)"
    return MessengerError(f"no test database: {reason_of(error)}{cure}")


def drop(connection: Connection, database: str) -> None:
    """Drop a database, whoever is in it.

    The server itself waits for sessions on their way out by looking every 100 ms: here they are gone beforehand.
    """
    if not await_no_session(connection, database, LEAVE_SECONDS):
        # For good: an application that connects again is refused.
        execute(connection, "refuse_connections", database=sql.Identifier(database))
        rows(connection, "end_sessions", {"database": database})
        await_no_session(connection, database, END_SECONDS)
    execute(connection, "drop_database", database=sql.Identifier(database))


def await_no_session(connection: Connection, database: str, seconds: float) -> bool:
    """Wait until no session is in a database; say whether that came about in time."""
    deadline = time.monotonic() + seconds
    while rows(connection, "sessions_in", {"database": database}) not in ([], [(0,)]):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
