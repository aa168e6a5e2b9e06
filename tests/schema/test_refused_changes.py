"""What no update or deletion may do, whoever does it: the triggers refuse it by their names, as a CHECK would."""

import psycopg
import pytest
from psycopg.errors import CheckViolation

from .cases.world import ALICE, BOB, DELETED, FIRST, LAPTOP, NOON, PHONE, SECOND, Row, delete, find, update
from .queries import execute, run

EDITED: Row = {"content": "Changed", "is_edited": True, "edited_at": NOON}
WIPED: Row = {"content": "", "is_deleted": True, "deleted_at": NOON}
RESTORED: Row = {"content": "Back", "is_deleted": False, "deleted_at": None, "deleted_by": None}

REFUSED = [
    ("messages_sender_unchanged", "messages", {"id": FIRST}, [{"sender_id": BOB}]),
    ("messages_sender_unchanged", "messages", {"id": FIRST}, [{"sender_id": None}, {"sender_id": BOB}]),
    ("messages_sender_unchanged", "messages", {"id": FIRST}, [{"sender_id": None}, {"sender_id": ALICE}]),
    ("messages_edit_marked", "messages", {"id": FIRST}, [{"content": "Changed"}]),
    ("messages_edit_marked", "messages", {"id": FIRST}, [{"content": "A"}]),
    ("messages_edit_marked", "messages", {"id": FIRST}, [{"content": "Z"}]),
    ("messages_edit_marked", "messages", {"id": FIRST}, [EDITED, {"is_edited": False, "edited_at": None}]),
    (
        "messages_edit_marked",
        "messages",
        {"id": FIRST},
        [EDITED, {"content": "First", "is_edited": False, "edited_at": None}],
    ),
    ("messages_deletion_final", "messages", {"id": DELETED}, [RESTORED | {"is_edited": True, "edited_at": NOON}]),
    ("user_sessions_not_revived", "user_sessions", {"id": PHONE}, [{"is_active": True}]),
    (
        "user_sessions_not_revived",
        "user_sessions",
        {"id": LAPTOP},
        [{"is_active": False, "revoked_at": NOON}, {"is_active": True, "revoked_at": None}],
    ),
]

ACCEPTED = [
    ("messages_sender_unchanged", "messages", {"id": FIRST}, [{"sender_id": None}, {"sender_id": None}]),
    ("messages_sender_unchanged", "messages", {"id": FIRST}, [{"sender_id": ALICE}]),
    ("messages_edit_marked", "messages", {"id": FIRST}, [EDITED, EDITED | {"content": "Again"}]),
    ("messages_edit_marked", "messages", {"id": FIRST}, [{"content": "First"}]),
    ("messages_edit_marked", "messages", {"id": FIRST}, [{"content": "First", "is_edited": False}, WIPED]),
    ("messages_edit_marked", "messages", {"id": FIRST}, [EDITED, WIPED]),
    # Moderation may clear what was left of a deleted message.
    ("messages_edit_marked", "messages", {"id": DELETED}, [{"content": "x"}, {"content": ""}]),
    ("messages_deletion_final", "messages", {"id": DELETED}, [{"is_deleted": True, "deleted_by": ALICE}]),
    ("messages_deletion_final", "messages", {"id": SECOND}, [WIPED]),
    ("messages_deletion_final", "messages", {"id": SECOND}, [{"is_deleted": False}]),
    ("user_sessions_not_revived", "user_sessions", {"id": LAPTOP}, [{"is_active": True}, {"is_active": False}]),
    ("user_sessions_not_revived", "user_sessions", {"id": PHONE}, [{"is_active": False, "revoked_at": NOON}]),
]


@pytest.mark.parametrize(("trigger", "table", "key", "changes"), REFUSED)
def test_it_is_refused(world: psycopg.Connection, trigger: str, table: str, key: Row, changes: list[Row]) -> None:
    *allowed, refused = changes
    for change in allowed:
        update(world, table, key, change)
    before = find(world, table, key)
    with pytest.raises(CheckViolation) as error, world.transaction():
        update(world, table, key, refused)
    said = error.value.diag
    assert (said.constraint_name, said.table_name) == (trigger, table)
    assert said.schema_name == "public"
    assert said.message_primary == f'update of a row of relation "{table}" violates trigger "{trigger}"'
    assert find(world, table, key) == before


@pytest.mark.parametrize(("trigger", "table", "key", "changes"), ACCEPTED)
def test_what_is_nearest_to_it_passes(
    world: psycopg.Connection, trigger: str, table: str, key: Row, changes: list[Row]
) -> None:
    assert trigger in {name for name, _ in run(world, "triggers")}
    for change in changes:
        assert update(world, table, key, change).items() >= change.items()


def test_who_has_not_left_is_not_purged(world: psycopg.Connection) -> None:
    with pytest.raises(CheckViolation) as error, world.transaction():
        delete(world, "users", {"id": ALICE})
    said = error.value.diag
    assert (said.constraint_name, said.table_name) == ("users_leave_before_purge", "users")
    assert said.message_primary == 'delete of a row of relation "users" violates trigger "users_leave_before_purge"'
    update(world, "users", {"id": ALICE}, {"deleted_at": NOON})
    delete(world, "users", {"id": ALICE})
    assert find(world, "users", {"id": ALICE}) is None


def test_a_hostile_search_path_changes_nothing_of_the_refusal(world: psycopg.Connection) -> None:
    execute(world, "hostile")
    world.execute("CREATE FUNCTION hostile.format(text, VARIADIC text[]) RETURNS text LANGUAGE sql RETURN NULL::text")
    world.execute("SET LOCAL search_path = hostile, pg_catalog, public")
    with pytest.raises(CheckViolation) as error, world.transaction():
        update(world, "messages", {"id": FIRST}, {"sender_id": BOB})
    assert "messages_sender_unchanged" in (error.value.diag.message_primary or "")
    world.execute("SET LOCAL search_path = public")


@pytest.mark.picture
def test_each_trigger_that_refuses_is_tried_both_ways(db: psycopg.Connection) -> None:
    triggers = {name for name, _ in run(db, "triggers")} - {"users_set_updated_at", "chats_set_updated_at"}
    assert {name for name, *_ in REFUSED} == {name for name, *_ in ACCEPTED} == triggers - {"users_leave_before_purge"}


@pytest.mark.picture
def test_those_of_updates_cost_no_lock_of_each_row(db: psycopg.Connection) -> None:
    # A BEFORE trigger's row is locked first, with a record in the WAL, whatever columns it is for: by heartbeats too.
    before = db.execute(
        "SELECT tgname::text FROM pg_trigger"
        " WHERE NOT tgisinternal AND pg_get_triggerdef(oid) ~ ' BEFORE ' AND pg_get_triggerdef(oid) ~ ' UPDATE '"
    ).fetchall()
    assert {name for (name,) in before} == {"users_set_updated_at", "chats_set_updated_at"}
