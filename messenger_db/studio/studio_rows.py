"""The rows that the studio shows: pages of a table by keys, single rows, and changes of them.

All values go to and fro as PostgreSQL's own text. No query counts a table or skips rows by number, so the last page of
a large table costs what the first does; what has no index to go by is given up after some seconds.
"""

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from psycopg2 import sql
from psycopg2.errors import QueryCanceled
from psycopg2.extensions import connection as Connection
from psycopg2.extras import RealDictCursor

from messenger_db.connection import Target
from messenger_db.queries import Query
from messenger_db.sql import QUERIES
from messenger_db.studio.studio_tables import Column, Key, Table, Tables, identified_by, read_tables

LONGEST_STATEMENT = "5s"
PAGE_ROWS = 50
MOST_COUNTED = 100
CELL_CHARACTERS = 120

# Words for people, and the condition on a column.
OPERATORS = {
    "eq": ("=", "{column} = {value}"),
    "ne": ("≠", "{column} IS DISTINCT FROM {value}"),
    "lt": ("<", "{column} < {value}"),
    "le": ("≤", "{column} <= {value}"),
    "gt": (">", "{column} > {value}"),
    "ge": ("≥", "{column} >= {value}"),
    "has": ("contains", "position(lower({text}) IN lower({column}::text)) > 0"),
    "null": ("is NULL", "{column} IS NULL"),
    "set": ("is not NULL", "{column} IS NOT NULL"),
}

# What no text of PostgreSQL's holds.
IMPOSSIBLE = re.compile("[\0\ud800-\udfff]")

Row = Mapping[str, Any]
Values = Mapping[str, str | None]
Found = TypeVar("Found")


class UnknownError(Exception):
    """The address names a table, column, operator, place, value or row that is not there."""


@dataclass(frozen=True)
class Filter:
    """What a column has to be; some operators take no value."""

    column: str
    operator: str
    value: str = ""

    def __str__(self) -> str:
        """Return it for people."""
        return f"{self.column} {OPERATORS[self.operator][0]} {self.value}".rstrip()


@dataclass(frozen=True)
class Asked:
    """The part of a table that is asked for; `after` and `before` are places that a page has named."""

    table: Table
    filters: Sequence[Filter] = ()
    sort: str = ""
    descending: bool = True
    after: str = ""
    before: str = ""

    @property
    def order(self) -> list[Column]:
        """The columns to sort by: the one that is asked for, then the primary key."""
        names = dict.fromkeys([*([self.sort] if self.sort else []), *self.table.primary_key])
        return [self.table.columns[name] for name in names]


@dataclass(frozen=True)
class Page:
    """Rows of a table, with long values cut; `before` and `after` are places to go on from, if rows follow there."""

    rows: Sequence[Row]
    before: str
    after: str


class Rows:
    """The rows of a database, by one connection; the server itself refuses to change any, unless `writes`."""

    def __init__(self, target: Target, *, writes: bool = False) -> None:
        self.target, self.writes = target, writes
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self.tables: Tables = {}
        self.refresh()

    def refresh(self) -> None:
        """Read the tables again: a migration may have made others."""
        self.tables = self._run(read_tables)

    def pending(self, known: Iterable[str]) -> list[str]:
        """Return which of the known migrations are not applied, as far as the role can read that."""

        def run(connection: Connection) -> list[str]:
            with connection.cursor() as cursor:
                QUERIES["studio.can_read_applied"].execute(cursor)
                if cursor.fetchone() != (True,):
                    return []
                QUERIES["migrations.applied"].execute(cursor)
                return sorted(set(known) - {id_ for id_, _ in cursor})

        return self._run(run)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connection:
                self._connection.close()

    def page(self, asked: Asked) -> Page:
        """Return a page of a table."""
        table, order, backwards = asked.table, asked.order, bool(asked.before)
        descending = asked.descending != backwards
        conditions = [_condition(table.columns[one.column], one) for one in asked.filters]
        if start := asked.before or asked.after:
            conditions.append(_beyond(order, _place(start, order), descending=descending))
        direction = sql.SQL(" DESC" if descending else " ASC")
        query = QUERIES["studio.page"].naming(
            cells=_listed(
                sql.SQL("left({}::text, {}) AS {}").format(
                    _of(column), sql.Literal(CELL_CHARACTERS + 1), sql.Identifier(column.name)
                )
                for column in table.columns.values()
            ),
            place=_listed(sql.SQL("{}::text").format(_of(column)) for column in order),
            table=sql.Identifier(table.name),
            conditions=_all(conditions),
            order=_listed(_of(column) + direction for column in order),
        )
        found = self._fetch(query, rows=PAGE_ROWS + 1)
        rows = found[:PAGE_ROWS]
        goes_on = len(found) > len(rows)
        if backwards:
            rows.reverse()
        places = [json.dumps(row.pop("_place")) for row in rows]
        return Page(
            rows,
            before=places[0] if places and (goes_on if backwards else start) else "",
            after=places[-1] if places and (goes_on or backwards) else "",
        )

    def row(self, table: Table, key: Values) -> Row:
        """Return a row with whole values, and its version as `xmin` where rows change. Raises UnknownError for none."""
        columns = table.columns.values()
        query = QUERIES["studio.row"].naming(
            values=_listed(
                sql.SQL("{}::text AS {}").format(_of(column), sql.Identifier(column.name)) for column in columns
            ),
            # Who may read some columns alone may not read this one.
            version=sql.SQL("shown.xmin::text" if self.writes else "NULL"),
            table=sql.Identifier(table.name),
            conditions=_equal(table, key),
        )
        for row in self._fetch(query):
            return row
        raise UnknownError(f"{table.name} has no such row")

    def counts(self, table: Table, row: Row) -> list[tuple[Key, Values, int | None]]:
        """Return the keys that point to a row, with what they hold then, and how many rows do.

        More than MOST_COUNTED are not counted; where counting takes long, there is no number there or for the rest.
        """
        found: list[tuple[Key, Values, int | None]] = []
        in_time = True
        for key in table.referenced_by:
            values = dict(zip(key.columns, (row[name] for name in key.target_columns), strict=True))
            number = None
            if in_time and None not in values.values():
                query = QUERIES["studio.count_some"].naming(
                    table=sql.Identifier(key.source), conditions=_equal(self.tables[key.source], values)
                )
                try:
                    [counted] = self._fetch(query, rows=MOST_COUNTED + 1)
                    number = int(counted["found"])
                except QueryCanceled:
                    in_time = False
            found.append((key, values, number))
        return found

    def names(self, table: Table, rows: Iterable[Row]) -> dict[tuple[str, str], str]:
        """Return what rows of other tables are called, by table and id, for all that these rows point to."""
        ids: dict[str, set[str]] = {}
        for column in table.columns:
            named = identified_by(self.tables, table.name, column)
            if named and named.name_column:
                ids.setdefault(named.name, set()).update(row[column] for row in rows if row[column] is not None)
        return {
            (name, row["id"]): row["name"]
            for name, of_table in ids.items()
            if of_table
            for row in self._names_of(self.tables[name], of_table)
        }

    def _names_of(self, table: Table, ids: Iterable[str]) -> list[dict[str, Any]]:
        id_ = table.columns[table.primary_key[0]]
        query = QUERIES["studio.row_names"].naming(
            id=sql.Identifier(id_.name),
            name=sql.Identifier(table.name_column or id_.name),
            table=sql.Identifier(table.name),
            cast=sql.SQL(id_.cast),
        )
        return self._fetch(query, ids=list(ids))

    def last_sends(self, messages: int) -> list[dict[str, Any]]:
        """Return the last messages, newest first."""
        return self._fetch(QUERIES["studio.last_sends"], messages=messages)

    def insert(self, table: Table, values: Values) -> dict[str, str]:
        """Insert a row, the values that are not given being the defaults, and return its key."""
        columns = [table.columns[name] for name in values]
        query = QUERIES["studio.insert"].naming(
            table=sql.Identifier(table.name),
            columns=_listed(sql.Identifier(column.name) for column in columns),
            values=_listed(_value(column, values[column.name]) for column in columns),
            key=_listed(sql.SQL("shown.{0}::text AS {0}").format(sql.Identifier(name)) for name in table.primary_key),
        )
        [key] = self._fetch(query)
        return key

    def update(self, table: Table, key: Values, values: Values, version: str) -> bool:
        """Change a row, and return whether it was still of that version."""
        query = QUERIES["studio.update"].naming(
            table=sql.Identifier(table.name),
            changes=_listed(
                sql.SQL("{} = {}").format(sql.Identifier(name), _value(table.columns[name], value))
                for name, value in values.items()
            ),
            conditions=_equal(table, key),
        )
        return self._change(query, version)

    def delete(self, table: Table, key: Values, version: str) -> bool:
        """Delete a row, and return whether it was still of that version."""
        query = QUERIES["studio.delete"].naming(table=sql.Identifier(table.name), conditions=_equal(table, key))
        return self._change(query, version)

    def _fetch(self, query: Query, **parameters: object) -> list[dict[str, Any]]:
        def run(connection: Connection) -> list[dict[str, Any]]:
            with connection.cursor(cursor_factory=RealDictCursor) as cursor:
                query.execute(cursor, **parameters)
                return [dict(row) for row in cursor]

        return self._run(run)

    def _change(self, query: Query, version: str) -> bool:
        def run(connection: Connection) -> bool:
            with connection.cursor() as cursor:
                query.execute(cursor, version=version)
                return cursor.rowcount == 1

        return self._run(run)

    def _run(self, work: Callable[[Connection], Found]) -> Found:
        """Do something with the connection, which is opened again where the server has ended it."""
        with self._lock:
            if self._connection is None or self._connection.closed:
                self._connection = self._open()
            return work(self._connection)

    def _open(self) -> Connection:
        connection = self.target.connect()
        with connection.cursor() as cursor:
            QUERIES["studio.limit"].execute(cursor, longest_statement=LONGEST_STATEMENT)
            if not self.writes:
                QUERIES["studio.read_only"].execute(cursor)
        return connection


def _of(column: Column) -> sql.Composable:
    """Return a column of the table, which a cell of the same name would otherwise stand for."""
    return sql.Identifier("shown", column.name)


def _value(column: Column, text: str | None) -> sql.Composable:
    return sql.SQL("CAST({} AS {})").format(_text(text), sql.SQL(column.cast))  # the server has quoted the type


def _text(text: str | None) -> sql.Composable:
    if text is not None and IMPOSSIBLE.search(text):
        raise UnknownError("a value holds a null character or half a character, which no text in a database does")
    return sql.Literal(text)


def _condition(column: Column, one: Filter) -> sql.Composable:
    condition = sql.SQL(OPERATORS[one.operator][1])
    return condition.format(column=_of(column), value=_value(column, one.value), text=_text(one.value))


def _equal(table: Table, values: Values) -> sql.Composable:
    return _all(
        sql.SQL("{} = {}").format(_of(table.columns[name]), _value(table.columns[name], value))
        for name, value in values.items()
    )


def _place(text: str, order: Sequence[Column]) -> list[str | None]:
    try:
        place = json.loads(text)
    except ValueError:
        place = None
    if not isinstance(place, list) or len(place) != len(order) or not all(isinstance(one, str | None) for one in place):
        raise UnknownError("there is no such place in the table")
    return place


def _beyond(order: Sequence[Column], place: Sequence[str | None], *, descending: bool) -> sql.Composable:
    """Return the condition of the rows that follow a place; NULL comes last, or first in a descending order."""
    first, *key = order
    values = [_value(column, value) for column, value in zip(order, place, strict=True)]
    follows = sql.SQL("({}) < ({})" if descending else "({}) > ({})")
    within = follows.format(_listed(map(_of, key)), _listed(values[1:])) if key else sql.SQL("FALSE")
    if place[0] is None:
        condition = "({first} IS NOT NULL OR {within})" if descending else "({first} IS NULL AND {within})"
    elif first.is_nullable and not descending:
        condition = "({first} IS NULL OR {whole})"
    else:
        condition = "{whole}"
    whole = follows.format(_listed(map(_of, order)), _listed(values))
    return sql.SQL(condition).format(first=_of(first), within=within, whole=whole)


def _all(conditions: Iterable[sql.Composable]) -> sql.Composable:
    return sql.SQL(" AND ").join([sql.SQL("TRUE"), *conditions])


def _listed(parts: Iterable[sql.Composable]) -> sql.Composable:
    return sql.SQL(", ").join(parts)
