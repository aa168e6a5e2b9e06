"""What is done to databases, from a maintenance connection."""

import time

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from messenger_db.errors import MessengerError, reason_of
from messenger_db.queries import Query
from messenger_db.sql import QUERIES

# A backend that is told to end does so within milliseconds, unless the machine is very busy.
END_SECONDS = 10

# How long a session that was closed takes to be gone.
LEAVE_SECONDS = 0.02

POLL_SECONDS = 0.002


def execute(connection: Connection, query: Query, **values: object) -> None:
    """Execute a query that returns nothing."""
    with connection.cursor() as cursor:
        query.execute(cursor, **values)


def rows(connection: Connection, query: Query, **values: object) -> list[tuple[object, ...]]:
    """Return what a query finds."""
    with connection.cursor() as cursor:
        query.execute(cursor, **values)
        return cursor.fetchall()


def clone(connection: Connection, template: str, database: str, strategy: str) -> None:
    """Make a database like the template. Raises MessengerError where the role may not, or the server has no room."""
    names = {"database": sql.Identifier(database), "template": sql.Identifier(template)}
    try:
        execute(connection, QUERIES["test_databases.clone"].naming(**names), strategy=strategy)
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
    name = sql.Identifier(database)
    if not await_no_session(connection, database, LEAVE_SECONDS):
        # For good: an application that connects again is refused.
        execute(connection, QUERIES["test_databases.refuse_connections"].naming(database=name))
        rows(connection, QUERIES["test_databases.end_sessions"], database=database)
        await_no_session(connection, database, END_SECONDS)
    execute(connection, QUERIES["test_databases.drop"].naming(database=name))


def await_no_session(connection: Connection, database: str, seconds: float) -> bool:
    """Wait until no session is in a database; say whether that came about in time."""
    deadline = time.monotonic() + seconds
    while rows(connection, QUERIES["test_databases.sessions"], database=database) not in ([], [(0,)]):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
