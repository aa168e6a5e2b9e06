"""What the statements for accounts, sessions and contacts answer."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import psycopg
import pytest

from .calls import Row, call, call_one
from .people import HASH, block, new_user, purge

OTHER_HASH = "$2b$12$" + "b" * 53
DEVICE = {"device_id": None, "device_type": "web", "device_name": None, "ip_address": "192.0.2.1", "user_agent": "x"}


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


def token(text: str) -> bytes:
    return sha256(text.encode()).digest()


def log_in(db: psycopg.Connection, user: UUID, text: str, **changes: object) -> UUID:
    """Begin a session whose token is a text."""
    given = {"user_id": user, "token_hash": token(text), "expires_at": soon(), **DEVICE, **changes}
    return UUID(str(call_one(db, "begin_session", **given)["session_id"]))


def test_a_person_signs_up_and_is_found_however_the_name_is_typed(db: psycopg.Connection) -> None:
    new = {"password_hash": HASH, "display_name": "Zoë"}
    registered = call_one(db, "register_user", username="Zoe_1", **new)
    assert registered["outcome"] == "registered"
    assert call_one(db, "register_user", username="zOE_1", **new)["outcome"] == "username_taken"
    assert call_one(db, "register_user", username="Zoe_1", **new)["outcome"] == "username_taken"
    found = call_one(db, "user_by_username", username="ZOE_1")
    assert found == {"user_id": registered["user_id"], "username": "Zoe_1", "password_hash": HASH}
    assert call_one(db, "profile", username="zoe_1")["display_name"] == "Zoë"
    call(db, "delete_user", user_id=registered["user_id"])
    assert call(db, "user_by_username", username="zoe_1") == []
    assert call(db, "profile", username="zoe_1") == []


def test_a_profile_is_changed_as_a_whole(db: psycopg.Connection) -> None:
    user = new_user(db)
    name = f"user_{user.hex[:20]}"
    assert call(db, "update_profile", user_id=user, display_name="A", bio="B", avatar_url="https://c")
    assert call(db, "update_profile", user_id=user, display_name=None, bio="B", avatar_url=None)
    shown = call_one(db, "profile", username=name)
    assert (shown["display_name"], shown["bio"], shown["avatar_url"]) == (None, "B", None)
    assert call(db, "update_profile", user_id=uuid4(), display_name=None, bio=None, avatar_url=None) == []


def test_profiles_are_found_by_id_also_of_those_who_left(db: psycopg.Connection) -> None:
    alice, bob, purged = new_user(db), new_user(db), new_user(db)
    call(db, "update_profile", user_id=alice, display_name="Alice", bio=None, avatar_url="https://a")
    call(db, "delete_user", user_id=bob)
    purge(db, purged, 100)
    found = {row["user_id"]: row for row in call(db, "profiles", user_ids=[alice, bob, purged, uuid4(), alice])}
    assert found.keys() == {alice, bob}
    shown = found[alice]
    assert (shown["display_name"], shown["avatar_url"], shown["deleted_at"]) == ("Alice", "https://a", None)
    assert found[bob]["username"] == f"user_{bob.hex[:20]}"
    assert found[bob]["deleted_at"]
    assert call(db, "profiles", user_ids=[]) == []


def test_a_new_password_ends_the_other_sessions(db: psycopg.Connection) -> None:
    user, other = new_user(db), new_user(db)
    stays, ends, foreign = log_in(db, user, "stays"), log_in(db, user, "ends"), log_in(db, other, "foreign")
    changed = call_one(db, "change_password", user_id=user, password_hash=OTHER_HASH, session_id=stays)
    assert changed == {"ended": 1}
    assert call_one(db, "session_by_token", token_hash=token("stays"))["session_id"] == stays
    assert call(db, "session_by_token", token_hash=token("ends")) == []
    assert call_one(db, "session_by_token", token_hash=token("foreign"))["session_id"] == foreign
    assert call_one(db, "change_password", user_id=user, password_hash=HASH, session_id=None) == {"ended": 1}
    assert not call(db, "revoke_session", user_id=user, session_id=ends)
    assert call(db, "change_password", user_id=uuid4(), password_hash=HASH, session_id=None) == []


def test_a_login_is_safe_to_repeat_and_a_token_is_one_user_s(db: psycopg.Connection) -> None:
    user, other = new_user(db), new_user(db)
    session = log_in(db, user, "token", user_agent="x" * 5000)
    assert log_in(db, user, "token") == session
    given = {"token_hash": token("token"), "expires_at": soon(), **DEVICE}
    assert call(db, "begin_session", user_id=other, **given) == []
    call(db, "delete_user", user_id=other)
    assert call(db, "begin_session", user_id=other, **given | {"token_hash": token("late")}) == []


def test_a_token_is_rotated_once(db: psycopg.Connection) -> None:
    user = new_user(db)
    old = log_in(db, user, "old")
    rotation = {"token_hash": token("old"), "new_token_hash": token("new"), "expires_at": soon()}
    rotated = call_one(db, "rotate_session", **rotation)
    assert rotated["user_id"] == user
    assert call(db, "rotate_session", **rotation) == []
    assert call(db, "session_by_token", token_hash=token("old")) == []
    assert call_one(db, "session_by_token", token_hash=token("new"))["session_id"] == rotated["session_id"]
    replaced = db.execute("SELECT replaced_by FROM user_sessions WHERE id = %s", [old]).fetchone()
    assert replaced == (rotated["session_id"],)


def test_sessions_are_listed_and_ended_by_their_user_alone(db: psycopg.Connection) -> None:
    user, other = new_user(db), new_user(db)
    first, second = log_in(db, user, "first"), log_in(db, user, "second")
    db.execute("UPDATE user_sessions SET last_activity_at = now() + interval '1 min' WHERE id = %s", [second])
    assert [row["session_id"] for row in call(db, "sessions", user_id=user)] == [second, first]
    assert call(db, "revoke_session", user_id=other, session_id=first) == []
    assert call_one(db, "revoke_session", user_id=user, session_id=first)["session_id"] == first
    assert call(db, "revoke_session", user_id=user, session_id=first) == []
    assert [row["session_id"] for row in call(db, "sessions", user_id=user)] == [second]


def test_a_socket_belongs_to_the_session_that_bound_it_last(db: psycopg.Connection) -> None:
    user = new_user(db)
    first, second = log_in(db, user, "first"), log_in(db, user, "second")
    assert call(db, "bind_socket", session_id=first, socket_id="socket")
    assert call(db, "bind_socket", session_id=second, socket_id="socket")
    assert call(db, "bind_socket", session_id=second, socket_id="socket")
    assert call_one(db, "revoke_session", user_id=user, session_id=first)["socket_id"] is None
    assert call(db, "bind_socket", session_id=first, socket_id="socket") == []
    assert call_one(db, "revoke_session", user_id=user, session_id=second)["socket_id"] == "socket"


def test_what_has_expired_goes_in_batches(db: psycopg.Connection) -> None:
    user = new_user(db)
    for number in range(5):
        log_in(db, user, str(number))
    db.execute("UPDATE user_sessions SET created_at = now() - interval '2 d', expires_at = now() - interval '1 d'")
    stays = log_in(db, user, "stays")
    now = datetime.now(UTC)
    batches = [call_one(db, "delete_expired_sessions", expired_before=now, max_sessions=3)["deleted"] for _ in range(3)]
    assert batches == [3, 2, 0]
    assert [row["session_id"] for row in call(db, "sessions", user_id=user)] == [stays]


def test_who_left_longest_ago_is_purged_first(db: psycopg.Connection) -> None:
    users = [new_user(db) for _ in range(3)]
    for days, user in enumerate(users[:2], start=1):
        call(db, "delete_user", user_id=user)
        db.execute("UPDATE users SET deleted_at = now() - make_interval(days => %s) WHERE id = %s", [days, user])
    now = datetime.now(UTC)
    due = call(db, "users_to_purge", deleted_before=now, max_users=10)
    assert [row["user_id"] for row in due] == [users[1], users[0]]
    assert len(call(db, "users_to_purge", deleted_before=now, max_users=1)) == 1
    purge(db, users[1], batch=10)
    assert [row["user_id"] for row in call(db, "users_to_purge", deleted_before=now, max_users=10)] == [users[0]]


# ---- contacts


def ask(db: psycopg.Connection, user: UUID, contact: UUID) -> str:
    return str(call_one(db, "request_contact", user_id=user, contact_id=contact)["outcome"])


def pair(db: psycopg.Connection, user: UUID, contact: UUID) -> tuple[str | None, str | None]:
    """Return how the two stand to each other, None where there is nothing."""
    rows = db.execute(
        "SELECT user_id, status FROM contacts WHERE user_id IN (%(a)s, %(b)s) AND contact_id IN (%(a)s, %(b)s)",
        {"a": user, "b": contact},
    ).fetchall()
    status: dict[UUID, str] = dict(rows)
    return status.get(user), status.get(contact)


def listed(rows: list[Row]) -> list[UUID]:
    return [row["contact_id"] for row in rows]


def test_a_request_is_accepted_by_who_was_asked(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    assert [ask(db, alice, bob), ask(db, alice, bob)] == ["requested", "requested"]
    assert listed(call(db, "contact_requests", user_id=bob)) == [alice]
    assert call(db, "contact_requests", user_id=alice) == []
    assert call(db, "accept_contact", user_id=alice, contact_id=bob) == []
    accepted = call_one(db, "accept_contact", user_id=bob, contact_id=alice)
    assert call_one(db, "accept_contact", user_id=bob, contact_id=alice) == accepted
    assert pair(db, alice, bob) == ("accepted", "accepted")
    assert ask(db, alice, bob) == ask(db, bob, alice) == "accepted"
    assert listed(call(db, "contacts", user_id=alice, status="accepted")) == [bob]
    assert call(db, "contact_requests", user_id=bob) == []


def test_two_who_ask_each_other_are_contacts(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    assert [ask(db, alice, bob), ask(db, bob, alice)] == ["requested", "accepted"]
    assert pair(db, alice, bob) == ("accepted", "accepted")


@pytest.mark.parametrize("who", ["who asked", "who was asked"])
def test_a_request_is_taken_back_or_declined(db: psycopg.Connection, who: str) -> None:
    alice, bob = new_user(db), new_user(db)
    ask(db, alice, bob)
    user, contact = (alice, bob) if who == "who asked" else (bob, alice)
    assert call_one(db, "remove_contact", user_id=user, contact_id=contact)["was"] == "pending"
    assert call(db, "remove_contact", user_id=user, contact_id=contact) == []
    assert pair(db, alice, bob) == (None, None)


def test_nobody_asks_themselves_or_who_is_gone(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    call(db, "delete_user", user_id=bob)
    assert ask(db, alice, alice) == ask(db, alice, bob) == ask(db, alice, uuid4()) == "refused"
    assert call(db, "block_contact", user_id=alice, contact_id=alice) == []


def test_a_stranger_who_is_blocked_is_not_told(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    blocked = call_one(db, "block_contact", user_id=alice, contact_id=bob)
    assert call_one(db, "block_contact", user_id=alice, contact_id=bob) == blocked
    assert ask(db, bob, alice) == "requested"
    assert call(db, "contact_requests", user_id=alice) == []
    assert call(db, "accept_contact", user_id=alice, contact_id=bob) == []
    assert ask(db, alice, bob) == "blocked"
    assert listed(call(db, "contacts", user_id=alice, status="blocked")) == [bob]
    assert call(db, "remove_contact", user_id=alice, contact_id=bob) == []
    assert pair(db, alice, bob) == ("blocked", "pending")
    assert call_one(db, "unblock_contact", user_id=alice, contact_id=bob) == {"status": "none"}
    assert call(db, "unblock_contact", user_id=alice, contact_id=bob) == []
    assert pair(db, alice, bob) == (None, None)


def test_a_contact_who_is_blocked_is_one_again_afterwards(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    ask(db, alice, bob)
    ask(db, bob, alice)
    call(db, "block_contact", user_id=alice, contact_id=bob)
    call(db, "block_contact", user_id=bob, contact_id=alice)
    assert call_one(db, "unblock_contact", user_id=alice, contact_id=bob) == {"status": "accepted"}
    assert pair(db, alice, bob) == ("accepted", "blocked")
    assert call_one(db, "unblock_contact", user_id=bob, contact_id=alice) == {"status": "accepted"}
    assert pair(db, alice, bob) == ("accepted", "accepted")


def test_who_is_blocked_cannot_take_the_block_away(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    ask(db, alice, bob)
    ask(db, bob, alice)
    call(db, "block_contact", user_id=alice, contact_id=bob)
    assert call(db, "unblock_contact", user_id=bob, contact_id=alice) == []
    assert call_one(db, "remove_contact", user_id=bob, contact_id=alice)["was"] == "accepted"
    assert pair(db, alice, bob) == ("blocked", "pending")
    assert call_one(db, "unblock_contact", user_id=alice, contact_id=bob) == {"status": "none"}
    assert pair(db, alice, bob) == (None, None)


def test_two_strangers_who_block_each_other(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    block(db, alice, bob)
    assert call(db, "block_contact", user_id=bob, contact_id=alice)
    assert call_one(db, "unblock_contact", user_id=alice, contact_id=bob) == {"status": "none"}
    assert pair(db, alice, bob) == ("pending", "blocked")
    assert call_one(db, "unblock_contact", user_id=bob, contact_id=alice) == {"status": "none"}
    assert pair(db, alice, bob) == (None, None)


def test_a_nickname_is_one_s_own(db: psycopg.Connection) -> None:
    alice, bob = new_user(db), new_user(db)
    assert call(db, "set_nickname", user_id=alice, contact_id=bob, nickname="B") == []
    ask(db, alice, bob)
    ask(db, bob, alice)
    assert call(db, "set_nickname", user_id=alice, contact_id=bob, nickname="B")
    assert call_one(db, "contacts", user_id=alice, status="accepted")["nickname"] == "B"
    assert call_one(db, "contacts", user_id=bob, status="accepted")["nickname"] is None
