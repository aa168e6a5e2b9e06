"""What goes with a deleted row, and what stays."""

from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import ForeignKeyViolation

from .cases.world import (
    ALICE,
    BOB,
    CHARLIE,
    DELETED,
    DIANA,
    DIRECT,
    FIRST,
    GROUP,
    LAPTOP,
    NO_CHAT,
    NO_MESSAGE,
    NO_SESSION,
    NOBODY,
    NOON,
    PHONE,
    PICTURE,
    SECOND,
    Row,
    count_rows,
    delete,
    find,
    insert,
    update,
)
from .queries import run

# Both rows of a pair name each other: see the tests of contacts below.
MIRROR = "contacts_contact_id_user_id_fkey"


@dataclass(frozen=True)
class Deletion:
    """A row that goes, and what that does to another: it goes too, or one column of it becomes NULL."""

    foreign_key: str
    deleted_from: str
    deleted: Row
    table: str
    row: Row
    nulled: str | None = None


DELETIONS = [
    Deletion("contacts_user_id_fkey", "users", {"id": ALICE}, "contacts", {"user_id": ALICE, "contact_id": BOB}),
    Deletion("contacts_contact_id_fkey", "users", {"id": ALICE}, "contacts", {"user_id": BOB, "contact_id": ALICE}),
    Deletion("chats_created_by_fkey", "users", {"id": ALICE}, "chats", {"id": GROUP}, nulled="created_by"),
    Deletion(
        "chat_participants_chat_id_fkey",
        "chats",
        {"id": GROUP},
        "chat_participants",
        {"chat_id": GROUP, "user_id": BOB},
    ),
    Deletion(
        "chat_participants_user_id_fkey", "users", {"id": BOB}, "chat_participants", {"chat_id": GROUP, "user_id": BOB}
    ),
    Deletion(
        "chat_participants_added_by_fkey",
        "users",
        {"id": ALICE},
        "chat_participants",
        {"chat_id": GROUP, "user_id": BOB},
        nulled="added_by",
    ),
    Deletion("messages_chat_id_fkey", "chats", {"id": GROUP}, "messages", {"id": FIRST}),
    Deletion(
        "messages_chat_id_sender_id_fkey",
        "chat_participants",
        {"chat_id": GROUP, "user_id": ALICE},
        "messages",
        {"id": FIRST},
        nulled="sender_id",
    ),
    Deletion(
        "messages_chat_id_deleted_by_fkey",
        "chat_participants",
        {"chat_id": GROUP, "user_id": BOB},
        "messages",
        {"id": DELETED},
        nulled="deleted_by",
    ),
    Deletion(
        "messages_chat_id_reply_to_id_fkey",
        "messages",
        {"id": FIRST},
        "messages",
        {"id": SECOND},
        nulled="reply_to_id",
    ),
    Deletion("attachments_chat_id_message_id_fkey", "messages", {"id": FIRST}, "attachments", {"id": PICTURE}),
    Deletion(
        "message_reactions_chat_id_message_id_fkey",
        "messages",
        {"id": FIRST},
        "message_reactions",
        {"message_id": FIRST, "user_id": BOB},
    ),
    Deletion(
        "message_reactions_chat_id_user_id_fkey",
        "chat_participants",
        {"chat_id": GROUP, "user_id": BOB},
        "message_reactions",
        {"message_id": FIRST, "user_id": BOB},
    ),
    Deletion(
        "message_delivery_chat_id_message_id_fkey",
        "messages",
        {"id": SECOND},
        "message_delivery",
        {"message_id": SECOND, "user_id": ALICE},
    ),
    Deletion(
        "message_delivery_chat_id_user_id_fkey",
        "chat_participants",
        {"chat_id": GROUP, "user_id": ALICE},
        "message_delivery",
        {"message_id": SECOND, "user_id": ALICE},
    ),
    Deletion(
        "unread_messages_message_id_user_id_chat_id_fkey",
        "message_delivery",
        {"message_id": FIRST, "user_id": BOB},
        "unread_messages",
        {"message_id": FIRST, "user_id": BOB},
    ),
    Deletion("user_sessions_user_id_fkey", "users", {"id": ALICE}, "user_sessions", {"id": LAPTOP}),
    Deletion(
        "user_sessions_user_id_replaced_by_fkey",
        "user_sessions",
        {"id": LAPTOP},
        "user_sessions",
        {"id": PHONE},
        nulled="replaced_by",
    ),
]


@pytest.mark.parametrize("case", DELETIONS, ids=[case.foreign_key for case in DELETIONS])
def test_deleting_a_row_does_what_its_foreign_key_says(world: psycopg.Connection, case: Deletion) -> None:
    before = find(world, case.table, case.row)
    assert before is not None
    if case.deleted_from == "users":
        update(world, "users", case.deleted, {"deleted_at": NOON})
    delete(world, case.deleted_from, case.deleted)
    after = find(world, case.table, case.row)
    if case.nulled is None:
        assert after is None
    else:
        assert before[case.nulled] is not None
        assert after is not None
        # The trigger may have moved updated_at; all else stays, chat_id above all.
        times = {"updated_at": before["updated_at"]} if "updated_at" in before else {}
        assert after | times == before | {case.nulled: None}


# What a key is changed to: nobody has it yet, and all that it points to itself is there.
CHANGED: dict[str, Row] = {
    "users": {"id": NOBODY},
    "chats": {"id": NO_CHAT},
    "chat_participants": {"user_id": DIANA},
    "messages": {"id": NO_MESSAGE},
    "message_delivery": {"message_id": SECOND},
    "user_sessions": {"id": NO_SESSION},
}


@pytest.mark.parametrize("case", DELETIONS, ids=[case.foreign_key for case in DELETIONS])
def test_a_key_cannot_be_changed_while_a_row_points_to_it(world: psycopg.Connection, case: Deletion) -> None:
    for table, foreign_key, points_to in run(world, "referencing"):
        if points_to == case.deleted_from and foreign_key != case.foreign_key:
            world.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(foreign_key))
            )
    with pytest.raises(ForeignKeyViolation) as error:
        update(world, case.deleted_from, case.deleted, CHANGED[case.deleted_from])
    assert error.value.diag.constraint_name == case.foreign_key


@pytest.mark.picture
def test_every_foreign_key_has_a_case(db: psycopg.Connection) -> None:
    assert {name for (name,) in run(db, "foreign_keys")} == {MIRROR, *(case.foreign_key for case in DELETIONS)}


def test_one_row_of_a_pair_of_contacts_cannot_be_deleted(world: psycopg.Connection) -> None:
    with pytest.raises(ForeignKeyViolation) as error:
        delete(world, "contacts", {"user_id": ALICE, "contact_id": BOB})
    assert error.value.diag.constraint_name == MIRROR


def test_one_row_of_a_pair_of_contacts_cannot_be_turned_to_another(world: psycopg.Connection) -> None:
    with pytest.raises(ForeignKeyViolation) as error:
        update(world, "contacts", {"user_id": ALICE, "contact_id": BOB}, {"contact_id": DIANA})
    assert error.value.diag.constraint_name == MIRROR


def test_both_rows_of_a_pair_of_contacts_go_with_one_statement(world: psycopg.Connection) -> None:
    world.execute("DELETE FROM contacts WHERE %(pair)s @> ARRAY[user_id, contact_id]", {"pair": [ALICE, BOB]})
    assert count_rows(world)["contacts"] == 0


def test_a_blocked_person_cannot_delete_the_block(world: psycopg.Connection) -> None:
    block: Row = {"user_id": BOB, "contact_id": ALICE}
    world.execute("UPDATE contacts SET status = 'blocked', blocked_at = now() WHERE user_id = %s", [BOB])
    with pytest.raises(ForeignKeyViolation) as error, world.transaction():
        delete(world, "contacts", {"user_id": ALICE, "contact_id": BOB})
    assert error.value.diag.constraint_name == MIRROR
    assert (find(world, "contacts", block) or {})["status"] == "blocked"


def test_a_pair_of_contacts_can_be_made_and_deleted_row_by_row_when_deferred(world: psycopg.Connection) -> None:
    world.execute("SET CONSTRAINTS contacts_contact_id_user_id_fkey DEFERRED")
    insert(world, "contacts", {"user_id": ALICE, "contact_id": DIANA, "requested_by": ALICE})
    insert(world, "contacts", {"user_id": DIANA, "contact_id": ALICE, "requested_by": ALICE})
    delete(world, "contacts", {"user_id": ALICE, "contact_id": BOB})
    delete(world, "contacts", {"user_id": BOB, "contact_id": ALICE})
    world.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert find(world, "contacts", {"user_id": DIANA}) is not None


@pytest.mark.parametrize("complete", ["insert", "delete"])
def test_half_a_pair_of_contacts_is_refused_at_the_end_when_deferred(world: psycopg.Connection, complete: str) -> None:
    world.execute("SET CONSTRAINTS contacts_contact_id_user_id_fkey DEFERRED")
    if complete == "insert":
        insert(world, "contacts", {"user_id": ALICE, "contact_id": DIANA, "requested_by": ALICE})
    else:
        delete(world, "contacts", {"user_id": ALICE, "contact_id": BOB})
    with pytest.raises(ForeignKeyViolation) as error:
        world.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert error.value.diag.constraint_name == MIRROR


def test_deleting_a_chat_takes_all_that_is_in_it_and_nothing_else(world: psycopg.Connection) -> None:
    before = count_rows(world)
    delete(world, "chats", {"id": GROUP})
    assert count_rows(world) == before | {
        "chats": 1,
        "chat_participants": 2,
        "messages": 1,
        "attachments": 0,
        "message_reactions": 0,
        "message_delivery": 1,
        "unread_messages": 0,
    }


def test_purging_a_user_takes_their_traces_and_keeps_what_they_said(world: psycopg.Connection) -> None:
    before = count_rows(world)
    update(world, "users", {"id": BOB}, {"deleted_at": NOON})
    delete(world, "users", {"id": BOB})
    assert count_rows(world) == before | {
        "users": 3,
        "contacts": 0,
        "chat_participants": 3,
        "message_reactions": 0,
        "message_delivery": 1,
        "unread_messages": 0,
        "user_sessions": 2,
    }
    said = find(world, "messages", {"id": SECOND})
    assert said is not None
    assert (said["chat_id"], said["sender_id"], said["content"]) == (GROUP, None, "Second")
    assert (find(world, "chats", {"id": DIRECT}) or {})["created_by"] is None


def test_deleting_a_participant_keeps_the_user_and_the_history(world: psycopg.Connection) -> None:
    before = count_rows(world)
    delete(world, "chat_participants", {"chat_id": GROUP, "user_id": BOB})
    assert count_rows(world) == before | {
        "chat_participants": 4,
        "message_reactions": 0,
        "message_delivery": 2,
        "unread_messages": 0,
    }


def test_deleting_a_message_takes_what_hangs_on_it_and_keeps_its_replies(world: psycopg.Connection) -> None:
    before = count_rows(world)
    delete(world, "messages", {"id": FIRST})
    assert count_rows(world) == before | {
        "messages": 3,
        "attachments": 0,
        "message_reactions": 0,
        "message_delivery": 2,
        "unread_messages": 0,
    }


def test_deleting_a_session_keeps_the_others(world: psycopg.Connection) -> None:
    before = count_rows(world)
    delete(world, "user_sessions", {"id": LAPTOP})
    assert count_rows(world) == before | {"user_sessions": 2}


def test_purging_everybody_leaves_only_the_chats_and_what_was_said(world: psycopg.Connection) -> None:
    for user in (DIANA, ALICE, CHARLIE, BOB):
        update(world, "users", {"id": user}, {"deleted_at": NOON})
        delete(world, "users", {"id": user})
    left = {table: rows for table, rows in count_rows(world).items() if rows}
    others = left.keys() - {"chats", "messages", "attachments"}
    assert not others, f"tests/schema/test_delete_actions.py: list {', '.join(others)} here, if its rows are to stay"
    assert left == {"chats": 2, "messages": 4, "attachments": 1}
