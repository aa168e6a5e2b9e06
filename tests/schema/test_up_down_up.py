"""The migrations take back all they made, and make the same again."""

import psycopg

from .cases.world import build_world, count_rows
from .dump import dump
from .migrations import down, up


def test_up_down_up_leaves_the_same_schema(empty_postgresql: psycopg.Connection) -> None:
    db = empty_postgresql
    empty = dump(db)
    up(db)
    first = dump(db)
    assert "CREATE TABLE" in first
    build_world(db)
    empty_tables = [table for table, rows in count_rows(db).items() if not rows]
    assert not empty_tables, f"tests/schema/cases/world.py: add rows of {', '.join(empty_tables)} to WORLD"
    down(db)
    assert dump(db) == empty
    up(db)
    assert dump(db) == first
