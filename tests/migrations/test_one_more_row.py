"""What recipes write for the rows that a migration must keep has one more row of each table."""

import re
from pathlib import Path

import psycopg

from .keeping import tables, world

PATH = Path(__file__).parent / "queries" / "one_more_row.sql"


def lacking(db: psycopg.Connection, text: str) -> list[str]:
    """Return what to add: a line for each table that the text does not name."""
    named = re.findall(r"^-- name: (\w+)$", text, re.MULTILINE)
    return [
        f"tests/migrations/queries/one_more_row.sql: add an INSERT of one row of {table}, after -- name: {table}"
        for table in sorted(tables(db).values())
        if table not in named
    ]


def test_it_has_one_of_each_table_and_no_other(db: psycopg.Connection) -> None:
    text = PATH.read_text(encoding="utf-8")
    found = lacking(db, text)
    assert not found, "\n".join(found)
    assert set(re.findall(r"^-- name: (\w+)$", text, re.MULTILINE)) == set(tables(db).values())


def test_each_puts_a_row_into_its_table(db: psycopg.Connection) -> None:
    parts = re.split(r"^-- name: (\w+)\n", PATH.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    for table, insert in zip(parts[::2], parts[1::2], strict=True):
        before = len(world(db)[table].values)
        db.execute(insert.encode())
        assert len(world(db)[table].values) > before, table


def test_a_table_without_one_is_named(db: psycopg.Connection) -> None:
    db.execute("CREATE TABLE untold (id uuid)")
    assert lacking(db, PATH.read_text(encoding="utf-8")) == [
        "tests/migrations/queries/one_more_row.sql: add an INSERT of one row of untold, after -- name: untold"
    ]
