"""The four demo people, from demo_people.sql."""

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from typing import NamedTuple

import psycopg2
import sqlparse
from psycopg2.extensions import cursor as Cursor

from messenger_db.errors import MessengerError

from ..sql import QUERIES


class DemoPerson(NamedTuple):
    """A demo person, as demo_people.sql has them."""

    id: str
    username: str
    display_name: str


DEMO_PEOPLE: Sequence[DemoPerson] = (
    DemoPerson("a11ce000-0000-4000-8000-000000000001", "alice", "Alice Martin"),
    DemoPerson("b0b00000-0000-4000-8000-000000000002", "bob", "Bob Fischer"),
    DemoPerson("c4a71e00-0000-4000-8000-000000000003", "charlie", "Charlie Okafor"),
    DemoPerson("d1a7a000-0000-4000-8000-000000000004", "diana", "Diana Rossi"),
)
NAMES = tuple(person.username for person in DEMO_PEOPLE)
PASSWORD = "password123"  # noqa: S105 (known on purpose)


def add_demo(cursor: Cursor, now: datetime) -> int:
    """Add the demo people and their chats, unless they are there; return the rows added.

    `now` is the time that their chats end with. Raises MessengerError where another user has one of their usernames.
    """
    added = 0
    QUERIES["loading.has_user"].execute(cursor, id=DEMO_PEOPLE[0].id)
    if cursor.fetchone() == (True,):
        return added
    QUERIES["loading.set_now"].execute(cursor, now=now.isoformat())
    try:
        for statement in sqlparse.split(files(__package__).joinpath("demo_people.sql").read_text(encoding="utf-8")):
            cursor.execute(statement)
            added += max(cursor.rowcount, 0)
    except psycopg2.errors.ForeignKeyViolation:
        raise MessengerError(
            f"nothing was seeded: another user has the name {', '.join(NAMES[:-1])} or {NAMES[-1]}"
        ) from None
    return added
