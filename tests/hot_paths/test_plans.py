"""Plans don't rot: on a real size each hot path uses the indexes of its header and touches no more pages than it says."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from messenger_db.hot_paths import HotPath, hot_path, names

QUERIES = Path(__file__).parent / "queries"
# Larger ones show that the bounds hold whatever the size: HOT_PATHS_MESSAGES=1000000 takes minutes.
MESSAGES = os.environ.get("HOT_PATHS_MESSAGES", "100000")
# A table of fewer pages is read at once when the planner thinks that cheaper.
LARGE_PAGES = 500
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
    return {
        "badge": Call(user, {"unread_message": unread}),
        "chat_list": Call(
            {**user, "before_is_pinned": True, "before_message_id": LAST, "before_chat_id": LAST},
            {"chat": actors["chats"], "unread_message": unread},
        ),
        "delete_message": Call({**chat, "message_id": actors["own_message"]}, {}),
        "delete_user": Call(user, {"chat": actors["chats"], "session": 1}),
        "deliver_pending": Call({**user, "max_messages": 1000}, {"unread_message": unread}),
        "edit_message": Call({**chat, "message_id": actors["own_message"], "content": "Never mind, it is gone"}, {}),
        "forget_unread": Call(chat, {"unread_message": unread_in_chat}),
        "heartbeat": Call({"session_id": actors["session_id"], "status": "online"}, {}),
        "history_after": Call({**chat, "after_id": middle}, {}),
        "history_before": Call({**chat, "before_id": middle}, {}),
        "join_chat": Call({**group, "user_id": actors["stranger"], "added_by": actors["user_id"]}, {"member": 10}),
        "leave_chat": Call(chat, {}),
        "lock_group": Call(group, {}),
        "open_chat": Call({**chat, "up_to_id": messages[0]}, {"message_read": unread_in_chat}),
        "purge_user": Call({**user, "batch": 100}, {"message": 100, "receipt": 100, "chat": actors["chats"]}),
        "react": Call({**chat, "message_id": middle, "emoji": "x"}, {}),
        "reactions": Call({**chat, "message_ids": messages[:50]}, {"message": 50, "reaction": 50 * 3}),
        "read_receipts": Call(
            {
                "user_id": actors["big_group_member"],
                "chat_id": actors["big_group_id"],
                "message_id": actors["big_group_message"],
            },
            {"recipient": 299},
        ),
        "search": Call({**user, "words": "lunch", "before_id": LAST}, {"chat": actors["chats"], "message_found": actors["found"]}),
        "send_message": Call({**group, **send, "sender_id": actors["group_member"], "reply_to_id": None}, {"recipient": 9}),
        "session_by_token": Call({"token_hash": actors["token_hash"]}, {}),
        "unreact": Call({**user, "message_id": actors["own_message"], "emoji": "🎉"}, {}),
        "unread_count": Call(chat, {"unread_message": unread_in_chat}),
    }


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def plan_of(db: psycopg.Connection, path: HotPath, call: Call) -> list[dict[str, Any]]:
    """Return the nodes of the generic plan, with what each did."""
    # EXPLAIN takes no parameters of its own, but EXECUTE's are expressions, and each is cast.
    numbers = {name: f"${number}" for number, name in enumerate(path.parameters, start=1)}
    statement = path.for_psycopg % numbers
    db.execute(f"PREPARE path AS {statement}".encode())
    values = sql.SQL(", ").join(call.parameters[name] for name in path.parameters)
    (plan,) = db.execute(sql.SQL("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE path ({})").format(values)).fetchone()[0]
    db.execute("DEALLOCATE path")
    return list(nodes(plan["Plan"]))


def pages_of(db: psycopg.Connection, path: HotPath, call: Call) -> int:
    """Return how many pages a call touches that is not the first of its session."""
    pages = (QUERIES / "pages.sql").read_bytes()
    for _ in range(2):
        before = db.execute(pages).fetchone()[0]
        with db.transaction(force_rollback=True):
            db.execute(path.for_psycopg.encode(), call.parameters, prepare=True)
            after = db.execute(pages).fetchone()[0]
    return after - before


def complaints(db: psycopg.Connection, path: HotPath, call: Call, large: set[str]) -> Iterator[str]:
    with db.transaction(force_rollback=True):
        plan = plan_of(db, path, call)
    scanned = {node["Relation Name"] for node in plan if node["Node Type"] == "Seq Scan"}
    yield from (f"{path.name} scans all of {table}" for table in scanned & large)
    used = {node["Index Name"] for node in plan if "Index Name" in node}
    yield from (
        f"{path.name} uses {index}" for index in used if not any(fnmatch(index, known) for known in path.indexes)
    )
    for mode in ("force_generic_plan", "force_custom_plan"):
        db.execute("SELECT set_config('plan_cache_mode', %s, false)", [mode])
        touched, bound = pages_of(db, path, call), path.pages(**call.counts)
        if touched > bound:
            yield f"{path.name} touches {touched} pages and not at most {bound} ({mode})"


# One test, so that one worker fills one database.
def test_plans(postgresql: psycopg.Connection) -> None:
    db = postgresql
    db.execute("SELECT set_config('fill.messages', %s, false)", [MESSAGES])
    db.execute((QUERIES / "fill.sql").read_bytes())
    db.commit()
    db.autocommit = True
    db.execute("VACUUM (ANALYZE)")
    db.execute("SET plan_cache_mode = force_generic_plan")
    with db.cursor(row_factory=dict_row) as cursor:
        actors = cursor.execute((QUERIES / "actors.sql").read_bytes()).fetchone()
    large = {row[0] for row in db.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relpages > 500")}
    assert large == {"messages", "message_delivery"}
    todo = calls(actors)
    assert [complaint for name in names() for complaint in complaints(db, hot_path(name), todo[name], large)] == []
