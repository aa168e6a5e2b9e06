"""messenger_factory makes rows that obey every rule, and says what they are."""

import hashlib

import bcrypt
import psycopg
import pytest
from psycopg2.errors import CheckViolation
from psycopg2.extensions import connection as Connection

from messenger_db.testing.factory import Factory
from messenger_db.testing.models import Message


def rows(connection: Connection, query: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def all_kinds(factory: Factory) -> Message:
    a, b, c = factory.user(), factory.user(), factory.user()
    factory.direct_chat(b, a)
    group = factory.group_chat(a, b, c)
    message = factory.message(group)
    factory.message(group, b, "Yes?", reply_to=message)
    factory.reaction(message)
    factory.attachment(message)
    factory.attachment(message)
    factory.session(a)
    return message


def test_each_kind_with_nothing_said(messenger_tx: Connection, messenger_factory: Factory) -> None:
    message = all_kinds(messenger_factory)
    tables = ("users", "chats", "chat_participants", "messages", "message_delivery", "unread_messages")
    others = ("message_reactions", "attachments", "user_sessions")
    counts = [rows(messenger_tx, f"SELECT count(*) FROM {table}")[0][0] for table in (*tables, *others)]
    assert counts == [3, 2, 5, 2, 4, 4, 1, 2, 1]
    a, b, c = message.chat.members
    assert message.sender == a
    assert message.recipient_ids == {b.id, c.id}
    assert rows(messenger_tx, "SELECT role FROM chat_participants WHERE user_id = %s ORDER BY 1", str(a.id)) == [
        ("member",),
        ("owner",),
    ]
    assert rows(messenger_tx, "SELECT created_at FROM messages WHERE id = %s", str(message.id)) == [
        (message.created_at,)
    ]


def test_people_are_made_where_none_are_given(messenger_tx: Connection, messenger_factory: Factory) -> None:
    assert len(messenger_factory.direct_chat().members) == 2
    assert len(messenger_factory.group_chat(name="Group").members) == 3
    assert rows(messenger_tx, "SELECT count(*) FROM users") == [(5,)]


def test_what_is_said_is_taken(messenger_factory: Factory) -> None:
    user = messenger_factory.user("someone", "Some One")
    assert (user.username, user.display_name) == ("someone", "Some One")
    chat = messenger_factory.group_chat(user, name="Örtchen")
    assert chat.name == "Örtchen"
    assert messenger_factory.message(chat, user, "Hello").content == "Hello"


def test_who_has_left_gets_nothing(messenger_tx: Connection, messenger_factory: Factory) -> None:
    chat = messenger_factory.group_chat()
    left = str(chat.members[1].id)
    messenger_tx.cursor().execute("UPDATE chat_participants SET left_at = joined_at WHERE user_id = %s", [left])
    assert messenger_factory.message(chat).recipient_ids == {chat.members[2].id}


def test_passwords_and_tokens_are_those_that_were_hashed(messenger_tx: Connection, messenger_factory: Factory) -> None:
    user = messenger_factory.user()
    assert bcrypt.checkpw(user.password.encode(), user.password_hash.encode())
    session = messenger_factory.session(user)
    assert rows(
        messenger_tx, "SELECT token_hash = %s FROM user_sessions", hashlib.sha256(session.token.encode()).digest()
    )


def test_values_are_the_same_for_the_same_test(messenger_db: Connection, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue("_messenger_run")
    first = run.factory(request.node, messenger_db, commits=False).user()
    messenger_db.rollback()
    again = run.factory(request.node, messenger_db, commits=False).user()
    assert (again.id, again.username, again.display_name) == (first.id, first.username, first.display_name)


def test_values_of_another_test_differ(messenger_db: Connection, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue("_messenger_run")
    mine = run.factory(request.node, messenger_db, commits=False).user()
    (other,) = (item for item in request.session.items if item.name == "test_values_are_the_same_for_the_same_test")
    assert run.factory(other, messenger_db, commits=False).user().id != mine.id


def test_rows_are_there_for_other_sessions(messenger_factory: Factory, messenger_db_url: str) -> None:
    user = messenger_factory.user()
    with psycopg.connect(messenger_db_url) as other:
        assert other.execute("SELECT id FROM users").fetchall() == [(user.id,)]


def test_in_a_transaction_they_go_with_it(messenger_tx: Connection, messenger_factory: Factory) -> None:
    messenger_factory.user()
    messenger_tx.rollback()
    assert rows(messenger_tx, "SELECT count(*) FROM users") == [(0,)]


@pytest.mark.usefixtures("messenger_tx")
def test_what_breaks_a_rule_is_refused_by_the_database(messenger_factory: Factory) -> None:
    with pytest.raises(CheckViolation, match="users_username_format"):
        messenger_factory.user("no name")
