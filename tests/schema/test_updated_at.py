"""The trigger keeps updated_at of users and chats, and nobody else does."""

from datetime import UTC, datetime

import psycopg
import pytest

from .cases.world import ALICE, BCRYPT, BOB, GROUP, LATER, NOON, Row, insert, update
from .queries import execute, run

CHANGES = [
    pytest.param("users", {"id": ALICE}, changes, id=f"users.{next(iter(changes))}")
    for changes in (
        {"username": "alicia"},
        {"password_hash": BCRYPT},
        {"display_name": "Alice"},
        {"bio": "Hello"},
        {"avatar_url": "https://a"},
        {"status": "online"},
        {"last_seen_at": NOON},
        {"created_at": NOON},
        {"deleted_at": NOON},
    )
] + [
    pytest.param("chats", {"id": GROUP}, changes, id=f"chats.{next(iter(changes))}")
    for changes in (
        {"name": "Friends"},
        {"slug": "friends"},
        {"description": "Hello"},
        {"avatar_url": "https://a"},
        {"created_by": BOB},
        {"created_at": NOON},
        {"is_deleted": True, "deleted_at": NOON},
    )
]
KEYS = [pytest.param("users", {"id": ALICE}, id="users"), pytest.param("chats", {"id": GROUP}, id="chats")]
NEW: dict[str, Row] = {
    "users": {"username": "eve", "password_hash": BCRYPT},
    "chats": {"type": "group", "name": "Friends", "slug": "friends"},
}


def clock(db: psycopg.Connection) -> datetime:
    row: tuple[datetime] | None = db.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(("table", "key", "changes"), CHANGES)
def test_an_update_sets_it_to_now(world: psycopg.Connection, table: str, key: Row, changes: Row) -> None:
    before = clock(world)
    stored = update(world, table, key, changes)
    assert stored | changes == stored
    assert isinstance(stored["updated_at"], datetime)
    assert before <= stored["updated_at"] <= clock(world)


@pytest.mark.parametrize(("table", "key"), KEYS)
def test_it_moves_forward_within_one_transaction(world: psycopg.Connection, table: str, key: Row) -> None:
    first = update(world, table, key, {"created_at": NOON})["updated_at"]
    second = update(world, table, key, {"created_at": NOON})["updated_at"]
    assert isinstance(first, datetime)
    assert isinstance(second, datetime)
    assert first < second


@pytest.mark.parametrize("table", NEW)
def test_it_never_goes_back(world: psycopg.Connection, table: str) -> None:
    # The clock was set back since, say: no insert can do that.
    execute(world, "without_triggers")
    stored = insert(world, table, NEW[table] | {"updated_at": LATER})
    execute(world, "with_triggers")
    assert update(world, table, {"id": stored["id"]}, {"created_at": NOON})["updated_at"] == LATER


@pytest.mark.parametrize("table", NEW)
def test_an_insert_cannot_set_it_ahead(world: psycopg.Connection, table: str) -> None:
    before = clock(world)
    stored = insert(world, table, NEW[table] | {"updated_at": LATER})["updated_at"]
    assert isinstance(stored, datetime)
    assert before <= stored <= clock(world)


@pytest.mark.parametrize("table", NEW)
def test_an_insert_may_bring_an_older_one(world: psycopg.Connection, table: str) -> None:
    assert insert(world, table, NEW[table] | {"updated_at": NOON})["updated_at"] == NOON


@pytest.mark.parametrize("by_hand", [datetime(2000, 1, 1, tzinfo=UTC), LATER, None], ids=["past", "future", "missing"])
@pytest.mark.parametrize(("table", "key"), KEYS)
def test_it_cannot_be_set_by_hand(world: psycopg.Connection, table: str, key: Row, by_hand: datetime | None) -> None:
    before = clock(world)
    stored = update(world, table, key, {"updated_at": by_hand})["updated_at"]
    assert isinstance(stored, datetime)
    assert before <= stored <= clock(world)


def test_it_moves_with_every_row_of_an_update(world: psycopg.Connection) -> None:
    before = clock(world)
    world.execute("UPDATE users SET bio = 'Hello'")
    world.execute("UPDATE chats SET description = 'Hello'")
    assert world.execute("SELECT id FROM users WHERE updated_at < %s", [before]).fetchall() == []
    assert world.execute("SELECT id FROM chats WHERE updated_at < %s", [before]).fetchall() == []


@pytest.mark.picture
def test_it_is_kept_for_each_table_that_has_it(db: psycopg.Connection) -> None:
    kept = {
        (f"{table}_set_updated_at", table)
        for (name,) in run(db, "columns")
        for table, _, column in [name.partition(".")]
        if column == "updated_at"
    }
    assert kept == {trigger for trigger in run(db, "triggers") if "updated_at" in trigger[0]}
