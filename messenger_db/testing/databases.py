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


def end_sessions(connection: Connection, database: str) -> None:
    """End all sessions in a database, for good: an application that connects again is refused."""
    if not rows(connection, "end_sessions", {"database": database}):
        return
    execute(connection, "refuse_connections", database=sql.Identifier(database))
    await_no_session(connection, database, end=True)


def await_no_session(connection: Connection, database: str, *, end: bool = False) -> None:
    """Wait until no session is in a database: the server itself would look every 100 ms only."""
    deadline = time.monotonic() + END_SECONDS
    question = "end_sessions" if end else "sessions_of"
    while rows(connection, question, {"database": database}) and time.monotonic() < deadline:
        time.sleep(0.002)


def drop(connection: Connection, database: str) -> None:
    """Drop a database, whoever is in it."""
    end_sessions(connection, database)
    execute(connection, "drop_database", database=sql.Identifier(database))
