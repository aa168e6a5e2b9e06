"""The form of the schema that a Citus cluster can shard by chat, as the statements that make it."""

from collections.abc import Iterator
from typing import NamedTuple

import sqlparse
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from messenger_db.queries import Query
from messenger_db.sql import QUERIES

# Made with the form, and the column that each is sharded by; None is on every node.
OWN_TABLES = {"chat_slugs": None, "presence": "session_id"}


class Step(NamedTuple):
    """A statement, and whether it takes a cluster: without those, the form is made on any server."""

    sql: str
    needs_citus: bool = False


def is_sharded(connection: Connection) -> bool:
    """Say whether the schema of the connection has the form already."""
    with connection.cursor() as cursor:
        QUERIES["sharding.is_sharded"].execute(cursor)
        return cursor.fetchone() == (True,)


def make_form(connection: Connection) -> None:
    """Give the schema of the connection, which has only what migrations make, the form; on one server, too."""
    with connection.cursor() as cursor:
        for step in steps(cursor, distributed=frozenset(), is_new=True):
            if not step.needs_citus:
                cursor.execute(step.sql)


def steps(cursor: Cursor, *, distributed: frozenset[str], is_new: bool) -> list[Step]:
    """Return what there is to do for the tables that are not distributed yet.

    `is_new` says that the schema has not got the form: it is made, too. Nothing is changed here.
    """
    QUERIES["sharding.tables"].execute(cursor)
    columns: dict[str, str | None] = dict(cursor.fetchall()) | OWN_TABLES
    todo = [table for table in columns if table not in distributed]
    QUERIES["sharding.foreign_keys"].execute(cursor, tables=todo)
    foreign_keys = cursor.fetchall()
    if not todo:
        return []
    return [
        *_split(QUERIES["sharding.session"], needs_citus=True),
        *(_split(QUERIES["sharding.create_tables"]) if is_new else []),
        *(Step(drop) for drop, _, _ in foreign_keys),
        *(step for table in todo for step in _keys(cursor, table, columns[table])),
        *(_distribute(cursor, table, columns[table]) for table in todo),
        *(Step(sql) for _, add, comment in foreign_keys for sql in (add, comment) if sql),
        *(_split(QUERIES["sharding.fill_tables"]) if is_new else []),
    ]


def _keys(cursor: Cursor, table: str, column: str | None) -> Iterator[Step]:
    if column:
        QUERIES["sharding.keys"].execute(cursor, table=table, column=column)
        yield from (Step(sql) for row in cursor.fetchall() for sql in row if sql)


def _distribute(cursor: Cursor, table: str, column: str | None) -> Step:
    if column is None:
        return Step(QUERIES["sharding.reference_table"].statement(cursor, table=table).rstrip(";"), needs_citus=True)
    colocate_with = "chats" if column == "chat_id" else "none"
    query = QUERIES["sharding.distributed_table"]
    sql = query.statement(cursor, table=table, column=column, colocate_with=colocate_with)
    return Step(sql.rstrip(";"), needs_citus=True)


def _split(query: Query, *, needs_citus: bool = False) -> list[Step]:
    """Return the statements of a query one by one, as Citus takes them."""
    return [Step(sql.strip().rstrip(";"), needs_citus) for sql in sqlparse.split(query.text)]
