"""What each hot path answers where the random sequences seldom or never go."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import psycopg
import pytest
from psycopg.errors import CheckViolation, ForeignKeyViolation
from schema.cases.world import v7

from .calls import call, call_one
from .people import block, join, leave, new_direct_chat, new_group, new_message_id, new_user, purge, send
from .waiting import is_waiting

LAST = UUID(int=2**128 - 1)
FIRST_PAGE = {"before_is_pinned": True, "before_message_id": LAST, "before_chat_id": LAST}


def test_an_id_is_taken_by_another_chat_or_sender(db: psycopg.Connection) -> None:
    alice, bob, message = new_user(db), new_user(db), new_message_id(db)
    chat, other = new_group(db, alice), new_group(db, alice)
    join(db, chat, bob)
    assert send(db, chat, alice, message)["outcome"] == "sent"
    repeated = send(db, chat, alice, message, "Another text changes nothing")
    assert (repeated["outcome"], repeated["recipients"]) == ("repeated", [bob])
    assert send(db, chat, bob, message)["outcome"] == "id_taken"
    assert send(db, other, alice, message)["outcome"] == "id_taken"
    assert [row["content"] for row in call(db, "history_before", user_id=bob, chat_id=chat, before_id=LAST)] == [
        "Hello"
    ]


def test_a_send_that_is_repeated_before_the_first_one_ends(postgresql: psycopg.Connection) -> None:
    db = postgresql
    alice, bob, message = new_user(db), new_user(db), new_message_id(db)
    chat = new_group(db, alice)
    join(db, chat, bob)
    db.commit()
    with psycopg.connect(db.info.dsn, password=db.info.password) as second, ThreadPoolExecutor(1) as pool:
        assert send(db, chat, alice, message)["outcome"] == "sent"
        waits = pool.submit(send, second, chat, alice, message)
        while not is_waiting(db, second.info.backend_pid):
            pass
        db.commit()
        assert waits.result()["outcome"] == "repeated"
        second.commit()
    assert call_one(db, "unread_total", user_id=bob) == {"unread": 1, "chats": 1}


def test_a_reply_stays_in_its_chat(db: psycopg.Connection) -> None:
    alice = new_user(db)
    chat, other = new_group(db, alice), new_group(db, alice)
    message = send(db, chat, alice)["message_id"]
    reply = {"message_id": None, "sender_id": alice, "content": "Yes", "content_type": "text", "metadata": "{}"}
    assert call_one(db, "send_message", **reply, chat_id=chat, reply_to_id=message)["outcome"] == "sent"
    with pytest.raises(ForeignKeyViolation, match="messages_chat_id_reply_to_id_fkey"):
        call(db, "send_message", **reply, chat_id=other, reply_to_id=message)


def test_a_deleted_chat_takes_no_message(db: psycopg.Connection) -> None:
    alice = new_user(db)
    chat = new_group(db, alice)
    db.execute("UPDATE chats SET is_deleted = true, deleted_at = now() WHERE id = %s", [chat])
    assert send(db, chat, alice)["outcome"] == "not_a_member"
    assert call(db, "chat_list", user_id=alice, **FIRST_PAGE) == []


def test_a_group_has_at_most_300(db: psycopg.Connection) -> None:
    chat = new_group(db, new_user(db))
    joined = [join(db, chat, new_user(db)) for _ in range(300)]
    assert joined == [True] * 299 + [False]


def test_who_left_reads_and_finds_nothing_more(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    chat = new_group(db, alice)
    join(db, chat, bob)
    message = send(db, chat, alice, content="Lunches")["message_id"]
    place = {"user_id": bob, "chat_id": chat}

    def sees() -> list[int]:
        return [
            len(call(db, "history_before", **place, before_id=LAST)),
            len(call(db, "history_after", **place, after_id=UUID(int=0))),
            len(call(db, "read_receipts", **place, message_id=message)),
            len(call(db, "search", user_id=bob, words="lunch", before_id=LAST)),
            call_one(db, "unread_total", user_id=bob)["unread"],
        ]

    assert sees() == [1, 1, 1, 1, 1]
    leave(db, chat, bob)
    assert sees() == [0, 0, 0, 0, 0]


def test_receipts_are_counted_for_a_page(db: psycopg.Connection) -> None:
    alice, bob, carol = new_user(db), new_user(db), new_user(db)
    chat, other = new_group(db, alice), new_group(db, alice)
    alone = send(db, chat, alice)["message_id"]
    join(db, chat, bob)
    join(db, chat, carol)
    first, second = (send(db, chat, alice)["message_id"] for _ in range(2))
    call(db, "deliver_pending", user_id=bob, max_messages=10)
    call(db, "mark_read", user_id=carol, chat_id=chat, up_to_id=first)

    def counts(user: UUID, chat: UUID) -> dict[UUID, tuple[int, int, int]]:
        rows = call(db, "receipt_counts", user_id=user, chat_id=chat, message_ids=[alone, first, second])
        return {row["message_id"]: (row["recipients"], row["delivered"], row["read"]) for row in rows}

    assert counts(alice, chat) == {first: (2, 2, 1), second: (2, 1, 0)}
    assert counts(alice, other) == {}
    leave(db, chat, bob)
    assert counts(bob, chat) == {}


@pytest.mark.parametrize(
    ("words", "found"), [("lunch", 1), ("LUNCHES", 1), ('"time for lunch"', 1), ("lunch -time", 0), ("the", 0), ("", 0)]
)
def test_words_are_searched_as_they_are_typed(db: psycopg.Connection, words: str, found: int) -> None:
    alice = new_user(db)
    chat = new_group(db, alice)
    send(db, chat, alice, content="It is time for lunch")
    send(db, chat, alice, content="The weather is fine")
    assert len(call(db, "search", user_id=alice, words=words, before_id=LAST)) == found


def test_history_and_search_go_on_from_page_to_page(db: psycopg.Connection) -> None:
    alice = new_user(db)
    chat = new_group(db, alice)
    sent = sorted(send(db, chat, alice, content="lunch")["message_id"] for _ in range(60))
    place = {"user_id": alice, "chat_id": chat}
    newest = [row["id"] for row in call(db, "history_before", **place, before_id=LAST)]
    older = [row["id"] for row in call(db, "history_before", **place, before_id=newest[-1])]
    assert newest + older == sent[::-1]
    oldest = [row["id"] for row in call(db, "history_after", **place, after_id=UUID(int=0))]
    newer = [row["id"] for row in call(db, "history_after", **place, after_id=oldest[-1])]
    assert oldest + newer == sent
    found = [row["message_id"] for row in call(db, "search", user_id=alice, words="lunch", before_id=LAST)]
    rest = [row["message_id"] for row in call(db, "search", user_id=alice, words="lunch", before_id=found[-1])]
    assert found + rest == sent[::-1]


def test_chats_are_listed_pinned_first_then_by_newest_message_page_by_page(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    chats = [new_group(db, alice) for _ in range(60)]
    join(db, chats[7], bob)
    for chat in chats[:59]:
        send(db, chat, bob if chat == chats[7] else alice, content=f"In {chat}")
    db.execute("UPDATE chat_participants SET pinned_at = now() WHERE (chat_id, user_id) = (%s, %s)", [chats[3], alice])
    pages = call(db, "chat_list", user_id=alice, **FIRST_PAGE)
    last = pages[-1]
    pages += call(
        db,
        "chat_list",
        user_id=alice,
        before_is_pinned=last["is_pinned"],
        before_message_id=last["message_id"],
        before_chat_id=last["chat_id"],
    )
    expected = [chats[3], *(chat for chat in chats[58::-1] if chat != chats[3]), chats[59]]
    assert [row["chat_id"] for row in pages] == expected
    assert {row["chat_id"]: row["unread"] for row in pages if row["unread"]} == {chats[7]: 1}
    assert all(row["content"] == f"In {row['chat_id']}" for row in pages[:-1])


def test_a_direct_chat_names_the_other_one(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    chat = new_direct_chat(db, alice, bob)
    assert call_one(db, "chat_list", user_id=alice, **FIRST_PAGE)["peer_id"] == bob
    assert call_one(db, "chat_list", user_id=bob, **FIRST_PAGE)["peer_id"] == alice
    leave(db, chat, bob)
    assert call_one(db, "chat_list", user_id=alice, **FIRST_PAGE)["peer_id"] == bob
    purge(db, bob, batch=10)
    assert call_one(db, "chat_list", user_id=alice, **FIRST_PAGE)["peer_id"] is None


def test_nobody_joins_a_direct_chat(db: psycopg.Connection) -> None:
    chat = new_direct_chat(db, new_user(db), new_user(db))
    assert call(db, "lock_group", chat_id=chat) == []
    assert call(db, "join_chat", chat_id=chat, user_id=new_user(db), added_by=None) == []


def test_who_is_blocked_sends_nothing_to_who_blocked_them(db: psycopg.Connection) -> None:
    alice, bob, carol = new_user(db), new_user(db), new_user(db)
    chat, group, other = new_direct_chat(db, alice, bob), new_group(db, alice), new_direct_chat(db, bob, carol)
    join(db, group, bob)
    block(db, alice, bob)
    assert send(db, chat, bob)["outcome"] == "blocked"
    assert call_one(db, "unread_total", user_id=alice) == {"unread": 0, "chats": 0}
    assert send(db, chat, alice)["outcome"] == "sent"
    assert send(db, group, bob)["outcome"] == "sent"
    assert send(db, other, bob)["outcome"] == "sent"
    assert send(db, chat, carol)["outcome"] == "not_a_member"


def test_a_message_from_the_future_is_refused(db: psycopg.Connection) -> None:
    alice = new_user(db)
    chat = new_group(db, alice)
    now = datetime.now(UTC)
    assert send(db, chat, alice, v7(now + timedelta(seconds=50), 1))["outcome"] == "sent"
    assert send(db, chat, alice, v7(now - timedelta(hours=23), 1))["outcome"] == "sent"
    with pytest.raises(CheckViolation, match="messages_id_near_created_at"):
        send(db, chat, alice, v7(now + timedelta(seconds=90), 1))


def test_the_files_of_a_deleted_message_are_handed_back(db: psycopg.Connection) -> None:
    alice = new_user(db)
    chat = new_group(db, alice)
    message, kept = (send(db, chat, alice)["message_id"] for _ in range(2))
    for position, (owner, medium, thumbnail) in enumerate(
        [(message, None, None), (message, "m/2", "t/2"), (kept, "m/3", None)], start=1
    ):
        db.execute(
            "INSERT INTO attachments (chat_id, message_id, position, file_name, file_type, file_size, storage_key,"
            " medium_key, thumbnail_key, checksum_sha256)"
            " VALUES (%s, %s, %s, 'a.png', 'image/png', 1, %s, %s, %s, sha256('a'))",
            [chat, owner, position, f"o/{position}", medium, thumbnail],
        )
    deleted = call_one(db, "delete_message", user_id=alice, chat_id=chat, message_id=message)
    assert deleted["keys"] == ["o/1", "o/2", "m/2", "t/2"]
    assert db.execute("SELECT storage_key FROM attachments").fetchall() == [("o/3",)]


def test_times_never_go_back(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    chat = new_group(db, alice)
    join(db, chat, bob)
    message = send(db, chat, alice)["message_id"]
    db.execute("UPDATE message_delivery SET status = 'delivered', delivered_at = now() + interval '1 h'")
    (read,) = call(db, "mark_read", user_id=bob, chat_id=chat, up_to_id=message)
    (receipt,) = call(db, "read_receipts", user_id=bob, chat_id=chat, message_id=message)
    assert read["read_at"] == receipt["read_at"] == receipt["delivered_at"]


def test_a_session_lasts_until_it_expires_or_its_user_leaves(db: psycopg.Connection) -> None:
    alice = new_user(db)
    token_hash = sha256(alice.bytes).digest()
    insert = "INSERT INTO user_sessions (user_id, token_hash, expires_at) VALUES (%s, %s, now() + interval '1 h')"
    db.execute(insert, [alice, token_hash])
    session = call_one(db, "session_by_token", token_hash=token_hash)
    assert session["user_id"] == alice
    seen = call_one(db, "heartbeat", session_id=session["session_id"], status="online")["last_seen_at"]
    assert call_one(db, "heartbeat", session_id=session["session_id"], status="away")["last_seen_at"] >= seen
    with db.transaction(force_rollback=True):
        db.execute("UPDATE user_sessions SET created_at = now() - interval '2 h', expires_at = now() - interval '1 h'")
        assert call(db, "session_by_token", token_hash=token_hash) == []
        assert call(db, "heartbeat", session_id=session["session_id"], status="online") == []
    assert call(db, "delete_user", user_id=alice)
    assert call(db, "session_by_token", token_hash=token_hash) == []
    assert call(db, "heartbeat", session_id=session["session_id"], status="online") == []


def test_who_left_neither_reacts_nor_edits_nor_deletes(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    chat = new_group(db, alice)
    join(db, chat, bob)
    place = {"user_id": bob, "chat_id": chat, "message_id": send(db, chat, bob)["message_id"]}
    assert call_one(db, "add_reaction", **place, emoji="x") == {"outcome": "reacted"}
    leave(db, chat, bob)
    assert call_one(db, "add_reaction", **place, emoji="y") == {"outcome": "refused"}
    assert call(db, "edit_message", **place, content="Changed") == []
    assert call(db, "delete_message", **place) == []
    assert call(db, "remove_reaction", **place, emoji="x")
    assert call(db, "remove_reaction", **place, emoji="x") == []


def test_a_deleted_message_is_only_a_place_in_the_history(db: psycopg.Connection) -> None:
    alice, bob, carol = new_user(db), new_user(db), new_user(db)
    chat = new_group(db, alice)
    join(db, chat, bob)
    join(db, chat, carol)
    message = send(db, chat, bob)["message_id"]
    # Neither its sender nor the chat's owner.
    assert call(db, "delete_message", user_id=carol, chat_id=chat, message_id=message) == []
    assert call(db, "delete_message", user_id=alice, chat_id=chat, message_id=message)
    assert call(db, "delete_message", user_id=alice, chat_id=chat, message_id=message) == []
    place = {"user_id": bob, "chat_id": chat}
    assert call_one(db, "add_reaction", **place, message_id=message, emoji="x") == {"outcome": "refused"}
    assert call(db, "edit_message", **place, message_id=message, content="Changed") == []
    (shown,) = call(db, "history_before", **place, before_id=LAST)
    assert (shown["id"], shown["content"], shown["deleted_at"] is None) == (message, "", False)


def test_leaving_forgets_what_is_unread_in_that_chat_alone(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    chats = [new_group(db, alice) for _ in range(2)]
    for chat in chats:
        join(db, chat, bob)
        for _ in range(3):
            send(db, chat, alice)
    assert call_one(db, "unread_total", user_id=bob) == {"unread": 6, "chats": 2}
    leave(db, chats[0], bob)
    assert call_one(db, "unread_total", user_id=bob) == {"unread": 3, "chats": 1}
    join(db, chats[0], bob)
    assert call_one(db, "unread_count", user_id=bob, chat_id=chats[0]) == {"unread": 0}
