"""Only people in a chat leave traces in it; who left it still counts as one of them."""

from collections.abc import Callable

import psycopg
import pytest
from psycopg.errors import ForeignKeyViolation

from .cases.world import CHARLIE, DIANA, ELSEWHERE, FIRST, GROUP, LATER, NOON, Row, insert, update

Trace = Callable[[object], tuple[str, Row]]

# What somebody may leave in the group.
TRACES: dict[str, Trace] = {
    "message": lambda user: ("messages", {"chat_id": GROUP, "sender_id": user, "content": "Hello"}),
    "deletion": lambda user: (
        "messages",
        {"chat_id": GROUP, "content": "", "is_deleted": True, "deleted_at": LATER, "deleted_by": user},
    ),
    "reaction": lambda user: (
        "message_reactions",
        {"chat_id": GROUP, "message_id": FIRST, "user_id": user, "emoji": "\N{THUMBS UP SIGN}"},
    ),
    "receipt": lambda user: ("message_delivery", {"chat_id": GROUP, "message_id": FIRST, "user_id": user}),
}


@pytest.mark.parametrize("trace", TRACES)
def test_a_stranger_leaves_no(world: psycopg.Connection, trace: str) -> None:
    table, row = TRACES[trace](DIANA)
    with pytest.raises(ForeignKeyViolation):
        insert(world, table, row)


@pytest.mark.parametrize("trace", TRACES)
def test_who_left_may_still_be_named_in_a(world: psycopg.Connection, trace: str) -> None:
    table, row = TRACES[trace](CHARLIE)
    insert(world, table, row)


def test_nothing_is_unread_that_was_not_sent_to_the_user(world: psycopg.Connection) -> None:
    unread: Row = {"chat_id": GROUP, "message_id": FIRST, "user_id": CHARLIE}
    with pytest.raises(ForeignKeyViolation), world.transaction():
        insert(world, "unread_messages", unread)
    insert(world, "message_delivery", unread)
    insert(world, "unread_messages", unread)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("messages", {"chat_id": GROUP, "content": "Hello", "reply_to_id": ELSEWHERE}),
        (
            "message_reactions",
            {"chat_id": GROUP, "message_id": ELSEWHERE, "user_id": CHARLIE, "emoji": "\N{THUMBS UP SIGN}"},
        ),
        ("message_delivery", {"chat_id": GROUP, "message_id": ELSEWHERE, "user_id": CHARLIE}),
        ("unread_messages", {"chat_id": GROUP, "message_id": ELSEWHERE, "user_id": CHARLIE}),
    ],
    ids=["reply", "reaction", "receipt", "unread"],
)
def test_nothing_crosses_from_one_chat_to_another(world: psycopg.Connection, table: str, row: Row) -> None:
    with pytest.raises(ForeignKeyViolation):
        insert(world, table, row)


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ({"id": FIRST}, {"sender_id": DIANA}),
        ({"id": FIRST}, {"is_deleted": True, "deleted_at": NOON, "deleted_by": DIANA}),
        ({"id": FIRST}, {"reply_to_id": ELSEWHERE}),
        ({"id": ELSEWHERE}, {"chat_id": GROUP}),
    ],
    ids=["sender", "deleted by", "reply", "chat"],
)
def test_a_message_cannot_be_turned_into_a_strangers(world: psycopg.Connection, key: Row, changes: Row) -> None:
    with pytest.raises(ForeignKeyViolation):
        update(world, "messages", key, changes)
