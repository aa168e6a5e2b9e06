"""The models and types that make docs writes are as the catalog is, and map what they say."""

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg2.extensions import connection as Connection

from messenger_db.errors import MessengerError
from messenger_db.reference.django_models import django_models
from messenger_db.reference.hot_path_types import described
from messenger_db.reference.mapped_tables import Model, mapped, names
from messenger_db.reference.schema import read
from messenger_db.reference.sqlalchemy_models import sqlalchemy_models
from messenger_db.reference.typescript_types import typescript_types

if TYPE_CHECKING:
    from sqlalchemy import Connection as Connected
    from sqlalchemy.orm import Session

ROOT = Path(__file__).parents[2]
HASH = f"$2b$12${'a' * 53}"
LATER = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(scope="session")
def models(shared_database: str) -> list[Model]:
    import psycopg2

    connection = psycopg2.connect(shared_database)
    try:
        return mapped(read(connection))
    finally:
        connection.close()


def test_they_are_up_to_date(models: list[Model], db: psycopg.Connection) -> None:
    made = {
        "messenger_db/sqlalchemy.py": sqlalchemy_models(models),
        "messenger_db/django/models/__init__.py": django_models(models),
        "docs/messenger-db.ts": typescript_types(models, described(db)),
    }
    assert [f"{name} is old: run make docs" for name, text in made.items() if (ROOT / name).read_text() != text] == []


def test_no_name_is_left_over(models: list[Model]) -> None:
    tables = [model.table for model in models]
    assert set(names()["models"]) == {table.name for table in tables}
    assert set(names()["relationships"]) == {key.name for table in tables for key in table.foreign_keys}


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        ("CREATE TABLE pins (id uuid)", "pins has no name for mappers: add it to [models]"),
        (
            "ALTER TABLE contacts ADD CONSTRAINT contacts_requested_by_fkey"
            " FOREIGN KEY (requested_by) REFERENCES users (id)",
            "contacts_requested_by_fkey has no name for mappers: add it to [relationships]",
        ),
    ],
)
def test_what_has_no_name_is_told(connection: Connection, statement: str, missing: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(MessengerError) as refused:
        mapped(read(connection))
    assert str(refused.value) == f"messenger-db: {missing} of messenger_db/reference/model_names.toml"


@pytest.mark.parametrize("write", [sqlalchemy_models, django_models])
def test_a_type_that_is_not_known_is_told(connection: Connection, write: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE users ADD born date")
    with pytest.raises(MessengerError, match=r"users\.born is of (the type )?date: add its"):
        write(mapped(read(connection)))


def guide(start: str, **given: Any) -> dict[str, Any]:
    """Run the block of docs/clients.md that starts with a comment, and return what it defines."""
    (block,) = re.findall(
        rf"^```python\n# {start}.*?\n(.*?)^```$", (ROOT / "docs/clients.md").read_text(), re.MULTILINE | re.DOTALL
    )
    exec(block, given)  # noqa: S102 (it is our own)
    return given


# SQLAlchemy


@pytest.fixture
def connected(shared_database: str) -> Iterator["Connected"]:
    """A transaction of SQLAlchemy's on the migrated schema, rolled back."""
    from sqlalchemy import create_engine

    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(shared_database))
    with engine.connect() as connected:
        yield connected
    engine.dispose()


@pytest.fixture
def session(connected: "Connected") -> Iterator["Session"]:
    from sqlalchemy.orm import Session

    with Session(connected) as session:
        yield session


def compared(connected: "Connected") -> list[Any]:
    """Return what Alembic would change in the database to make it as the models are."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from messenger_db.sqlalchemy import Base

    options = {"compare_type": True, "compare_server_default": True, "include_name": guide("in env.py")["include_name"]}
    return list(compare_metadata(MigrationContext.configure(connected, opts=options), Base.metadata))


def test_alembic_finds_no_difference(connected: "Connected") -> None:
    assert compared(connected) == []


def test_alembic_finds_a_difference_of_each_kind(connected: "Connected") -> None:
    connected.exec_driver_sql(
        "ALTER TABLE users ALTER bio TYPE varchar(400), ALTER status SET DEFAULT 'away', ADD born date;"
        "ALTER TABLE chats ALTER created_by SET NOT NULL;"
        "ALTER TABLE messages DROP CONSTRAINT messages_chat_id_reply_to_id_fkey;"
        "ALTER TABLE attachments DROP CONSTRAINT attachments_storage_key_key;"
        "DROP INDEX messages_content_chat_id_search_idx;"
        "COMMENT ON COLUMN contacts.nickname IS 'Something else.';"
        "DROP TABLE unread_messages"
    )
    found = [
        change for changes in compared(connected) for change in (changes if isinstance(changes, list) else [changes])
    ]
    assert {change[0] for change in found} == {
        "add_constraint",
        "add_fk",
        "add_index",
        "add_table",
        "modify_comment",
        "modify_default",
        "modify_nullable",
        "modify_type",
        "remove_column",
    }


def people(session: "Session") -> Any:
    """Add a chat in which every relationship leads somewhere, and return it."""
    from messenger_db.sqlalchemy import (
        Attachment,
        Chat,
        ChatParticipant,
        Contact,
        Message,
        MessageDelivery,
        MessageReaction,
        UnreadMessage,
        User,
        UserSession,
    )

    alice, bob = (User(username=name, password_hash=HASH) for name in ("alice", "bob"))
    session.add_all([alice, bob])
    session.flush()
    one, other = Contact(user=alice, contact=bob), Contact(user=bob, contact=alice)
    one.requested_by = other.requested_by = alice.id
    chat = Chat(type="group", name="Garden", slug="garden", creator=alice)
    owner = ChatParticipant(chat=chat, user=alice, role="owner")
    member = ChatParticipant(chat=chat, user=bob, adder=alice)
    message = Message(chat=chat, sender=owner, content="hello", metadata_={"a": 1})
    message.attachments.append(
        Attachment(
            position=1,
            file_name="a.png",
            file_type="image/png",
            file_size=1,
            storage_key="a",
            checksum_sha256=bytes(32),
        )
    )
    message.reactions.append(MessageReaction(participant=member, emoji="👍"))
    message.deliveries.append(MessageDelivery(recipient=member, unread=UnreadMessage()))
    reply = Message(chat=chat, sender=member, content="hello yourself", reply_to=message)
    session.add_all([one, other, chat, reply])
    session.flush()
    reply.is_deleted, reply.deleted_at, reply.deleter = True, reply.created_at, owner
    old, new = (UserSession(user=alice, token_hash=bytes([n] * 32), expires_at=LATER) for n in (1, 2))
    old.successor = new
    session.add(old)
    session.flush()
    session.expire_all()
    return chat


def test_every_relationship_leads_where_its_key_does(session: "Session", models: list[Model]) -> None:
    from sqlalchemy import select
    from sqlalchemy.orm import configure_mappers

    import messenger_db.sqlalchemy as tables

    configure_mappers()
    people(session)
    for model in models:
        rows = session.scalars(select(getattr(tables, model.name))).all()
        for relationship in model.relationships:
            key = relationship.key
            own, theirs = (
                [name.replace("metadata", "metadata_") for name in names] for names in (key.columns, key.target_columns)
            )
            targets = session.scalars(select(getattr(tables, relationship.target))).all()
            pairs = [
                (row, target)
                for row in rows
                for target in targets
                if [getattr(row, name) for name in own] == [getattr(target, name) for name in theirs]
            ]
            assert pairs, key.name
            found = [(row, getattr(row, relationship.name)) for row in rows if getattr(row, relationship.name)]
            assert found == pairs, key.name
            if relationship.inverse:
                for target in targets:
                    back = getattr(target, relationship.inverse)
                    listed = back if isinstance(back, list) else [back] if back else []
                    assert [row for row, other in pairs if other is target] == sorted(listed, key=rows.index), key.name


def test_what_the_guide_shows_runs(session: "Session") -> None:
    from sqlalchemy import select

    from messenger_db.sqlalchemy import Contact

    chat = people(session)
    guide("with a session of SQLAlchemy", session=session)
    assert len(chat.messages) == 3
    assert session.scalars(select(Contact)).all() == []


def test_the_server_fills_in_and_deletes(session: "Session") -> None:
    from sqlalchemy import inspect, select

    from messenger_db.sqlalchemy import Contact, Message

    chat = people(session)
    message = session.scalars(select(Message).where(Message.sender_id == chat.created_by)).one()
    assert (message.id.version, message.content_type, message.is_edited, message.metadata_) == (
        7,
        "text",
        False,
        {"a": 1},
    )
    # What only one of the keys of a shared column has is all that it writes.
    message.sender = None
    session.flush()
    assert message.chat is chat
    before, chat.description = chat.updated_at, "Flowers"
    session.flush()
    assert "updated_at" in inspect(chat).dict
    assert chat.updated_at > before
    session.connection().exec_driver_sql("SET CONSTRAINTS contacts_contact_id_user_id_fkey DEFERRED")
    for contact in session.scalars(select(Contact)).all():
        session.delete(contact)
    session.delete(chat)
    session.flush()
    session.connection().exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    assert session.scalars(select(Message)).all() == []


def test_an_insert_names_only_what_was_set(session: "Session") -> None:
    from messenger_db.sqlalchemy import User

    connected = session.connection()
    connected.exec_driver_sql(
        "CREATE ROLE messenger_orm; GRANT SELECT, INSERT (username, password_hash) ON users TO messenger_orm;"
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO messenger_orm; SET LOCAL ROLE messenger_orm"
    )
    user = User(username="alice", password_hash=HASH)
    session.add(user)
    session.flush()
    assert (user.bio, user.status) == (None, "offline")


def test_an_asynchronous_session_never_has_to_load_again(shared_database: str) -> None:
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

    from messenger_db.sqlalchemy import User

    async def changed() -> tuple[datetime, datetime]:
        engine = create_async_engine(
            "postgresql+psycopg://", async_creator=lambda: psycopg.AsyncConnection.connect(shared_database)
        )
        async with AsyncSession(engine) as session:
            user = User(username="alice", password_hash=HASH)
            session.add(user)
            await session.flush()
            made, user.bio = user.updated_at, "Hello"
            await session.flush()
            refreshed = user.updated_at
        await engine.dispose()
        return made, refreshed

    made, changed_at = asyncio.run(changed())
    assert changed_at > made


# Django, and TypeScript


def test_django(shared_database: str) -> None:
    project = Path(__file__).with_name("django_project.py")
    command = [sys.executable, "-W", "error", str(project), shared_database, str(ROOT / "docs/clients.md")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


USE = """
import type { HotPaths, NewMessage, Tables, User } from "./messenger-db";

export const away: User["status"] = "away";
// @ts-expect-error: not one of the values
export const gone: User["status"] = "gone";
export const message: NewMessage = { chat_id: "1", content: "hello" };
// @ts-expect-error: every message is in a chat
export const nowhere: NewMessage = { content: "hello" };
export const sent: HotPaths["send_message"]["parameters"] = {
  chat_id: "1", sender_id: "2", message_id: null, content: "hello", content_type: "text", metadata: "{}",
  reply_to_id: null,
};
export const outcome = (row: HotPaths["send_message"]["row"]): string => row.outcome;
// @ts-expect-error: a time is there only if something was sent
export const time = (row: HotPaths["send_message"]["row"]): Date => row.created_at;
export const size = (row: Tables["attachments"]["row"]): number => row.file_size;
"""


def test_typescript_compiles(tmp_path: Path) -> None:
    tsc = shutil.which("tsc")
    if not tsc:
        pytest.skip("tsc is not on PATH: npm install --global typescript")
    shutil.copy(ROOT / "docs" / "messenger-db.ts", tmp_path)
    (tmp_path / "use.ts").write_text(USE)
    # As @types/node has it, which need not be there.
    (tmp_path / "buffer.d.ts").write_text("interface Buffer extends Uint8Array {}\n")
    command = [tsc, "--noEmit", "--strict", "--target", "es2022", "--module", "es2022", "use.ts", "buffer.d.ts"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
