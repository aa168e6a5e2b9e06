"""The four demo people."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import bcrypt
import psycopg
import psycopg2
import pytest
from drift.commands import url
from pytest_postgresql.executors import NoopExecutor
from workflow.databases import Database, contents, new_database

from messenger_db.commands.verify import verify
from messenger_db.errors import MessengerError
from seeds.demo.demo_people import DEMO_PEOPLE, NAMES, add_demo

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def seeded(postgresql_noproc: NoopExecutor) -> Iterator[psycopg.Connection]:
    """A connection to a database with the demo people, for reading."""
    with new_database(postgresql_noproc, postgresql_noproc.template_dbname) as database:
        add_to(database)
        with psycopg.connect(database.url(), autocommit=True) as db:
            db.read_only = True
            yield db


def add_to(database: Database, now: datetime = NOW) -> int:
    with closing(psycopg2.connect(database.url())) as connection, connection, connection.cursor() as cursor:
        return add_demo(cursor, now)


def column(db: psycopg.Connection, query: LiteralString) -> list[object]:
    return [row[0] for row in db.execute(query).fetchall()]


def test_four_people_log_in_with_password123(seeded: psycopg.Connection) -> None:
    people = seeded.execute("SELECT username, password_hash FROM users ORDER BY username").fetchall()
    assert [name for name, _ in people] == list(NAMES)
    assert all(bcrypt.checkpw(b"password123", password_hash.encode()) for _, password_hash in people)
    assert not any(bcrypt.checkpw(b"password124", password_hash.encode()) for _, password_hash in people[:1])


def test_the_demo_people_that_take_part_in_the_chats_are_these(seeded: psycopg.Connection) -> None:
    people = seeded.execute("SELECT id::text, username, display_name FROM users ORDER BY username").fetchall()
    assert people == [tuple(person) for person in DEMO_PEOPLE]


def test_they_live_in_the_time_of_the_run(seeded: psycopg.Connection) -> None:
    (newest,) = column(seeded, "SELECT max(created_at) FROM messages")
    assert timedelta() < NOW - newest < timedelta(hours=1)  # type: ignore[operator]
    assert column(seeded, "SELECT DISTINCT last_seen_at FROM users") == [NOW]


@pytest.mark.parametrize(
    "impossible",
    [
        # A reaction or a reply to what the person had not read.
        """
        SELECT FROM message_reactions
        LEFT JOIN message_delivery USING (message_id, user_id)
        WHERE read_at <= message_reactions.created_at IS NOT TRUE
        """,
        """
        SELECT FROM messages AS reply
        LEFT JOIN message_delivery ON message_id = reply.reply_to_id AND user_id = reply.sender_id
        WHERE reply.reply_to_id IS NOT NULL
            AND read_at <= reply.created_at IS NOT TRUE
        """,
    ],
)
def test_nobody_answers_what_they_have_not_read(seeded: psycopg.Connection, impossible: LiteralString) -> None:
    assert seeded.execute(impossible).fetchall() == []


def test_contacts_are_accepted_pending_and_blocked(seeded: psycopg.Connection) -> None:
    assert set(column(seeded, "SELECT status FROM contacts")) == {"accepted", "pending", "blocked"}


def test_chats_are_two_direct_ones_and_a_group_of_all_four(seeded: psycopg.Connection) -> None:
    query = """
        SELECT type, array_agg(username ORDER BY username)
        FROM chats
        JOIN chat_participants ON chat_participants.chat_id = chats.id
        JOIN users ON users.id = user_id
        GROUP BY chats.id, type
        ORDER BY type, 2
    """
    direct, other, group = seeded.execute(query).fetchall()
    assert (direct[0], other[0]) == ("direct", "direct")
    assert [len(chat[1]) for chat in (direct, other)] == [2, 2]
    assert group == ("group", list(NAMES))


def test_every_chat_has_messages(seeded: psycopg.Connection) -> None:
    query = "SELECT id FROM chats WHERE NOT EXISTS (SELECT FROM messages WHERE chat_id = chats.id)"
    assert column(seeded, query) == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM messages WHERE reply_to_id IS NOT NULL",
        "SELECT count(*) FROM messages WHERE is_edited",
        "SELECT count(*) FROM messages WHERE is_deleted",
        "SELECT count(*) FROM message_reactions",
        "SELECT count(*) FROM attachments JOIN messages ON messages.id = message_id WHERE content_type = 'image'",
    ],
)
def test_there_is_at_least_one(seeded: psycopg.Connection, query: LiteralString) -> None:
    assert column(seeded, query) > [0]


def test_deliveries_are_in_all_three_states(seeded: psycopg.Connection) -> None:
    assert set(column(seeded, "SELECT status FROM message_delivery")) == {"pending", "delivered", "read"}


def test_unread_rows_agree_with_the_receipts(seeded: psycopg.Connection) -> None:
    unread = column(seeded, "SELECT (chat_id, user_id, message_id)::text FROM unread_messages ORDER BY 1")
    receipts = column(
        seeded, "SELECT (chat_id, user_id, message_id)::text FROM message_delivery WHERE status <> 'read' ORDER BY 1"
    )
    assert unread
    assert unread == receipts


def test_everybody_but_the_sender_has_a_receipt(seeded: psycopg.Connection) -> None:
    query = """
        SELECT messages.id, user_id
        FROM messages
        JOIN chat_participants USING (chat_id)
        WHERE user_id IS DISTINCT FROM sender_id
        EXCEPT
        SELECT message_id, user_id
        FROM message_delivery
    """
    assert seeded.execute(query).fetchall() == []


def test_somebody_is_logged_in_on_two_devices(seeded: psycopg.Connection) -> None:
    query = """
        SELECT count(DISTINCT device_id)
        FROM user_sessions
        WHERE last_activity_at = '2026-11-01 12:00+00'
            AND expires_at > last_activity_at
        GROUP BY user_id
        ORDER BY 1 DESC
    """
    assert column(seeded, query)[0] == 2


def test_the_rows_keep_all_rules(seeded: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url(seeded))
    assert verify("").as_json()["violations"] == []


def test_a_second_run_doubles_nothing(migrated: Database) -> None:
    assert add_to(migrated) > 0
    before = migrated.contents()
    assert add_to(migrated, NOW + timedelta(days=1)) == 0
    assert migrated.contents() == before


def test_the_same_now_makes_the_same_rows(seeded: psycopg.Connection, migrated: Database) -> None:
    add_to(migrated)
    assert migrated.contents() == contents(seeded.info.dsn)


def test_a_second_run_leaves_alone_what_people_did_since(migrated: Database) -> None:
    add_to(migrated)
    for statement in (
        "UPDATE users SET display_name = 'Robert', bio = NULL WHERE username <> 'alice'",
        "INSERT INTO messages (chat_id, sender_id, content) SELECT id, created_by, 'New' FROM chats",
        "UPDATE messages SET content = 'Corrected', is_edited = true, edited_at = created_at + interval '1 hour'"
        " WHERE content = 'Deal.'",
        "UPDATE message_delivery SET status = 'read', delivered_at = created_at, read_at = created_at",
        "DELETE FROM unread_messages",
    ):
        migrated.execute(statement)
    before = migrated.contents()
    assert add_to(migrated) == 0
    assert migrated.contents() == before


@pytest.mark.parametrize("name", ["alice", "diana"])
def test_a_stranger_of_that_name_is_refused(migrated: Database, name: str) -> None:
    with migrated.connect() as db:
        stranger = "INSERT INTO users (username, password_hash, display_name) VALUES (%s, %s, 'Somebody else')"
        db.execute(stranger, [name, "$2b$12$" + "x" * 53])
    before = migrated.contents()
    with pytest.raises(MessengerError, match="another user has the name"):
        add_to(migrated)
    assert migrated.contents() == before
