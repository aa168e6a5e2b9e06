"""make seed: what it puts into a database, what it says, and what it refuses."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import bcrypt
import psycopg2
import pytest
from pytest_postgresql.executors import NoopExecutor
from workflow.checkouts import Checkout, Done, new_checkout, refusal, succeeded
from workflow.databases import Database, new_database

from seeds.demo.demo_people import NAMES
from seeds.realism.report import measure
from seeds.tables import TABLES

pytestmark = pytest.mark.xdist_group("seeded")  # one worker seeds once

SIZE = {"MESSAGES": "6000", "USERS": "100", "SEED": "12", "NOW": "2026-11-01T12:00:00Z"}


@pytest.fixture(scope="module")
def server(postgresql_noproc: NoopExecutor) -> NoopExecutor:
    return postgresql_noproc


@pytest.fixture(scope="module")
def copy() -> Iterator[Checkout]:
    """A copy of the checkout that the tests only read."""
    with new_checkout() as checkout:
        yield checkout


@pytest.fixture(scope="module")
def said() -> list[str]:
    """What the command said that seeded."""
    return []


@pytest.fixture(scope="module")
def seeded(server: NoopExecutor, copy: Checkout, said: list[str]) -> Iterator[Database]:
    """A seeded database, for reading."""
    with new_database(server, server.template_dbname) as database:
        said.append(succeeded(seed(copy, database)))
        yield database


def seed(checkout: Checkout, database: Database, **knobs: str) -> Done:
    return checkout.run(
        *(".venv/bin/python", "-m", "seeds"), DATABASE_URL=database.url(), CONFIRM=database.name, **SIZE | knobs
    )


def test_it_says_what_it_made(seeded: Database, said: list[str]) -> None:
    for table, demo in (("users", 4), ("messages", 18)):
        (number,) = re.findall(rf"  {table} +([\d,]+)", said[0])
        assert len(seeded.contents()[table]) == int(number.replace(",", "")) + demo
    assert "password123" in said[0]


def ten_tables(database: Database) -> dict[str, list[str]]:
    return {table: rows for table, rows in database.contents().items() if table in TABLES}


def test_the_same_seed_makes_the_same_rows(copy: Checkout, seeded: Database, migrated: Database) -> None:
    succeeded(seed(copy, migrated))
    assert len(ten_tables(seeded)) == 10
    assert ten_tables(migrated) == ten_tables(seeded)


def test_the_same_seed_again_says_so_and_another_one_adds(copy: Checkout, migrated: Database) -> None:
    succeeded(seed(copy, migrated, MESSAGES="300"))
    first = ten_tables(migrated)
    assert "SEED=12 is here already" in succeeded(seed(copy, migrated, MESSAGES="900"))
    assert ten_tables(migrated) == first
    succeeded(seed(copy, migrated, MESSAGES="300", SEED="8"))
    second = ten_tables(migrated)
    assert all(set(rows) <= set(second[table]) for table, rows in first.items())
    assert len(second["messages"]) == len(first["messages"]) + 300


def test_it_looks_like_real_chats(seeded: Database) -> None:
    with closing(psycopg2.connect(seeded.url())) as connection:
        report = measure(connection)
    assert [measured for measured in report.measurements if measured.verdict == "off"] == []
    assert sum(measured.verdict == "ok" for measured in report.measurements) > 40


@pytest.mark.parametrize(
    "wrong",
    [
        # Somebody active has no receipt of what another one sent, or somebody else has one.
        """
        SELECT id, user_id
        FROM messages
        JOIN chat_participants USING (chat_id)
        WHERE user_id IS DISTINCT FROM sender_id
            AND joined_at <= messages.created_at
            AND (left_at IS NULL OR left_at > messages.created_at)
        EXCEPT
        SELECT message_id, user_id FROM message_delivery
        """,
        """
        SELECT message_id, user_id FROM message_delivery
        EXCEPT
        SELECT id, user_id
        FROM messages
        JOIN chat_participants USING (chat_id)
        WHERE user_id IS DISTINCT FROM sender_id
            AND joined_at <= messages.created_at
            AND (left_at IS NULL OR left_at > messages.created_at)
        """,
        # Unread rows and receipts disagree.
        """
        SELECT FROM message_delivery
        FULL JOIN unread_messages USING (message_id, user_id, chat_id)
        WHERE (status IS NOT NULL AND status <> 'read') <> (unread_messages.created_at IS NOT NULL)
        """,
        # Somebody read a message, and not one before it.
        """
        SELECT FROM unread_messages
        JOIN message_delivery AS later USING (chat_id, user_id)
        WHERE later.message_id > unread_messages.message_id
            AND later.status = 'read'
            AND later.created_at > unread_messages.created_at + interval '1 second'
        """,
        # Something happens later than now, or before somebody came or after somebody went.
        "SELECT FROM messages WHERE greatest(created_at, edited_at, deleted_at) > '2026-11-01 12:00+00'",
        "SELECT FROM message_delivery WHERE greatest(delivered_at, read_at) > '2026-11-01 12:00+00'",
        "SELECT FROM message_reactions WHERE created_at > '2026-11-01 12:00+00'",
        """
        SELECT FROM messages
        JOIN chat_participants ON chat_participants.chat_id = messages.chat_id AND user_id = sender_id
        WHERE messages.created_at NOT BETWEEN joined_at AND COALESCE(left_at, 'infinity')
        """,
        """
        SELECT FROM users
        JOIN messages ON sender_id = users.id
        WHERE messages.created_at NOT BETWEEN users.created_at AND last_seen_at
        """,
        # A direct chat has other people than those of its slug, or they do not know each other.
        """
        SELECT FROM chats
        WHERE type = 'direct'
            AND slug <> (
                SELECT 'direct-' || string_agg(user_id::text, '-' ORDER BY user_id)
                FROM chat_participants
                WHERE chat_id = chats.id
            )
        """,
        # A picture without its file, or a file without a picture.
        """
        SELECT FROM messages
        WHERE (content_type = 'image') <> EXISTS (SELECT FROM attachments WHERE message_id = messages.id)
        """,
        # Somebody answers what is deleted already, edits what is deleted, or reacts after having left.
        "SELECT FROM messages JOIN messages AS answered ON answered.id = messages.reply_to_id"
        " WHERE answered.deleted_at < messages.created_at",
        "SELECT FROM messages WHERE edited_at > deleted_at",
        """
        SELECT FROM message_reactions
        JOIN chat_participants USING (chat_id, user_id)
        WHERE created_at NOT BETWEEN joined_at AND COALESCE(left_at, 'infinity')
        """,
        # People know each other before one of them is there.
        """
        SELECT FROM contacts
        JOIN users ON users.id IN (user_id, contact_id)
        WHERE users.created_at > contacts.created_at
        """,
        "SELECT FROM messages WHERE content ~* 'lorem|ipsum|dolor sit'",
    ],
)
def test_nothing_of_this_is_there(seeded: Database, wrong: str) -> None:
    with seeded.connect() as db:
        assert db.execute(wrong.encode()).fetchall() == []


@pytest.mark.parametrize(
    "there",
    [
        "SELECT FROM chat_participants WHERE left_at IS NOT NULL",
        "SELECT FROM messages WHERE content_type = 'system' AND metadata ->> 'event' = 'joined'",
        "SELECT FROM messages WHERE reply_to_id IS NOT NULL",
        "SELECT FROM messages WHERE is_deleted",
        "SELECT FROM messages WHERE is_edited",
        "SELECT FROM contacts WHERE status = 'pending'",
        "SELECT FROM users WHERE deleted_at IS NOT NULL",
        "SELECT FROM user_sessions WHERE replaced_by IS NOT NULL",
        "SELECT FROM user_sessions WHERE is_active GROUP BY user_id HAVING count(*) > 1",
        "SELECT FROM message_delivery WHERE status = 'delivered'",
        "SELECT FROM message_delivery WHERE status = 'pending'",
        "SELECT FROM message_reactions",
        "SELECT FROM unread_messages",
        "SELECT FROM messages WHERE created_at > '2026-11-01 11:55+00'",
    ],
)
def test_all_of_this_is_there(seeded: Database, there: str) -> None:
    with seeded.connect() as db:
        assert db.execute(there.encode()).rowcount > 0


def test_everybody_logs_in_with_password123(seeded: Database) -> None:
    with seeded.connect() as db:
        hashes = db.execute("SELECT DISTINCT password_hash FROM users").fetchall()
    assert len(hashes) == len(NAMES)
    assert all(bcrypt.checkpw(b"password123", password_hash.encode()) for (password_hash,) in hashes)


def test_a_database_without_the_schema_is_refused(copy: Checkout, database: Database) -> None:
    assert "make db-up first" in refusal(seed(copy, database))
    assert database.tables() == set()


def test_a_stranger_named_alice_leaves_all_as_it_was(copy: Checkout, migrated: Database) -> None:
    with migrated.connect() as db:
        db.execute("INSERT INTO users (username, password_hash) VALUES ('alice', %s)", ["$2b$12$" + "x" * 53])
    before = migrated.contents()
    assert "another user has the name" in refusal(seed(copy, migrated, MESSAGES="300"))
    assert migrated.contents() == before


def test_it_goes_into_the_schema_of_the_url(copy: Checkout, database: Database) -> None:
    url = database.url(schema="tenant_a")
    database.execute("CREATE SCHEMA tenant_a")
    succeeded(copy.yoyo("apply", DATABASE_URL=url))
    knobs = SIZE | {"MESSAGES": "300", "CONFIRM": database.name, "DATABASE_URL": url}
    succeeded(copy.run(".venv/bin/python", "-m", "seeds", **knobs))
    assert len(database.contents()["tenant_a.messages"]) == 318


@pytest.mark.parametrize(("other", "messages"), [("7", 300), ("8", 600)])
def test_two_at_once_take_turns(copy: Checkout, migrated: Database, other: str, messages: int) -> None:
    with ThreadPoolExecutor(2) as threads:
        runs = [threads.submit(seed, copy, migrated, MESSAGES="300", SEED=number) for number in ("7", other)]
        said = [succeeded(run.result()) for run in runs]
    assert sum("is here already" in text for text in said) == (other == "7")
    assert len(migrated.contents()["messages"]) == messages + 18
