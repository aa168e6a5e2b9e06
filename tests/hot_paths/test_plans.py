"""Plans don't rot: on a real size each hot path uses the indexes and touches at most the pages that its header says.

That is so by custom plans and by generic ones, and by generic ones without statistics too; and whomever a statement is
called for, a session plans it only a few times.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from messenger_db.hot_paths import HotPath, hot_path, names
from messenger_db.sql import QUERIES as PACKAGE_QUERIES

QUERIES = Path(__file__).parent / "queries"
# Larger ones show that the bounds hold whatever the size: HOT_PATHS_MESSAGES=1000000 takes minutes.
MESSAGES = os.environ.get("HOT_PATHS_MESSAGES", "100000")
LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"


@dataclass(frozen=True)
class Call:
    """The parameters of a call, and how many there are of what its bound of pages depends on."""

    parameters: dict[str, Any]
    counts: dict[str, int]


def calls(actors: dict[str, Any]) -> dict[str, Call]:
    """Return a call of each hot path that has as much to do as user 1 of the filled database gives it."""
    user, messages = {"user_id": actors["user_id"]}, actors["messages"]
    chat = {**user, "chat_id": actors["chat_id"]}
    group = {"chat_id": actors["group_id"]}
    # In the middle of a long chat: a page that has to skip what lies beyond it would touch many more.
    middle = messages[len(messages) // 2]
    send = {"message_id": None, "content": "Hello, who is there?", "content_type": "text", "metadata": "{}"}
    unread, unread_in_chat = actors["unread"], actors["unread_in_chat"]
    contact = {**user, "contact_id": actors["contact"]}
    owned = {**user, "chat_id": actors["group_id"]}
    member = {**owned, "member_id": actors["group_member"]}
    profile = {"display_name": "Somebody", "bio": None, "avatar_url": None}
    password_hash = "$2b$12$" + "b" * 53
    token_hash, new_token_hash = actors["token_hash"], b"x" * 32
    expires_at = "2100-01-01 00:00+00"
    device = {"device_id": None, "device_type": "web", "device_name": None, "ip_address": None, "user_agent": "Test/1"}
    files = json.dumps(
        [
            {
                "file_name": "a.png",
                "file_type": "image/png",
                "file_size": 1,
                "storage_key": f"new/{n}",
                "checksum_sha256": "00" * 32,
            }
            for n in range(5)
        ]
    )
    return {
        "accept_contact": Call({**user, "contact_id": actors["asking"]}, {}),
        "appoint_owner": Call(group, {"member": 10}),
        "attachments": Call({**chat, "message_ids": messages[:50]}, {"message": 50, "file": 50 * 2}),
        "begin_session": Call({**user, "token_hash": new_token_hash, "expires_at": expires_at, **device}, {}),
        "bind_socket": Call({"session_id": actors["session_id"], "socket_id": "socket"}, {}),
        "block_contact": Call(contact, {}),
        "change_password": Call({**user, "password_hash": password_hash, "session_id": None}, {"session": 1}),
        "change_role": Call({**member, "role": "admin"}, {}),
        "contact_requests": Call(user, {"request": 10}),
        "contacts": Call({**user, "status": "accepted"}, {"contact": 100}),
        "create_direct_chat": Call({**user, "other_id": actors["contact"]}, {}),
        "create_group": Call(
            {**user, "chat_id": UUID(int=1), "name": "New", "slug": None, "member_ids": [actors["contact"]]},
            {"member": 2},
        ),
        "delete_chat": Call(owned, {}),
        "delete_expired_sessions": Call({"expired_before": "2025-06-01", "max_sessions": 100}, {"session": 0}),
        "history_with_names": Call({**chat, "before_id": middle}, {"message": 50}),
        "members": Call(owned, {"member": 10}),
        "mute_chat": Call({**chat, "muted_until": expires_at}, {}),
        "pin_chat": Call({**chat, "is_pinned": True}, {}),
        "profile": Call({"username": "user_1"}, {}),
        "profiles": Call({"user_ids": [actors["contact"], actors["asking"]]}, {"user": 2}),
        "register_user": Call({"username": "newcomer", "password_hash": password_hash, "display_name": "New"}, {}),
        "remove_contact": Call(contact, {}),
        "remove_member": Call(member, {}),
        "request_contact": Call({**user, "contact_id": actors["group_member"]}, {}),
        "revoke_session": Call({**user, "session_id": actors["session_id"]}, {}),
        "rotate_session": Call(
            {"token_hash": token_hash, "new_token_hash": new_token_hash, "expires_at": expires_at}, {}
        ),
        "send_images": Call(
            {
                **group,
                "message_id": None,
                "content": "",
                "metadata": "{}",
                "sender_id": actors["group_member"],
                "reply_to_id": None,
                "files": files,
            },
            {"recipient": 9, "file": 5},
        ),
        "send_system_message": Call(
            {**group, "message_id": None, "content": "Somebody joined", "metadata": "{}"}, {"recipient": 10}
        ),
        "sessions": Call(user, {"session": 1}),
        "set_nickname": Call({**contact, "nickname": "Nick"}, {}),
        "transfer_ownership": Call(member, {}),
        "unblock_contact": Call(contact, {}),
        "update_group": Call({**owned, "name": "Renamed", "description": None, "avatar_url": None}, {}),
        "update_profile": Call({**user, **profile}, {}),
        "user_by_username": Call({"username": "USER_1"}, {}),
        "users_to_purge": Call({"deleted_before": expires_at, "max_users": 100}, {"user": 1}),
        "unread_total": Call(user, {"unread_message": unread}),
        "chat_list": Call(
            {**user, "before_is_pinned": True, "before_message_id": LAST, "before_chat_id": LAST},
            {"chat": actors["chats"], "unread_message": unread},
        ),
        "delete_message": Call({**chat, "message_id": actors["own_message"]}, {}),
        "delete_user": Call(user, {"chat": actors["chats"], "session": 1}),
        "deliver_pending": Call({**user, "max_messages": 1000}, {"pending_message": actors["pending"]}),
        "edit_message": Call({**chat, "message_id": actors["own_message"], "content": "Never mind, it is gone"}, {}),
        "clear_unread": Call(chat, {"unread_message": unread_in_chat}),
        "heartbeat": Call({"session_id": actors["session_id"], "status": "online"}, {}),
        "history_after": Call({**chat, "after_id": middle}, {}),
        "history_before": Call({**chat, "before_id": middle}, {}),
        "join_chat": Call({**group, "user_id": actors["stranger"], "added_by": actors["user_id"]}, {"member": 10}),
        "leave_chat": Call(chat, {}),
        "lock_group": Call(group, {}),
        "mark_read": Call({**chat, "up_to_id": messages[0]}, {"message_read": unread_in_chat}),
        "purge_user": Call(
            {"user_id": actors["deleted_user"], "batch": 100}, {"message": 100, "receipt": 100, "chat": actors["chats"]}
        ),
        "add_reaction": Call({**chat, "message_id": middle, "emoji": "x"}, {}),
        "reactions": Call({**chat, "message_ids": messages[:50]}, {"message": 50, "reaction": 50 * 3}),
        "receipt_counts": Call({**chat, "message_ids": messages[:50]}, {"message": 50, "receipt": 50}),
        "read_receipts": Call(
            {
                "user_id": actors["big_group_member"],
                "chat_id": actors["big_group_id"],
                "message_id": actors["big_group_message"],
            },
            {"recipient": 299},
        ),
        "search": Call(
            {**user, "words": "lunch", "before_id": LAST}, {"chat": actors["chats"], "message_found": actors["found"]}
        ),
        "send_message": Call(
            {**group, **send, "sender_id": actors["group_member"], "reply_to_id": None}, {"recipient": 9}
        ),
        "session_by_token": Call({"token_hash": actors["token_hash"]}, {}),
        "remove_reaction": Call({**chat, "message_id": actors["own_message"], "emoji": "🎉"}, {"reaction": 3}),
        "unread_count": Call(chat, {"unread_message": unread_in_chat}),
    }


SIZE = sql.SQL("SELECT pg_relation_size({}::regclass) / current_setting('block_size')::integer")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def prepare(db: psycopg.Connection, path: HotPath, call: Call) -> sql.Composed:
    """Prepare a statement by its path's name and return the EXECUTE of it."""
    numbers = {name: f"${number}" for number, name in enumerate(path.parameters, start=1)}
    db.execute(f"PREPARE {path.name} AS {path.for_psycopg % numbers}".encode())
    values = sql.SQL(", ").join(call.parameters[name] for name in path.parameters)
    return sql.SQL("EXECUTE {} ({})").format(sql.Identifier(path.name), values)


def touched(db: psycopg.Connection, execute: sql.Composed) -> int:
    """Return how many pages a call touches that is not the first of its session."""
    pages = PACKAGE_QUERIES["rehearsal.pages"].text.encode()
    for _ in range(2):
        with db.transaction(force_rollback=True):
            before = number(db, pages)
            db.execute(execute)
            after = number(db, pages)
    return after - before


def number(db: psycopg.Connection, query: bytes) -> int:
    row = db.execute(query).fetchone()
    assert row
    return int(row[0])


def complaints(
    db: psycopg.Connection, path: HotPath, call: Call, large: set[str], *, is_known: bool = True
) -> Iterator[str]:
    execute = prepare(db, path, call)
    db.execute("SET plan_cache_mode = force_generic_plan")
    with db.transaction(force_rollback=True):
        row = db.execute(sql.SQL("EXPLAIN (ANALYZE, FORMAT JSON) {}").format(execute)).fetchone()
    assert row
    plan = list(nodes(row[0][0]["Plan"]))
    scanned = {node["Relation Name"] for node in plan if node["Node Type"] == "Seq Scan"}
    yield from (f"{path.name} scans all of {table}" for table in scanned & large)
    used = {node["Index Name"] for node in plan if "Index Name" in node}
    yield from (
        f"{path.name} uses {index}" for index in used if not any(fnmatch(index, known) for known in path.indexes)
    )
    bound = path.pages(**call.counts)
    # Of a small table of which nothing is known all may be read; by a custom plan even where no plan would do so else.
    modes = ["force_custom_plan", "force_generic_plan"] if is_known else ["force_generic_plan"]
    if not is_known:
        bound += sum(number(db, SIZE.format(table).as_bytes(db)) for table in scanned)
    for mode in modes:
        db.execute("SELECT set_config('plan_cache_mode', %s, false)", [mode])
        if (pages := touched(db, execute)) > bound:
            yield f"{path.name} touches {pages} pages and not at most {bound} ({mode})"


@pytest.fixture
def filled(postgresql: psycopg.Connection) -> psycopg.Connection:
    """Fill a database."""
    postgresql.execute("SELECT set_config('fill.messages', %s, false)", [MESSAGES])
    postgresql.execute((QUERIES / "fill.sql").read_bytes())
    postgresql.commit()
    postgresql.autocommit = True
    postgresql.execute("VACUUM (ANALYZE)")
    return postgresql


def forget_statistics(db: psycopg.Connection) -> None:
    """Make the tables as little known as after a restore, and the session plan anew."""
    db.execute((QUERIES / "forget_statistics.sql").read_bytes())
    db.execute("DISCARD ALL")


def planned_for_ever(db: psycopg.Connection, path: HotPath, call: Call) -> Iterator[str]:
    """Say whether the server never takes the generic plan, by itself, for somebody who has less than most."""
    nobody = {name: uuid4() for name in ("user_id", "chat_id", "sender_id", "member_id", "session_id", "message_id")}
    parameters = call.parameters | {name: value for name, value in nobody.items() if name in call.parameters}
    execute = prepare(db, path, Call(parameters, {}))
    for _ in range(7):
        with db.transaction(force_rollback=True), suppress(psycopg.IntegrityError), db.transaction():
            db.execute(execute)
    generic = sql.SQL("SELECT generic_plans FROM pg_prepared_statements WHERE name = {}")
    if number(db, generic.format(path.name).as_bytes(db)) == 0:
        yield f"{path.name} is planned anew for each call"


# One test for all, so that one worker fills one database.
def test_plans(filled: psycopg.Connection) -> None:
    with filled.cursor(row_factory=dict_row) as cursor:
        actors = cursor.execute((QUERIES / "actors.sql").read_bytes()).fetchone()
    assert actors
    large = {name for (name,) in filled.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relpages > 500")}
    # Of larger sizes others, too.
    assert large >= {"messages", "message_delivery"}
    todo = calls(actors)
    found = [line for name in names() for line in complaints(filled, hot_path(name), todo[name], large)]
    filled.execute((QUERIES / "skew_statistics.sql").read_bytes())
    filled.execute("DISCARD ALL")
    found += [line for name in names() for line in planned_for_ever(filled, hot_path(name), todo[name])]
    forget_statistics(filled)
    found += [
        f"{line}, without statistics"
        for name in names()
        for line in complaints(filled, hot_path(name), todo[name], large, is_known=False)
    ]
    assert "\n".join(found) == ""
