"""Hot paths called with psycopg."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from messenger_db.hot_paths import hot_path

Row = dict[str, Any]


def call(db: psycopg.Connection, path: str, **parameters: object) -> list[Row]:
    """Run a hot path and return its rows, which are what its header says."""
    statement = hot_path(path)
    with db.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(statement.for_psycopg.encode(), parameters).fetchall()
    missing = {name for row in rows for name, value in row.items() if value is None}
    assert missing <= statement.nullable, f"{path} has NULL in {missing - statement.nullable}"
    return rows


def call_one(db: psycopg.Connection, path: str, **parameters: object) -> Row:
    """Run a hot path that returns one row."""
    (row,) = call(db, path, **parameters)
    return row
