"""Keys and indexes off and on again, so that rows go in without them and are checked in bulk."""

from collections.abc import Sequence
from typing import NamedTuple

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812 (psycopg2 names its classes like functions)

from ..sql import statement

# What the server says to somebody who may not, or where something hangs on a key after all.
REFUSED = (
    psycopg2.errors.InsufficientPrivilege,
    psycopg2.errors.DependentObjectsStillExist,
    psycopg2.errors.FeatureNotSupported,
    psycopg2.errors.ObjectInUse,
)


class Key(NamedTuple):
    """A key, an index or a foreign key: the statements that take it off and put it on as it was."""

    off: str
    on: str
    is_foreign: bool


def take_off(cursor: Cursor, tables: Sequence[str]) -> list[Key] | None:
    """Lock the tables for us alone and take their keys off; return these in the order to be put on again.

    None, with nothing done, when a table has rows, or is not ours to do that to. The tables are truncated then, so
    that COPY may freeze rows. Raises psycopg2.errors.LockNotAvailable when somebody else holds one for longer than the
    lock_timeout.
    """
    cursor.execute(statement("lock_statement"), {"tables": list(tables)})
    (lock,) = cursor.fetchone() or (None,)
    # Asked before, so that nobody waits for a lock that is of no use.
    if lock is None or _have_rows(cursor, tables):
        return None
    cursor.execute("SAVEPOINT keys_on")
    try:
        cursor.execute(lock)
        keys = None if _have_rows(cursor, tables) else _drop(cursor, tables)
    except REFUSED:
        keys = None
    if keys is None:
        cursor.execute("ROLLBACK TO SAVEPOINT keys_on")
    cursor.execute("RELEASE SAVEPOINT keys_on")
    return keys


def put_on(cursor: Cursor, keys: Sequence[Key]) -> None:
    """Put on again what `take_off` returned; each checks all the rows at once."""
    for key in keys:
        cursor.execute(key.on)


def identifiers(names: Sequence[str]) -> sql.Composed:
    """Return the names, with commas between them."""
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _have_rows(cursor: Cursor, tables: Sequence[str]) -> bool:
    for table in tables:
        cursor.execute(sql.SQL(statement("has_rows")).format(table=sql.Identifier(table)))
        if cursor.fetchone() == (True,):
            return True
    return False


def _drop(cursor: Cursor, tables: Sequence[str]) -> list[Key]:
    cursor.execute(statement("keys"), {"tables": list(tables)})
    keys = [Key(*row) for row in cursor.fetchall()]
    for key in reversed(keys):
        cursor.execute(key.off)
    cursor.execute(sql.SQL(statement("empty")).format(tables=identifiers(tables)))
    return keys
