"""What recipes write for the rows that a migration must keep has one more row of each table."""

import re
from pathlib import Path

import psycopg

from .keeping import QUERIES, tables, world

PATH = QUERIES / "one_more_row.sql"
PLACE = "tests/migrations/queries/one_more_row.sql"
FIRST = (Path(__file__).parent / "data" / "0001_initial_schema.sql").read_text(encoding="utf-8")


def inserts(text: str) -> dict[str, str]:
    """Return the INSERT for each table."""
    parts = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def lacking(db: psycopg.Connection, text: str, first: str) -> list[str]:
    """Return what to add: a line for each table, and for each column without a value, here or in the first rows."""
    found = inserts(text)
    columns = (QUERIES / "columns_without_default.sql").read_bytes()
    named = {table: set(re.findall(r"\w+", first + found.get(table, ""))) for table in tables(db).values()}
    return [
        *(
            f"{PLACE}: add an INSERT of one row of {table}, after -- name: {table}"
            for table in sorted(named.keys() - found)
        ),
        *(
            f"{PLACE}: give {column} a value, in the INSERT of {table}"
            for table in sorted(named.keys() & found)
            for (column,) in db.execute(columns, [table])
            if column not in named[table]
        ),
    ]


def test_it_has_one_of_each_table_and_no_other(db: psycopg.Connection) -> None:
    text = PATH.read_text(encoding="utf-8")
    found = lacking(db, text, FIRST)
    assert not found, "\n".join(found)
    assert set(inserts(text)) == set(tables(db).values())


def test_each_puts_a_row_into_its_table(db: psycopg.Connection) -> None:
    for table, insert in inserts(PATH.read_text(encoding="utf-8")).items():
        before = len(world(db)[table].values)
        db.execute(insert.encode())
        assert len(world(db)[table].values) > before, table


def test_a_table_and_a_column_without_one_are_named(db: psycopg.Connection) -> None:
    db.execute("CREATE TABLE untold (id uuid)")
    db.execute("ALTER TABLE users ADD unheard text, ADD counted integer NOT NULL DEFAULT 0")
    assert lacking(db, PATH.read_text(encoding="utf-8"), FIRST) == [
        "tests/migrations/queries/one_more_row.sql: add an INSERT of one row of untold, after -- name: untold",
        "tests/migrations/queries/one_more_row.sql: give unheard a value, in the INSERT of users",
    ]
