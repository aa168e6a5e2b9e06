"""The statements where chats are sharded: they answer as those for one server, and ask what a router asks.

No cluster is needed: the form of the schema is made on one server, where the statements run too.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import psycopg
import psycopg2
import pytest
from psycopg.rows import dict_row

from messenger_db.catalog import differences as differing
from messenger_db.catalog import snapshot
from messenger_db.hot_paths import hot_path, names, queries, sharded_names
from messenger_db.node_functions import SENDS, statements
from messenger_db.sharding import make_form
from messenger_db.violated_rule import violated_rule

from .people import HASH
from .routing import KEYS, OF_A_CHAT, refused, routing

GUIDE = (Path(__file__).parents[2] / "docs" / "clusters.md").read_text(encoding="utf-8")
ALL = sorted({*names(), *sharded_names()})
LAST = UUID(int=2**128 - 1)
CHAT = "chat_id = CAST(:chat_id AS uuid)"
FIRST_PAGE = {"before_is_pinned": True, "before_message_id": LAST, "before_chat_id": LAST}


def sharded(name: str) -> Any:
    return hot_path(name, sharded=True)


def named(name: str) -> UUID:
    """Return the same id for a name on both sides."""
    return uuid5(UUID(int=0), name)


@cache
def message(number: int) -> UUID:
    """Return the id of a message that is sent now."""
    milliseconds = int(datetime.now(UTC).timestamp() * 1000) + number
    return UUID(f"{milliseconds:012x}70008{number:015x}")


@dataclass
class Side:
    """A database, the statements that it takes, and what ids it has made itself."""

    connection: psycopg.Connection
    is_sharded: bool
    made: dict[UUID, str] = field(default_factory=dict)

    def make_functions(self) -> None:
        """Make the sends functions, as on the node of a chat; what distributes them takes a cluster."""
        for statement in statements("on_node", "public", sharded=self.is_sharded):
            if "create_distributed_function" not in statement:
                self.connection.execute(statement.encode())

    def plain(self, value: Any) -> Any:
        """Return a value without what differs from one call to the next: times and ids of the server's own."""
        if isinstance(value, list):
            return sorted(map(self.plain, value), key=str)
        return "a time" if isinstance(value, datetime) else self.made.get(value, value) if value.__hash__ else value

    def call(self, path: str, parameters: dict[str, Any]) -> Any:
        """Return the rows, or the rule that was violated."""
        return self._run(path, hot_path(path, sharded=self.is_sharded).for_psycopg, parameters)

    def call_function(self, path: str, parameters: dict[str, Any]) -> Any:
        """Return what the function of a send answers, and keep nothing."""
        given = ", ".join(f"%({name})s" for name in hot_path(path).parameters)
        with self.connection.transaction(force_rollback=True):
            return self._run(path, f"SELECT * FROM on_node.{path}({given})", parameters)

    def _run(self, path: str, statement: str, parameters: dict[str, Any]) -> Any:
        own = {name: own for own, name in self.made.items()}
        given = {
            name: value if isinstance(value, list) else own.get(value, value) for name, value in parameters.items()
        }
        try:
            with self.connection.transaction(), self.connection.cursor(row_factory=dict_row) as cursor:
                if path in ("fold_presence", "purge_user"):
                    cursor.execute("SET LOCAL citus.multi_shard_modify_mode = 'sequential'")
                rows = cursor.execute(statement.encode(), given).fetchall()
        except psycopg.Error as error:
            return violated_rule(error) or error.sqlstate
        if path == "create_direct_chat" and rows:
            self.made[rows[0]["chat_id"]] = "the direct chat"
        if path in ("begin_session", "rotate_session") and rows:
            self.made[rows[0]["session_id"]] = f"the session of {path}"
        return [{name: self.plain(value) for name, value in row.items()} for row in rows]


def calls() -> list[tuple[str, dict[str, Any]]]:
    """Return calls that go through each statement that is another one where chats are sharded, and what follows."""
    alice, bob, carol, dora = (named(name) for name in ("alice", "bob", "carol", "dora"))
    group, other, direct = named("group"), named("other"), "the direct chat"
    text = {"content": "Time for lunch", "content_type": "text", "metadata": "{}", "reply_to_id": None}
    notice = {"content": "Bob is here", "metadata": "{}"}
    picture = {
        "file_name": "a.png",
        "file_type": "image/png",
        "file_size": 9,
        "storage_key": "a",
        "checksum_sha256": "0" * 64,
    }
    image = {"content": "", "metadata": "{}", "reply_to_id": message(1), "files": json.dumps([picture])}
    asked = {"user_id": alice, "chat_id": group}
    session = {"device_id": None, "device_type": "web", "device_name": None, "ip_address": None, "user_agent": "T/1"}
    long_ago = "2025-01-01 00:00+00"

    def send(sender: UUID, chat: Any, number: int, **changed: Any) -> tuple[str, dict[str, Any]]:
        return "send_message", {"sender_id": sender, "chat_id": chat, "message_id": message(number), **text, **changed}

    def seen(user: UUID, chat: Any = group) -> list[tuple[str, dict[str, Any]]]:
        page = {"user_id": user, "chat_id": chat}
        return [
            ("history_before", {**page, "before_id": LAST}),
            ("history_before", {**page, "before_id": message(3)}),
            ("history_after", {**page, "after_id": message(1)}),
            ("history_with_names", {**page, "before_id": LAST}),
            ("chat_list", {"user_id": user, **FIRST_PAGE}),
            ("unread_total", {"user_id": user}),
            ("search", {"user_id": user, "words": "lunch", "before_id": LAST}),
            ("members", page),
            ("read_receipts", {**page, "message_id": message(1)}),
        ]

    def purge(user: UUID, batch: int, times: int) -> list[tuple[str, dict[str, Any]]]:
        return [("purge_user", {"user_id": user, "batch": batch})] * times

    profile = {"user_id": alice, "display_name": "Alice", "bio": None, "avatar_url": None}
    made = {"name": "Friends", "slug": None}
    return [
        ("update_profile", profile),
        ("update_profile", {**profile, "display_name": " "}),
        ("request_contact", {"user_id": alice, "contact_id": bob}),
        ("request_contact", {"user_id": alice, "contact_id": bob}),
        ("request_contact", {"user_id": bob, "contact_id": alice}),
        ("request_contact", {"user_id": alice, "contact_id": alice}),
        ("contacts", {"user_id": alice, "status": "accepted"}),
        ("create_group", {**asked, **made, "member_ids": [bob, carol]}),
        ("create_group", {**asked, **made, "member_ids": [bob, carol]}),
        ("create_group", {**asked, **made, "user_id": bob, "member_ids": []}),
        ("create_group", {"chat_id": other, "user_id": bob, "name": "Other", "slug": "other", "member_ids": [carol]}),
        ("create_group", {"chat_id": named("no"), "user_id": named("nobody"), **made, "member_ids": []}),
        ("create_direct_chat", {"user_id": alice, "other_id": bob}),
        ("create_direct_chat", {"user_id": bob, "other_id": alice}),
        ("create_direct_chat", {"user_id": bob, "other_id": bob}),
        send(alice, group, 1),
        send(alice, group, 1),
        send(bob, group, 1),
        send(dora, group, 2),
        send(bob, direct, 2),
        send(bob, group, 3, reply_to_id=message(1)),
        send(bob, other, 4, reply_to_id=message(1)),
        send(bob, group, 4, content="x" * 10001),
        ("send_images", {"sender_id": carol, "chat_id": group, "message_id": message(5), **image}),
        ("send_images", {"sender_id": carol, "chat_id": group, "message_id": message(5), **image}),
        ("send_images", {"sender_id": dora, "chat_id": group, "message_id": message(6), **image}),
        ("send_system_message", {"chat_id": group, "message_id": message(7), **notice}),
        ("send_system_message", {"chat_id": group, "message_id": message(7), **notice}),
        ("send_system_message", {"chat_id": named("no"), "message_id": message(8), **notice}),
        ("attachments", {**asked, "message_ids": [message(5)]}),
        ("pin_chat", {**asked, "is_pinned": True}),
        *seen(alice),
        *seen(bob),
        *seen(dora),
        ("deliver_pending", {"user_id": bob, "max_messages": 2}),
        ("deliver_pending", {"user_id": bob, "max_messages": 10}),
        ("deliver_pending", {"user_id": bob, "max_messages": 10}),
        ("mark_read", {"user_id": bob, "chat_id": group, "up_to_id": message(5)}),
        ("delete_message", {**asked, "message_id": message(5)}),
        ("block_contact", {"user_id": alice, "contact_id": bob}),
        ("request_contact", {"user_id": bob, "contact_id": alice}),
        send(bob, direct, 9),
        ("leave_chat", {"user_id": alice, "chat_id": direct}),
        ("clear_unread", {"user_id": alice, "chat_id": direct}),
        ("create_direct_chat", {"user_id": alice, "other_id": bob}),
        *seen(alice, direct),
        ("begin_session", {"user_id": alice, "token_hash": b"1" * 32, "expires_at": "2100-01-01", **session}),
        (
            "rotate_session",
            {"token_hash": b"1" * 32, "new_token_hash": b"2" * 32, "expires_at": "2100-01-01"},
        ),
        ("heartbeat", {"session_id": "the session of begin_session", "status": "online"}),
        ("heartbeat", {"session_id": "the session of rotate_session", "status": "away"}),
        ("heartbeat", {"session_id": "the session of rotate_session", "status": "gone"}),
        ("fold_presence", {"heard_after": long_ago}),
        ("fold_presence", {"heard_after": long_ago}),
        ("profile", {"username": "alice"}),
        ("change_password", {"user_id": alice, "password_hash": HASH, "session_id": None}),
        ("change_password", {"user_id": alice, "password_hash": "secret", "session_id": None}),
        ("heartbeat", {"session_id": "the session of rotate_session", "status": "online"}),
        ("delete_user", {"user_id": alice}),
        ("delete_user", {"user_id": alice}),
        ("create_direct_chat", {"user_id": bob, "other_id": alice}),
        *seen(bob),
        ("purge_user", {"user_id": bob, "batch": 10}),
        *purge(alice, 1, 5),
        *seen(bob),
        ("delete_user", {"user_id": carol}),
        *purge(carol, 100, 2),
        *seen(bob, other),
        ("profile", {"username": "alice"}),
    ]


# Rules by another name, and what the two differ in: one id in two chats, and heartbeats that are written down later.
OTHER_NAMES = {"presence_status_valid": "users_status_valid"}


def differences(plain: Side, other: Side) -> list[str]:
    """Return in which calls two databases differ."""
    for side in (plain, other):
        side.make_functions()
        for name in ("alice", "bob", "carol", "dora"):
            side.connection.execute(
                "INSERT INTO users (id, username, password_hash) VALUES (%s, %s, %s)", [named(name), name, HASH]
            )
    found = []
    for number, (path, parameters) in enumerate(calls()):
        if path not in names():
            assert other.call(path, parameters) is not None
            continue
        functions = [side.call_function(path, parameters) for side in (plain, other)] if path in SENDS else []
        expected, answer = plain.call(path, parameters), other.call(path, parameters)
        found += [f"{number} {path} as a function: {expected} and not {one}" for one in functions if one != expected]
        if expected != (OTHER_NAMES.get(answer, answer) if isinstance(answer, str) else answer):
            found.append(f"{number} {path}: {expected} and not {answer}")
    return found


@pytest.fixture
def form(postgresql: psycopg.Connection) -> psycopg.Connection:
    """A database whose schema has the form for shards."""
    connection = psycopg2.connect(postgresql.info.dsn, password=postgresql.info.password)
    try:
        make_form(connection)
        connection.commit()
    finally:
        connection.close()
    return postgresql


def test_each_answers_as_its_twin(db: psycopg.Connection, form: psycopg.Connection) -> None:
    assert {path for path, _ in calls()} >= set(sharded_names())
    assert differences(Side(db, is_sharded=False), Side(form, is_sharded=True)) == []
    # The same id in two chats: no server can keep that of all.
    again = {"sender_id": named("bob"), "message_id": message(3), "content": "Again", "content_type": "text"}
    other = {**again, "chat_id": named("other"), "metadata": "{}", "reply_to_id": None}
    outcomes = [Side(side, is_sharded=side is form).call("send_message", other) for side in (db, form)]
    assert [rows[0]["outcome"] for rows in outcomes] == ["id_taken", "sent"]

    # What a router asks of keys: the sharding column in each, and nothing that sets it, or another with it, to NULL.
    rows = form.execute("""
        SELECT
            conrelid::regclass::text,
            confrelid::regclass::text,
            confdeltype,
            ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)),
            conname
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
            AND contype IN ('p', 'u', 'f', 'x')
        UNION ALL
        SELECT
            indrelid::regclass::text,
            '-',
            ' ',
            ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY (indkey)),
            indexrelid::regclass::text
        FROM pg_index
        WHERE indisunique
    """).fetchall()
    keys = [row for row in rows if row[0] in KEYS]
    assert len(keys) > 20
    wrong = [
        name
        for table, referenced, deletes, columns, name in keys
        if (referenced in ("-", *OF_A_CHAT, "chats") and KEYS[table] not in columns)
        or (deletes in ("n", "d") and KEYS[table] in columns)
    ]
    assert wrong == []
    assert [name for table, referenced, *_, name in rows if table not in KEYS and referenced in KEYS] == []


def test_their_headers_are_those_of_their_twins_or_say_more() -> None:
    for name in sharded_names():
        path = sharded(name)
        at_name, dash_name, record_class, *_ = path.sql.splitlines()
        assert at_name == f"/* @name {name} */"
        assert dash_name.startswith(f"-- name: {name}({', '.join(path.parameters)})")
        assert record_class == f"-- record_class: {path.row_class}"
        assert list(path.fields) == ["Parameters", "Returns", "Nullable", "Indexes", "Pages", "Locks", "Errors"]
        if name in names():
            twin = hot_path(name)
            assert (sorted(path.parameters), path.is_one_row) == (sorted(twin.parameters), twin.is_one_row)
            assert {field: path.fields[field] for field in ("Returns", "Nullable")} == {
                field: twin.fields[field] for field in ("Returns", "Nullable")
            }
    assert callable(queries("psycopg", sharded=True).fold_presence)


# What a send on shards has in the place of what: a change of one text is a change of the other.
SENDS_DIFFER = [
    ("    WHERE chat_id = (SELECT id FROM chat)\n", f"    WHERE {CHAT}\n        AND EXISTS (SELECT FROM chat)\n"),
    ("ON CONFLICT (id) DO", "ON CONFLICT (chat_id, id) DO"),
    ("    WHERE messages.chat_id = excluded.chat_id\n        AND messages.", "    WHERE messages."),
    ("        WHERE message_id = (SELECT", f"        WHERE {CHAT}\n            AND message_id = (SELECT"),
]


@pytest.mark.parametrize("name", SENDS)
def test_the_sends_differ_in_little(name: str) -> None:
    text = hot_path(name).sql
    for one, other in SENDS_DIFFER:
        assert text.count(one) == 1
        text = text.replace(one, other)
    assert sharded(name).sql == text


def test_the_guide_says_of_each_path_how_it_is_routed() -> None:
    said = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", GUIDE.partition("## Paths")[2], re.MULTILINE))
    found = {}
    for name in ALL:
        uses_shards, by_one = routing(sharded(name))
        found[name] = ("one shard" if by_one else "all shards") if uses_shards else "any node"
    assert {name: text.split(",")[0] for name, text in said.items()} == found


def test_nothing_is_refused() -> None:
    assert {name: wrong for name in ALL if (wrong := refused(sharded(name)))} == {}
    # Those for one server are taken in a tenant's schema, but for the one that has a twin for that.
    assert {name for name in names() if refused(hot_path(name))} == {"request_contact"}


@pytest.mark.parametrize(
    ("name", "text", "instead", "complaint"),
    [
        ("mark_read", ", receipts.now),", ", statement_timestamp()),", "statement_timestamp() in CASE or COALESCE"),
        ("join_chat", ", excluded.joined_at)", ", CURRENT_TIMESTAMP)", "CURRENT_TIMESTAMP() in DO UPDATE"),
    ],
)
def test_what_is_refused_would_be_found(name: str, text: str, instead: str, complaint: str) -> None:
    path = hot_path(name)
    assert text in path.sql
    changed = type(path)(name, path.sql.replace(text, instead), path.purpose, path.fields)
    assert refused(changed) == {complaint}


@pytest.mark.parametrize(
    ("name", "text", "instead"),
    [
        ("history_before", f"WHERE {CHAT}", "WHERE chat_id >= CAST(:chat_id AS uuid)"),
        ("leave_chat", f"WHERE chat_participants.{CHAT}", "WHERE true"),
        ("edit_message", f"WHERE chat_participants.{CHAT}", "WHERE true"),
        ("mark_read", f"AND unread_messages.{CHAT}", f"OR unread_messages.{CHAT}"),
        ("send_message", "CAST(:chat_id AS uuid),", "CAST(:sender_id AS uuid),"),
    ],
)
def test_a_statement_without_its_shard_would_be_found(name: str, text: str, instead: str) -> None:
    path = sharded(name)
    assert routing(path) == (True, True)
    assert text in path.sql
    changed = type(path)(name, path.sql.replace(text, instead), path.purpose, path.fields)
    assert routing(changed) == (True, False)


def test_the_guide_says_what_becomes_of_each_rule(db: psycopg.Connection, form: psycopg.Connection) -> None:
    snapshots = []
    for side in (db, form):
        connection = psycopg2.connect(side.info.dsn, password=side.info.password)
        try:
            snapshots.append(snapshot(connection))
        finally:
            connection.close()
    changed = {difference.object.split(".")[-1] for difference in differing(*snapshots)}
    said = dict(re.findall(r"^\| `(\w+)` \| (another form|lost|new) \|", GUIDE.partition("## Rules")[2], re.MULTILINE))
    assert said.keys() == changed
    rules = {name for catalog in snapshots for name in catalog if name.kind in ("constraint", "index", "trigger")}
    kept = len({name.name.split(".")[-1] for name in rules if name in snapshots[0]} - changed)
    assert f"| the other {kept} constraints, keys, indexes and triggers | kept |" in GUIDE
