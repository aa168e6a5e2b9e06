"""Who is alive: advisory locks, which the server frees when the process that claims something is gone."""

from psycopg2.extensions import connection as Connection

from messenger_db.queries import Query
from messenger_db.sql import QUERIES

# What is claimed: the databases whose names end with a certain mark, a template, the making of one.
NAMES = "messenger-db test databases"
TEMPLATE = "messenger-db test template"
MAKING = "messenger-db test template in the making"


def share(connection: Connection, what: str, claim: str) -> bool:
    """Claim something beside others who do, until the connection ends; say whether that succeeded."""
    return _ask(connection, QUERIES["advisory_locks.share"], what, claim)


def alone(connection: Connection, what: str, claim: str) -> bool:
    """Claim something that nobody else claims; say whether that succeeded."""
    return _ask(connection, QUERIES["advisory_locks.acquire"], what, claim)


def release(connection: Connection, what: str, claim: str) -> None:
    """Give up what was claimed alone."""
    _ask(connection, QUERIES["advisory_locks.release"], what, claim)


def unshare(connection: Connection, what: str, claim: str) -> None:
    """Give up what was claimed beside others."""
    _ask(connection, QUERIES["advisory_locks.unshare"], what, claim)


def _ask(connection: Connection, question: Query, what: str, claim: str) -> bool:
    with connection.cursor() as cursor:
        question.execute(cursor, what=what, claim=claim)
        return cursor.fetchone() == (True,)
