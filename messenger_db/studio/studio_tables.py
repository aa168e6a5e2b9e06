"""The tables that the studio shows, by the catalog: columns, primary keys, and foreign keys in both directions.

Secret columns are left out here, and all else asks here: no page can show, filter or sort by what it cannot name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg2.extensions import connection as Connection
from psycopg2.extras import RealDictCursor

from messenger_db.secret_columns import SECRET_COLUMNS
from messenger_db.sql import QUERIES

# What a row is called by in other tables, the first that it has.
NAMES = ("username", "name", "file_name", "content", "device_name")


@dataclass(frozen=True)
class Column:
    """A column that may be shown; `cast` is its type without a length."""

    name: str
    type: str
    cast: str
    comment: str
    is_nullable: bool
    is_writable: bool
    has_default: bool
    is_indexed: bool


@dataclass(frozen=True)
class Key:
    """A foreign key: these columns of `source` have the values of those of `target`."""

    name: str
    source: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table; `rows` is how many the server has estimated, None before it has.

    A row can be inserted where no secret has to be given.
    """

    name: str
    comment: str
    rows: int | None
    primary_key: tuple[str, ...]
    columns: Mapping[str, Column]
    can_insert: bool
    references: list[Key] = field(default_factory=list)
    referenced_by: list[Key] = field(default_factory=list)

    @property
    def name_column(self) -> str | None:
        """The column that a row is called by."""
        return next((name for name in NAMES if name in self.columns), None)


Tables = Mapping[str, Table]


def read_tables(connection: Connection) -> dict[str, Table]:
    """Return the tables of the schema that have a primary key, and that the role can read, by name."""
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        QUERIES["studio.columns"].execute(cursor)
        columns: dict[str, dict[str, Column]] = {}
        needs_secret = set()
        for row in cursor.fetchall():
            table, column = row.pop("table"), Column(**row)
            if column.name not in SECRET_COLUMNS.get(table, ()):
                columns.setdefault(table, {})[column.name] = column
            elif not column.is_nullable and not column.has_default:
                needs_secret.add(table)
        QUERIES["studio.tables"].execute(cursor)
        found = [
            Table(**_tuples(row), columns=shown, can_insert=row["name"] not in needs_secret)
            for row in cursor.fetchall()
            if (shown := columns.get(row["name"]))
        ]
        tables = {
            table.name: table for table in found if table.primary_key and set(table.primary_key) <= {*table.columns}
        }
        QUERIES["studio.keys"].execute(cursor)
        for key in (Key(**_tuples(row)) for row in cursor.fetchall()):
            source, target = tables.get(key.source), tables.get(key.target)
            if source and target and {*key.columns} <= {*source.columns} and {*key.target_columns} <= {*target.columns}:
                source.references.append(key)
                target.referenced_by.append(key)
    return tables


def identified_by(tables: Tables, table: str, column: str) -> Table | None:
    """Return the table whose row a column's value names by itself, along as many foreign keys as it takes."""
    places = [(table, column)]
    for source, name in places:
        for key in tables[source].references:
            place = key.target, dict(zip(key.columns, key.target_columns, strict=True)).get(name, "")
            if tables[place[0]].primary_key == place[1:]:
                return tables[place[0]]
            if place[1] and place not in places:
                places.append(place)
    return None


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
