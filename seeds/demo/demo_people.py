"""The four demo people, from demo_people.sql."""

from datetime import datetime
from importlib.resources import files

import psycopg2
import sqlparse
from psycopg2.extensions import connection as Connection

from messenger_db.errors import MessengerError

from ..sql import QUERIES

NAMES = ("alice", "bob", "charlie", "diana")
PASSWORD = "password123"  # noqa: S105 (known on purpose)


def add_demo(connection: Connection, now: datetime) -> int:
    """Add the demo people in the connection's transaction, leaving alone what is there; return the rows added.

    `now` is when they last logged in. Raises MessengerError where another user has one of their usernames.
    """
    added = 0
    with connection.cursor() as cursor:
        QUERIES["loading.set_now"].execute(cursor, now=now.isoformat())
        try:
            for statement in sqlparse.split(files(__package__).joinpath("demo_people.sql").read_text(encoding="utf-8")):
                cursor.execute(statement)
                added += cursor.rowcount
        except psycopg2.errors.ForeignKeyViolation:
            raise MessengerError(
                f"nothing was seeded: another user has the name {', '.join(NAMES[:-1])} or {NAMES[-1]}"
            ) from None
    return added
