"""Indexes built and dropped CONCURRENTLY, outside a transaction, and what an interrupted run left."""

import re
from typing import NamedTuple

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from messenger_db.errors import MessengerError, printable
from messenger_db.sql import QUERIES

NAME = r'([\w$]+|"(?:[^"]|"")+")'
BUILD = re.compile(
    rf"\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+(CONCURRENTLY)\s+{NAME}\s+ON\s+(?:ONLY\s+)?{NAME}", re.IGNORECASE
)
DROP = re.compile(rf"\s*DROP\s+INDEX\s+(CONCURRENTLY)\s+{NAME}\s*;?\s*\Z", re.IGNORECASE)


class Index(NamedTuple):
    """An index in the catalog."""

    is_valid: bool
    table: str
    definition: str


def is_done(connection: Connection, text: str) -> bool:
    """Return whether a run that was interrupted before it was recorded has done all that the statement `text` asks.

    An INVALID index, left by a build that was interrupted, is dropped, so that the statement can build it again. Raises
    MessengerError when another index has the name. Statements that neither build nor drop an index are never done.
    """
    if drop := DROP.match(text):
        name = _fold(drop[2])
        if _find(connection, name):
            return False
        print(f"the index {printable(name)} does not exist: treating it as dropped by an interrupted run")
        return True
    build = BUILD.match(text)
    if not build:
        return False
    name, table = _fold(build[2]), _fold(build[3])
    index = _find(connection, name)
    if index is None:
        return False
    if index.table.strip('"') != table:
        raise _taken(name, index)
    if not index.is_valid:
        with connection.cursor() as cursor:
            QUERIES["concurrent_index.drop"].naming(name=sql.Identifier(name)).execute(cursor)
        print(f"dropped the INVALID index {printable(name)}, which an interrupted build left")
        return False
    if index.definition != _definition_of(connection, text, build, table):
        raise _taken(name, index)
    print(f"the index {printable(name)} exists already: recording it as applied")
    return True


def is_understood(text: str) -> bool:
    """Return whether `is_done` can tell what an interrupted run of the statement `text` left."""
    return bool(BUILD.match(text) or DROP.match(text))


def without_concurrently(text: str) -> str:
    """Return what does in a transaction, which takes no CONCURRENTLY, the same as the statement `text`."""
    match = BUILD.match(text) or DROP.match(text)
    return text[: match.start(1)] + text[match.end(1) :] if match else text


def _taken(name: str, index: Index) -> MessengerError:
    return MessengerError(f"another index has the name {name}: {index.definition}; rename or drop it")


def _fold(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def _find(connection: Connection, name: str, *, is_scratch: bool = False) -> Index | None:
    with connection.cursor() as cursor:
        QUERIES["concurrent_index.state"].execute(cursor, name=name, is_scratch=is_scratch)
        row = cursor.fetchone()
    return Index(*row) if row else None


def _definition_of(connection: Connection, text: str, build: re.Match[str], table: str) -> str | None:
    """Let the server say what `text` defines, on an empty copy of the table that nobody else sees."""
    connection.autocommit = False
    try:
        with connection.cursor() as cursor:
            QUERIES["concurrent_index.copy_table"].naming(table=sql.Identifier(table)).execute(cursor)
            # The copy is found before the table itself.
            cursor.execute(without_concurrently(text))
        index = _find(connection, _fold(build[2]), is_scratch=True)
    finally:
        connection.rollback()
        connection.autocommit = True
    return index and index.definition
