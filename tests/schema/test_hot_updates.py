"""What changes all the time changes without touching an index (HOT)."""

import psycopg

from .queries import execute, run


def test_heartbeats_and_receipts_stay_hot(world: psycopg.Connection) -> None:
    execute(world, "crowd")
    execute(world, "heartbeats")
    updates = {table: (updated, hot) for table, updated, hot in run(world, "hot_updates")}
    assert updates == {"users": (100, 100), "user_sessions": (100, 100), "message_delivery": (100, 100)}


def test_no_index_holds_what_changes_all_the_time(db: psycopg.Connection) -> None:
    assert run(db, "changing_columns") == []
