"""Whether a rollback brings everything back: the catalog as make db-check compares it, and the rows and values."""

from dataclasses import dataclass
from typing import NamedTuple

import psycopg2
from psycopg2 import sql
from psycopg2.errors import RaiseException
from psycopg2.extensions import connection as Connection

from messenger_db.catalog import Catalog, Difference, differences, snapshot
from messenger_db.errors import reason_of
from messenger_db.migration_statements import Statement
from messenger_db.scratch_schema import rolled_back
from messenger_db.sql import QUERIES

# Rows by table, and in the inner dictionary the values that are not NULL, by column; "" counts the rows.
Contents = dict[str, dict[str, int]]


class Lost(NamedTuple):
    """Rows of a table (column ""), or values of a column, that there were before and after the rollback."""

    table: str
    column: str
    before: int
    after: int


@dataclass(frozen=True)
class Picture:
    """What there is: the objects of the schema, and how many rows and values."""

    catalog: Catalog
    contents: Contents


@dataclass(frozen=True)
class RollbackCheck:
    """How the schema and its rows differ after a migration and its rollback.

    `error` is the server's where the rollback did not get to its end; `is_refusal` says that it meant it, by RAISE.
    """

    differences: list[Difference]
    lost: list[Lost]
    error: str | None = None
    is_refusal: bool = False

    @property
    def restores(self) -> bool:
        """Whether everything is as before."""
        return not (self.differences or self.lost or self.error)


def picture(connection: Connection) -> Picture:
    """Return what there is. A transaction that is open goes on with a search_path of the schema alone."""
    if not connection.autocommit:
        return Picture(snapshot(connection), _contents(connection))
    with rolled_back(connection):
        return Picture(snapshot(connection), _contents(connection))


def check_rollback(connection: Connection, before: Picture, statements: list[Statement]) -> RollbackCheck:
    """Run the rollback's statements, and compare with the picture from before the migration."""
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                with statement.located():
                    cursor.execute(statement.text)
            QUERIES["rehearsal.fire_deferred"].execute(cursor)
        after = picture(connection)
    except psycopg2.Error as error:
        return RollbackCheck([], [], reason_of(error), isinstance(error, RaiseException))
    return RollbackCheck(differences(before.catalog, after.catalog), _lost(before.contents, after.contents))


def _contents(connection: Connection) -> Contents:
    found: Contents = {}
    with connection.cursor() as cursor:
        QUERIES["rehearsal.columns"].execute(cursor)
        for table, columns in cursor.fetchall():
            counts = sql.SQL(", ").join(sql.SQL("count({})").format(sql.Identifier(column)) for column in columns)
            QUERIES["rehearsal.values"].naming(counts=counts, table=sql.Identifier(table)).execute(cursor)
            [numbers] = cursor.fetchall()
            found[table] = dict(zip(("", *columns), numbers, strict=True))
    return found


def _lost(before: Contents, after: Contents) -> list[Lost]:
    """Return what differs in the tables and columns that are there again; of those that are not the catalog tells."""
    return [
        Lost(table, column, count, after[table][column])
        for table, counts in before.items()
        for column, count in counts.items()
        if table in after
        and column in after[table]
        and after[table][column] != count
        # Where rows are gone, their values are gone with them.
        and (not column or after[table][""] == counts[""])
    ]
