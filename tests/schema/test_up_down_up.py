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
    assert 0 not in count_rows(db).values()
    down(db)
    assert dump(db) == empty
    up(db)
    assert dump(db) == first
