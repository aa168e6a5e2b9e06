"""What changes all the time changes without touching an index (HOT)."""

import psycopg

from .cases.world import build_world
from .queries import execute, run


def test_heartbeats_and_receipts_stay_hot(db: psycopg.Connection) -> None:
    # In a session of its own: what an earlier transaction of it did may be counted still.
    build_world(db)
    execute(db, "crowd")
    execute(db, "heartbeats")
    updates = {table: (updated, hot) for table, updated, hot in run(db, "hot_updates")}
    # Of a receipt's two changes the first, its delivery, moves it in the index of what is pending.
    assert updates == {"users": (100, 100), "user_sessions": (100, 100), "message_delivery": (100, 50)}


def test_no_index_holds_what_changes_all_the_time(db: psycopg.Connection) -> None:
    assert run(db, "changing_columns") == []
