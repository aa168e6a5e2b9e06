"""Hot paths called with psycopg."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from messenger_db.hot_paths import hot_path

Row = dict[str, Any]


def call(db: psycopg.Connection, path: str, **parameters: object) -> list[Row]:
    """Run a hot path and return its rows."""
    with db.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(hot_path(path).for_psycopg.encode(), parameters).fetchall()


def call_one(db: psycopg.Connection, path: str, **parameters: object) -> Row:
    """Run a hot path that returns one row."""
    (row,) = call(db, path, **parameters)
    return row
