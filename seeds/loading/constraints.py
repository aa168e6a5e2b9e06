"""Dropping constraints and indexes before a load and creating them after it, so that rows are checked in bulk."""

from collections.abc import Sequence
from typing import NamedTuple

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from messenger_db.queries import identifiers

from ..sql import QUERIES

# The server's answers where the role lacks a privilege, or where something depends on a constraint after all.
REFUSED = (
    psycopg2.errors.InsufficientPrivilege,
    psycopg2.errors.DependentObjectsStillExist,
    psycopg2.errors.FeatureNotSupported,
    psycopg2.errors.ObjectInUse,
)


class Dropped(NamedTuple):
    """A constraint or an index that a load goes without: the statements that drop it and create it as it was."""

    drop: str
    create: list[str]
    is_foreign_key: bool


def drop_constraints(cursor: Cursor, tables: Sequence[str]) -> list[Dropped] | None:
    """Lock the tables exclusively and drop their constraints and indexes; return these in the order to create them.

    Return None, with nothing done, where a table has rows, or the role lacks a privilege. Otherwise the tables are
    truncated, so that COPY can freeze rows. Raises psycopg2.errors.LockNotAvailable when another session holds a lock
    on one for longer than the lock_timeout.
    """
    QUERIES["constraints.lock_statement"].execute(cursor, tables=list(tables))
    (lock,) = cursor.fetchone() or (None,)
    # Asked before, so that nobody waits for a lock that is of no use.
    if lock is None or _have_rows(cursor, tables):
        return None
    cursor.execute("SAVEPOINT constraints_there")
    try:
        cursor.execute(lock)
        dropped = None if _have_rows(cursor, tables) else _drop(cursor, tables)
    except REFUSED:
        dropped = None
    if dropped is None:
        cursor.execute("ROLLBACK TO SAVEPOINT constraints_there")
    cursor.execute("RELEASE SAVEPOINT constraints_there")
    return dropped


def create_constraints(cursor: Cursor, dropped: Sequence[Dropped]) -> None:
    """Create what `drop_constraints` returned; each checks all rows at once."""
    for one in dropped:
        for command in one.create:
            cursor.execute(command)


def _have_rows(cursor: Cursor, tables: Sequence[str]) -> bool:
    for table in tables:
        QUERIES["constraints.has_rows"].naming(table=sql.Identifier(table)).execute(cursor)
        if cursor.fetchone() == (True,):
            return True
    return False


def _drop(cursor: Cursor, tables: Sequence[str]) -> list[Dropped]:
    QUERIES["constraints.constraints_and_indexes"].execute(cursor, tables=list(tables))
    dropped = [Dropped(*row) for row in cursor.fetchall()]
    for one in reversed(dropped):
        cursor.execute(one.drop)
    QUERIES["constraints.truncate"].naming(tables=identifiers(tables)).execute(cursor)
    return dropped
