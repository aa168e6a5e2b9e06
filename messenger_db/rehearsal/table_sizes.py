"""How large the tables are: of the database in use by the catalog's estimates alone, of a rehearsal's by measure."""

from collections.abc import Mapping
from typing import NamedTuple

from psycopg2.extensions import connection as Connection

from messenger_db.sql import QUERIES


class TableSize(NamedTuple):
    """The rows of a table (None where nobody has estimated them), and its bytes with indexes and TOAST."""

    rows: int | None
    bytes: int


TableSizes = Mapping[str, TableSize]


def sizes_in_use(connection: Connection) -> TableSizes:
    """Return the estimates of the catalog. No table is read, and none is locked."""
    return _sizes(connection, "sizes_in_use")


def sizes(connection: Connection) -> TableSizes:
    """Return the rows by estimate, the bytes exactly. It locks each table as a reader does."""
    return _sizes(connection, "sizes")


def _sizes(connection: Connection, query: str) -> TableSizes:
    with connection.cursor() as cursor:
        QUERIES[f"rehearsal.{query}"].execute(cursor)
        return {name: TableSize(rows, number) for name, rows, number in cursor}


def growth(in_use: TableSizes, rehearsed: TableSizes, tables: set[str]) -> float:
    """Return how many times larger the largest of the tables is in the database in use; 1 where it is smaller."""
    known = [name for name in tables if name in in_use and name in rehearsed and rehearsed[name].bytes]
    return max((max(1.0, in_use[name].bytes / rehearsed[name].bytes) for name in known), default=1.0)
