"""What each index is for: it alone gives the rows, in its order, without a look at the table where it holds all."""

from typing import Any

import psycopg
import pytest

from .queries import read, run

ORDERED = {
    "users_id_present_idx": b"SELECT id, status FROM users WHERE status <> 'offline' ORDER BY id",
    "users_deleted_at_set_idx": b"SELECT deleted_at FROM users WHERE deleted_at IS NOT NULL ORDER BY deleted_at",
    "contacts_pkey": b"SELECT user_id, contact_id FROM contacts ORDER BY user_id, contact_id",
    "contacts_contact_id_idx": b"SELECT contact_id FROM contacts ORDER BY contact_id",
    "contacts_user_id_status_idx": b"SELECT user_id, status FROM contacts ORDER BY user_id, status",
    "contacts_user_id_created_at_pending_idx": (
        b"SELECT user_id, created_at FROM contacts WHERE status = 'pending' AND requested_by <> user_id"
        b" ORDER BY user_id, created_at"
    ),
    "chats_created_by_set_idx": b"SELECT created_by FROM chats WHERE created_by IS NOT NULL ORDER BY created_by",
    "chat_participants_pkey": b"SELECT chat_id, user_id FROM chat_participants ORDER BY chat_id, user_id",
    "chat_participants_chat_id_owner_key": (
        b"SELECT chat_id FROM chat_participants WHERE role = 'owner' ORDER BY chat_id"
    ),
    "chat_participants_chat_id_user_id_active_idx": (
        b"SELECT chat_id, user_id FROM chat_participants WHERE left_at IS NULL ORDER BY chat_id, user_id"
    ),
    "chat_participants_user_id_chat_id_active_idx": (
        b"SELECT user_id, chat_id FROM chat_participants WHERE left_at IS NULL ORDER BY user_id, chat_id"
    ),
    "chat_participants_user_id_idx": b"SELECT user_id FROM chat_participants ORDER BY user_id",
    "chat_participants_added_by_set_idx": (
        b"SELECT added_by FROM chat_participants WHERE added_by IS NOT NULL ORDER BY added_by"
    ),
    "messages_chat_id_id_key": b"SELECT chat_id, id FROM messages ORDER BY chat_id DESC, id DESC",
    "messages_sender_id_chat_id_set_idx": (
        b"SELECT sender_id, chat_id FROM messages WHERE sender_id IS NOT NULL ORDER BY sender_id, chat_id"
    ),
    "messages_deleted_by_set_idx": b"SELECT deleted_by FROM messages WHERE deleted_by IS NOT NULL ORDER BY deleted_by",
    "messages_reply_to_id_set_idx": (
        b"SELECT reply_to_id FROM messages WHERE reply_to_id IS NOT NULL ORDER BY reply_to_id"
    ),
    "attachments_message_id_position_key": (
        b"SELECT message_id, position FROM attachments ORDER BY message_id, position"
    ),
    "message_reactions_pkey": (
        b"SELECT message_id, user_id, emoji FROM message_reactions ORDER BY message_id, user_id, emoji"
    ),
    "message_reactions_user_id_chat_id_idx": (
        b"SELECT user_id, chat_id FROM message_reactions ORDER BY user_id, chat_id"
    ),
    "message_delivery_pkey": (
        b"SELECT message_id, user_id, chat_id FROM message_delivery ORDER BY message_id, user_id, chat_id"
    ),
    "unread_messages_pkey": (
        b"SELECT user_id, chat_id, message_id FROM unread_messages ORDER BY user_id, chat_id, message_id"
    ),
    "user_sessions_user_id_id_key": b"SELECT user_id, id FROM user_sessions ORDER BY user_id, id",
    "user_sessions_user_id_active_idx": b"SELECT user_id FROM user_sessions WHERE is_active ORDER BY user_id",
    "user_sessions_socket_id_active_key": b"SELECT socket_id FROM user_sessions WHERE is_active ORDER BY socket_id",
    "user_sessions_expires_at_idx": b"SELECT expires_at FROM user_sessions ORDER BY expires_at",
}
# Of expressions: the table is looked at too.
FOUND = {
    "message_delivery_user_id_is_pending_idx": (
        b"SELECT message_id FROM message_delivery"
        b" WHERE user_id = '00000000-0000-4000-8000-000000000001' AND delivered_at IS NULL"
    ),
    "users_username_lower_key": b"SELECT id FROM users WHERE lower(username) = 'alice'",
    "messages_content_chat_id_search_idx": read("search"),
}


def plan(db: psycopg.Connection, index: str, query: bytes) -> dict[str, Any]:
    """Plan a query when its table has one index alone."""
    for (statement,) in db.execute(read("other_indexes"), [index]).fetchall():
        db.execute(statement)
    db.execute("SET LOCAL enable_seqscan = off")
    ((plans,),) = db.execute(b"EXPLAIN (FORMAT JSON) " + query).fetchall()
    root: dict[str, Any] = plans[0]["Plan"]
    return root


@pytest.mark.parametrize("index", ORDERED)
def test_its_entries_come_in_its_order(db: psycopg.Connection, index: str) -> None:
    # Else a plan for a small table takes these.
    db.execute("SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
    root = plan(db, index, ORDERED[index])
    assert (root["Node Type"], root.get("Index Name")) == ("Index Only Scan", index)
    assert "Filter" not in root


@pytest.mark.parametrize("index", FOUND)
def test_it_finds_an_expression(db: psycopg.Connection, index: str) -> None:
    root = plan(db, index, FOUND[index])
    assert "Filter" not in root
    # A bitmap is made from an index below it.
    assert index in {root.get("Index Name"), *(below.get("Index Name") for below in root.get("Plans", []))}


@pytest.mark.picture
def test_every_index_has_a_query(db: psycopg.Connection) -> None:
    assert {index for (index,) in run(db, "indexes")} == {*ORDERED, *FOUND}
