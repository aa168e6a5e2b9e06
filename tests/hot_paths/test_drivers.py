"""The hot paths as functions, run with each driver."""

import asyncio
from datetime import datetime
from uuid import UUID

import asyncpg
import psycopg
import psycopg2
import psycopg2.extras
import pytest

from messenger_db.hot_paths import queries
from messenger_db.hot_paths.statements import HistoryBeforeRow, SendMessageRow

from .people import HASH

LAST = UUID(int=2**128 - 1)


@pytest.fixture(params=["psycopg", "psycopg2"])
def driver(request: pytest.FixtureRequest) -> str:
    """A driver that waits for each answer."""
    return str(request.param)


def test_rows_have_named_fields(driver: str, messenger_db_url: str) -> None:
    if driver == "psycopg2":
        connection: psycopg2.extensions.connection | psycopg.Connection = psycopg2.connect(messenger_db_url)
        psycopg2.extras.register_uuid(conn_or_curs=connection)  # type: ignore[no-untyped-call] # it has no types
        statements = queries("psycopg2")
    else:
        connection, statements = psycopg.connect(messenger_db_url), queries("psycopg")
    alice = statements.register_user(connection, username="alice", password_hash=HASH, display_name=None)
    assert alice
    assert isinstance(alice.user_id, UUID)
    made = statements.create_group(
        connection, user_id=alice.user_id, chat_id=UUID(int=1), name="Friends", slug=None, member_ids=[]
    )
    assert made
    assert (made.outcome, made.members) == ("created", [alice.user_id])
    sent = statements.send_message(
        connection,
        chat_id=UUID(int=1),
        sender_id=alice.user_id,
        message_id=None,
        content="Hello",
        content_type="text",
        metadata="{}",
        reply_to_id=None,
    )
    assert isinstance(sent, SendMessageRow)
    assert isinstance(sent.created_at, datetime)
    (row,) = statements.history_before(connection, user_id=alice.user_id, chat_id=UUID(int=1), before_id=LAST)
    assert isinstance(row, HistoryBeforeRow)
    assert (row.id, row.content, row.metadata) == (sent.message_id, "Hello", {})
    assert statements.profile(connection, username="nobody") is None
    connection.close()


def test_asyncpg_awaits_them(messenger_db_url: str) -> None:
    async def run() -> None:
        statements = queries("asyncpg")
        connection = await asyncpg.connect(messenger_db_url)
        alice = await statements.register_user(connection, username="alice", password_hash=HASH, display_name=None)
        assert alice
        assert alice.user_id
        made = await statements.create_group(
            connection, user_id=alice.user_id, chat_id=UUID(int=1), name="Friends", slug=None, member_ids=[]
        )
        assert made
        assert made.outcome == "created"
        chats = [
            row
            async for row in statements.chat_list(
                connection,
                user_id=alice.user_id,
                before_is_pinned=True,
                before_message_id=LAST,
                before_chat_id=LAST,
            )
        ]
        assert [(row.name, row.unread) for row in chats] == [("Friends", 0)]
        await connection.close()

    asyncio.run(run())
