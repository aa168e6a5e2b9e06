"""The mission's load: what 1,000 people do in a second, and the parameters of each call."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from messenger_db.hot_paths import HotPath, hot_path
from messenger_db.sql import QUERIES

SENDS = 50

# What 1,000 people do in a second in which they send 50 messages: each tells that it is there every 30 seconds, and has
# delivered what came every ten. Assumptions, as nobody publishes such a mix.
MIX = {
    "deliver_pending": 100,
    "mark_read": 50,
    "session_by_token": 50,
    "heartbeat": 33,
    "history_before": 20,
    "chat_list": 20,
}

# Called less often, or part of the above.
SELDOM = (
    "add_reaction",
    "attachments",
    "edit_message",
    "history_after",
    "members",
    "reactions",
    "receipt_counts",
    "search",
    "sessions",
    "unread_count",
    "unread_total",
)

CALLERS = 500

_NEWEST = "ffffffff-ffff-ffff-ffff-ffffffffffff"

# What is the same in every call.
_CONSTANTS: dict[str, object] = {
    "content": "See you at seven, and bring the tickets please",
    "content_type": "text",
    "metadata": "{}",
    "reply_to_id": None,
    "status": "online",
    "emoji": "🎈",
    "words": "tickets",
    "max_messages": 100,
    "up_to_id": _NEWEST,
    "before_is_pinned": True,
    "before_message_id": _NEWEST,
    "before_chat_id": _NEWEST,
}


@dataclass(frozen=True)
class Caller:
    """A person in a chat: ids as text, a message of their own, and the newest messages of the chat."""

    user_id: str
    chat_id: str
    session_id: str
    token_hash: memoryview
    own_message_id: str
    message_ids: list[str]

    def parameters(self, name: str) -> Mapping[str, object]:
        """Return the parameters of a hot path of the mix, or of those called seldom, by name."""
        middle = self.message_ids[len(self.message_ids) // 2]
        # The server makes the id of a message that is sent.
        message_id = {"send_message": None, "edit_message": self.own_message_id}.get(name, middle)
        before_id = _NEWEST if name == "search" else middle
        return _CONSTANTS | {
            "user_id": self.user_id,
            "sender_id": self.user_id,
            "chat_id": self.chat_id,
            "session_id": self.session_id,
            "token_hash": self.token_hash,
            "message_id": message_id,
            "message_ids": "{" + ",".join(self.message_ids) + "}",
            "before_id": before_id,
            "after_id": middle,
        }


def callers(connection: Connection) -> list[Caller]:
    """Return up to 500 people of a filled database, the same each time; nobody where its tables are others by now."""
    with suppress(psycopg2.Error), connection.cursor() as cursor:
        QUERIES["rehearsal.callers"].execute(cursor, callers=CALLERS)
        return [Caller(*row) for row in cursor]
    return []


def prepare_statement(path: HotPath) -> str:
    """Return the PREPARE of a hot path, by its name."""
    numbers = {name: f"${number}" for number, name in enumerate(path.parameters, start=1)}
    return f"PREPARE {path.name} AS {path.for_psycopg % numbers}"


def execute_statement(cursor: Any, name: str, caller: Caller) -> str:
    """Return the EXECUTE of a prepared hot path for a caller, with its values."""
    parameters = caller.parameters(name)
    values = [parameters[parameter] for parameter in hot_path(name).parameters]
    statement: bytes = cursor.mogrify(f"EXECUTE {name} ({', '.join(['%s'] * len(values))})", values)
    return statement.decode()
