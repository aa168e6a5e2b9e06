"""The longer SQL, kept in files of its own."""

from pathlib import Path
from typing import Any

import psycopg

FOLDER = Path(__file__).parent / "queries"


def read(name: str) -> bytes:
    """Return the text of queries/<name>.sql."""
    return (FOLDER / f"{name}.sql").read_bytes()


def execute(db: psycopg.Connection, name: str) -> psycopg.Cursor:
    """Execute the statements of queries/<name>.sql."""
    return db.execute(read(name))


def run(db: psycopg.Connection, name: str) -> list[tuple[Any, ...]]:
    """Run the query of queries/<name>.sql and return its rows."""
    return execute(db, name).fetchall()
