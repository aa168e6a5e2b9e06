"""What the statements for chats, members and pictures answer."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.errors import CheckViolation, UniqueViolation

from .calls import call, call_one
from .people import block, join, leave, new_group, new_message_id, new_user, purge, send
from .waiting import is_waiting

LAST = UUID(int=2**128 - 1)


def open_direct(db: psycopg.Connection, user: UUID, other: UUID) -> dict[str, Any]:
    return call_one(db, "create_direct_chat", user_id=user, other_id=other)


def roles(db: psycopg.Connection, chat: UUID, user: UUID) -> dict[UUID, str]:
    """Return the members of a chat with their roles, in the order in which they are listed."""
    return {row["user_id"]: row["role"] for row in call(db, "members", user_id=user, chat_id=chat)}


def test_two_people_have_one_direct_chat(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    made = open_direct(db, alice, bob)
    assert made["is_new"]
    assert open_direct(db, bob, alice) == {"chat_id": made["chat_id"], "is_new": False}
    assert set(roles(db, made["chat_id"], bob)) == {alice, bob}
    call(db, "delete_user", user_id=bob)
    assert call(db, "create_direct_chat", user_id=alice, other_id=bob) == []
    assert call(db, "create_direct_chat", user_id=alice, other_id=alice) == []


def test_two_who_open_a_direct_chat_at_once_get_the_same(postgresql: psycopg.Connection) -> None:
    db = postgresql
    alice, bob = new_user(db), new_user(db)
    db.commit()
    with psycopg.connect(db.info.dsn, password=db.info.password) as second, ThreadPoolExecutor(1) as pool:
        made = open_direct(db, alice, bob)
        waits = pool.submit(open_direct, second, bob, alice)
        while not is_waiting(db, second.info.backend_pid):
            pass
        db.commit()
        assert waits.result() == {"chat_id": made["chat_id"], "is_new": False}
        second.commit()
    assert set(roles(db, made["chat_id"], alice)) == {alice, bob}


def test_who_left_a_direct_chat_takes_it_up_again_alone(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    chat = open_direct(db, alice, bob)["chat_id"]
    leave(db, chat, alice)
    leave(db, chat, bob)
    assert open_direct(db, alice, bob)["chat_id"] == chat
    assert set(roles(db, chat, alice)) == {alice}


def test_a_group_is_made_once(db: psycopg.Connection) -> None:
    alice, bob, gone, chat = new_user(db), new_user(db), new_user(db), uuid4()
    call(db, "delete_user", user_id=gone)
    group = {"chat_id": chat, "name": "Friends", "slug": None, "member_ids": [bob, gone, alice, bob]}
    made = call_one(db, "create_group", user_id=alice, **group)
    assert (made["outcome"], set(made["members"])) == ("created", {alice, bob})
    repeated = call_one(db, "create_group", user_id=alice, **group)
    assert (repeated["outcome"], set(repeated["members"])) == ("repeated", {alice, bob})
    assert call_one(db, "create_group", user_id=bob, **group) == {"outcome": "id_taken", "members": []}
    assert call_one(db, "create_group", user_id=gone, **group) == {"outcome": "refused", "members": []}
    assert roles(db, chat, bob) == {alice: "owner", bob: "member"}


def test_a_new_group_has_at_most_300(db: psycopg.Connection) -> None:
    users = [new_user(db) for _ in range(301)]
    group = {"user_id": users[0], "name": "Many", "slug": "many"}
    full = call_one(db, "create_group", chat_id=uuid4(), member_ids=users[1:], **group)
    assert full == {"outcome": "full", "members": []}
    assert len(call_one(db, "create_group", chat_id=uuid4(), member_ids=users[1:300], **group)["members"]) == 300
    with pytest.raises(UniqueViolation, match="chats_slug_key"):
        call(db, "create_group", chat_id=uuid4(), member_ids=[], **group)


def test_the_owner_and_admins_change_a_group(db: psycopg.Connection) -> None:
    alice, bob, carol = new_user(db), new_user(db), new_user(db)
    chat = new_group(db, alice)
    join(db, chat, bob)
    shown = {"chat_id": chat, "name": "Renamed", "description": None, "avatar_url": None}
    assert call(db, "update_group", user_id=alice, **shown)
    assert call(db, "update_group", user_id=bob, **shown) == []
    assert call_one(db, "change_role", user_id=alice, chat_id=chat, member_id=bob, role="admin") == {"role": "admin"}
    assert call(db, "update_group", user_id=bob, **shown)
    assert call(db, "update_group", user_id=carol, **shown) == []
    assert call(db, "change_role", user_id=bob, chat_id=chat, member_id=bob, role="member") == []
    assert call(db, "change_role", user_id=alice, chat_id=chat, member_id=bob, role="owner") == []
    assert call(db, "change_role", user_id=alice, chat_id=chat, member_id=alice, role="member") == []
    with pytest.raises(CheckViolation, match="chat_participants_role_valid"):
        call(db, "change_role", user_id=alice, chat_id=chat, member_id=bob, role="guest")


def test_a_group_is_handed_over(db: psycopg.Connection) -> None:
    alice, bob, carol = new_user(db), new_user(db), new_user(db)
    chat = new_group(db, alice)
    join(db, chat, bob)
    assert call(db, "transfer_ownership", user_id=alice, chat_id=chat, member_id=carol) == []
    assert call(db, "transfer_ownership", user_id=bob, chat_id=chat, member_id=alice) == []
    assert call(db, "transfer_ownership", user_id=alice, chat_id=chat, member_id=alice) == []
    assert call(db, "transfer_ownership", user_id=alice, chat_id=chat, member_id=bob)
    assert roles(db, chat, alice) == {bob: "owner", alice: "admin"}


def test_a_group_without_an_owner_gets_one(db: psycopg.Connection) -> None:
    alice, bob, carol = new_user(db), new_user(db), new_user(db)
    chat = new_group(db, alice)
    join(db, chat, bob)
    join(db, chat, carol)
    assert call(db, "appoint_owner", chat_id=chat) == []
    call(db, "change_role", user_id=alice, chat_id=chat, member_id=carol, role="admin")
    assert call_one(db, "leave_chat", chat_id=chat, user_id=alice)["was_owner"]
    assert call_one(db, "appoint_owner", chat_id=chat) == {"user_id": carol}
    assert call(db, "appoint_owner", chat_id=chat) == []
    assert call_one(db, "delete_user", user_id=carol)["owned_chats"] == [chat]
    assert call_one(db, "appoint_owner", chat_id=chat) == {"user_id": bob}
    assert call_one(db, "leave_chat", chat_id=chat, user_id=bob)["was_owner"]
    assert call(db, "appoint_owner", chat_id=chat) == []


def test_who_may_remove_whom(db: psycopg.Connection) -> None:
    owner, admin, other_admin, member = (new_user(db) for _ in range(4))
    chat = new_group(db, owner)
    for user in (admin, other_admin, member):
        join(db, chat, user)
    for user in (admin, other_admin):
        call(db, "change_role", user_id=owner, chat_id=chat, member_id=user, role="admin")

    def removes(user: UUID, whom: UUID) -> bool:
        with db.transaction(force_rollback=True):
            return bool(call(db, "remove_member", user_id=user, chat_id=chat, member_id=whom))

    everybody = {"owner": owner, "admin": admin, "member": member}
    can = {(a, b) for a, user in everybody.items() for b, whom in everybody.items() if removes(user, whom)}
    assert can == {("owner", "admin"), ("owner", "member"), ("admin", "member")}
    assert not removes(admin, other_admin)
    direct = open_direct(db, owner, member)["chat_id"]
    assert call(db, "remove_member", user_id=owner, chat_id=direct, member_id=member) == []


def test_only_the_owner_deletes_a_group_and_nobody_a_direct_chat(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    chat, direct = new_group(db, alice), open_direct(db, alice, bob)["chat_id"]
    join(db, chat, bob)
    assert call(db, "delete_chat", user_id=bob, chat_id=chat) == []
    assert call(db, "delete_chat", user_id=alice, chat_id=direct) == []
    assert call(db, "delete_chat", user_id=alice, chat_id=chat)
    assert call(db, "delete_chat", user_id=alice, chat_id=chat) == []
    assert send(db, chat, alice)["outcome"] == "not_a_member"
    assert call_one(db, "send_system_message", chat_id=chat, message_id=None, content="x", metadata="{}")[
        "outcome"
    ] == ("no_chat")


def test_a_chat_is_pinned_and_muted_by_its_members(db: psycopg.Connection) -> None:
    alice, stranger = new_user(db), new_user(db)
    chat = new_group(db, alice)
    pinned = call_one(db, "pin_chat", user_id=alice, chat_id=chat, is_pinned=True)
    assert pinned["pinned_at"]
    assert call_one(db, "pin_chat", user_id=alice, chat_id=chat, is_pinned=True) == pinned
    assert call_one(db, "pin_chat", user_id=alice, chat_id=chat, is_pinned=False) == {"pinned_at": None}
    assert call(db, "pin_chat", user_id=stranger, chat_id=chat, is_pinned=True) == []
    assert call_one(db, "mute_chat", user_id=alice, chat_id=chat, muted_until="2100-01-01 00:00+00")["muted_until"]
    assert call_one(db, "mute_chat", user_id=alice, chat_id=chat, muted_until=None) == {"muted_until": None}
    assert call(db, "mute_chat", user_id=stranger, chat_id=chat, muted_until=None) == []


def test_members_are_seen_by_members_alone(db: psycopg.Connection) -> None:
    alice, bob, carol = new_user(db), new_user(db), new_user(db)
    chat = new_group(db, alice)
    join(db, chat, bob)
    assert roles(db, chat, bob) == {alice: "owner", bob: "member"}
    assert roles(db, chat, carol) == {}
    leave(db, chat, bob)
    assert roles(db, chat, bob) == {}


def test_a_system_message_reaches_everybody(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    chat, other, message = new_group(db, alice), new_group(db, alice), new_message_id(db)
    join(db, chat, bob)
    said = {"message_id": message, "content": "Bob joined", "metadata": '{"joined": 1}'}
    sent = call_one(db, "send_system_message", chat_id=chat, **said)
    assert (sent["outcome"], set(sent["recipients"])) == ("sent", {alice, bob})
    repeated = call_one(db, "send_system_message", chat_id=chat, **said)
    assert (repeated["outcome"], set(repeated["recipients"])) == ("repeated", {alice, bob})
    assert call_one(db, "send_system_message", chat_id=other, **said)["outcome"] == "id_taken"
    own = send(db, chat, alice)["message_id"]
    assert call_one(db, "send_system_message", chat_id=chat, **said | {"message_id": own})["outcome"] == "id_taken"
    assert send(db, chat, alice, message)["outcome"] == "id_taken"
    assert call_one(db, "unread_total", user_id=alice) == {"unread": 1, "chats": 1}


def picture(number: int, **changes: object) -> dict[str, object]:
    return {
        "file_name": f"{number}.png",
        "file_type": "image/png",
        "file_size": number,
        "storage_key": f"pictures/{number}",
        "checksum_sha256": f"{number:064x}",
        **changes,
    }


def test_pictures_are_sent_with_their_message(db: psycopg.Connection) -> None:
    alice, bob, carol = new_user(db), new_user(db), new_user(db)
    chat, message = new_group(db, alice), new_message_id(db)
    join(db, chat, bob)
    files = [picture(number) for number in range(1, 5)] + [picture(5, width=4, height=3, medium_key="m")]
    given = {"message_id": message, "chat_id": chat, "content": "", "metadata": "{}", "reply_to_id": None}
    sent = call_one(db, "send_images", sender_id=alice, **given, files=json.dumps(files))
    assert (sent["outcome"], sent["recipients"]) == ("sent", [bob])
    assert call_one(db, "send_images", sender_id=alice, **given, files=json.dumps(files))["outcome"] == "repeated"
    shown = call(db, "attachments", user_id=bob, chat_id=chat, message_ids=[message])
    assert [(row["position"], row["file_name"]) for row in shown] == [(n, f"{n}.png") for n in range(1, 6)]
    assert (shown[4]["width"], shown[4]["height"], shown[4]["medium_key"]) == (4, 3, "m")
    assert call(db, "attachments", user_id=carol, chat_id=chat, message_ids=[message]) == []
    (row,) = call(db, "history_before", user_id=bob, chat_id=chat, before_id=LAST)
    assert row["content_type"] == "image"


def test_a_picture_too_many_or_a_bad_one_stores_nothing(db: psycopg.Connection) -> None:
    alice = new_user(db)
    chat = new_group(db, alice)
    given = {"message_id": None, "chat_id": chat, "sender_id": alice, "content": "", "metadata": "{}"}
    for files, rule in (
        ([picture(number) for number in range(1, 7)], "attachments_position_range"),
        ([picture(1, storage_key="../1")], "attachments_keys_relative"),
        ([picture(1, checksum_sha256="00")], "attachments_checksum_sha256_length"),
    ):
        with pytest.raises(CheckViolation, match=rule), db.transaction():
            call(db, "send_images", **given, reply_to_id=None, files=json.dumps(files))
    assert call(db, "history_before", user_id=alice, chat_id=chat, before_id=LAST) == []


def test_who_is_blocked_sends_no_pictures(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    chat = open_direct(db, alice, bob)["chat_id"]
    block(db, alice, bob)
    given = {"message_id": None, "chat_id": chat, "sender_id": bob, "content": "", "metadata": "{}"}
    sent = call_one(db, "send_images", **given, reply_to_id=None, files=json.dumps([picture(1)]))
    assert sent["outcome"] == "blocked"


def test_a_screen_of_history_names_senders_and_what_they_answer(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    call(db, "update_profile", user_id=alice, display_name="Alice", bio=None, avatar_url="https://a")
    chat = new_group(db, alice)
    join(db, chat, bob)
    asked = send(db, chat, alice, content="x" * 200)["message_id"]
    reply = {"message_id": None, "chat_id": chat, "sender_id": bob, "content": "Yes", "content_type": "text"}
    call(db, "send_message", **reply, metadata="{}", reply_to_id=asked)
    answer, question = call(db, "history_with_names", user_id=bob, chat_id=chat, before_id=LAST)
    assert (question["sender_name"], question["sender_avatar_url"]) == ("Alice", "https://a")
    assert question["reply_content"] is None
    assert (answer["reply_sender_name"], answer["reply_content"]) == ("Alice", "x" * 100)
    assert answer["sender_name"] == f"user_{bob.hex[:20]}"
    plain = call(db, "history_before", user_id=bob, chat_id=chat, before_id=LAST)
    assert [{key: row[key] for key in plain[0]} for row in (answer, question)] == plain
    purge(db, alice, batch=10)
    question = call(db, "history_with_names", user_id=bob, chat_id=chat, before_id=LAST)[1]
    assert (question["sender_id"], question["sender_name"]) == (None, None)
