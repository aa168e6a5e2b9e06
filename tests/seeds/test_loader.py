"""Loading generated chats: one transaction, whatever happens, and the same rows however they come."""

import threading
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
import sqlparse
from psycopg2.extensions import connection as Connection
from psycopg2.extras import register_uuid
from schema.dump import dump
from schema.migrations import up
from small_dataset import BCRYPT, GROUP, IDS, NOW, batches, receipts, small_dataset
from workflow.databases import Database
from workflow.fixtures import migrated, role

from messenger_db.catalog import Catalog, snapshot
from messenger_db.errors import MessengerError
from seeds.demo.demo_people import NAMES, add_demo
from seeds.loading import loader as loading
from seeds.loading.constraints import drop_constraints
from seeds.loading.loader import Hooks, load
from seeds.options import Options
from seeds.people.dataset import Dataset
from seeds.tables import RECEIPTS_DUE, TABLES, Batch

__all__ = ["migrated", "role"]

register_uuid()  # type: ignore[no-untyped-call]

Batches = Iterator[Batch]


@pytest.fixture
def connection(migrated: Database) -> Iterator[Connection]:
    """A connection to a migrated database without rows, no transaction open."""
    with closing(psycopg2.connect(migrated.url())) as connection:
        yield connection


@pytest.fixture
def live(migrated: Database) -> None:
    """Let the database have a row, so that its keys stay on."""
    with migrated.connect() as db:
        db.execute("INSERT INTO users (username, password_hash) VALUES ('somebody', %s)", [BCRYPT])


def load_small_dataset(connection: Connection) -> dict[str, int]:
    return load(connection, batches(small_dataset()), now=NOW)


def rows(connection: Connection, query: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def everything(database: Database) -> tuple[dict[str, list[str]], str]:
    """Return all rows and the schema."""
    with database.connect() as db:
        return database.contents(), dump(db)


def facts(connection: Connection) -> tuple[Catalog, list[tuple[object, ...]]]:
    """Return what the catalog says of the schema, and what neither it nor a dump does."""
    try:
        owners = "SELECT relname, relowner::regrole::text, relacl::text, reloptions, reltablespace FROM pg_class"
        return snapshot(connection), sorted(rows(connection, f"{owners} WHERE relnamespace = 'public'::regnamespace"))
    finally:
        connection.rollback()


@pytest.mark.parametrize("mode", ["keys off", "keys on"])
def test_what_is_loaded(mode: str, migrated: Database, connection: Connection, request: pytest.FixtureRequest) -> None:
    if mode == "keys on":
        request.getfixturevalue("live")
    before = migrated.contents()
    said: list[str] = []
    counts: list[int] = []
    loaded = load(connection, batches(small_dataset()), now=NOW, hooks=Hooks(progress=counts.append, stage=said.append))
    connection.commit()
    assert counts == [9]
    assert said == ["rows", "receipts", *(["keys and indexes", "foreign keys"] if mode == "keys off" else [])]

    found = set(rows(connection, "SELECT * FROM message_delivery"))
    assert found == receipts()
    assert {row[3] for row in found} == {"pending", "delivered", "read"}
    unread = "SELECT chat_id, message_id, user_id, created_at FROM unread_messages"
    assert set(rows(connection, unread)) == {(*row[:3], row[6]) for row in receipts() if row[3] != "read"}
    assert rows(connection, "SELECT content FROM messages ORDER BY id LIMIT 1") == [("Line 1\nof 0",)]
    assert rows(connection, "SELECT display_name, bio FROM users WHERE username = 'user_0'") == [
        ("User 0 \\ ž", "Bio\t0")
    ]

    contents = migrated.contents()
    assert loaded == {table: len(contents[table]) - len(before[table]) for table in TABLES}
    assert all(loaded.values())
    assert all(set(before[table]) <= set(contents[table]) for table in before)
    analyzed = "SELECT count(*) FROM pg_class WHERE relname IN ('messages', 'message_delivery') AND reltuples > 0"
    assert rows(connection, analyzed) == [(2 if mode == "keys off" else 0,)]


def test_the_same_rows_however_they_come(
    migrated: Database, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_small_dataset(connection)
    connection.commit()
    once = migrated.contents()
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}")
    connection.commit()

    def in_pieces() -> Batches:
        parts = small_dataset()
        messages = parts.pop("messages")
        of_messages = {table: parts.pop(table) for table in ("attachments", "message_reactions")}
        yield from batches(parts)
        for message in sorted(messages, key=lambda row: str(row[0])):
            yield from batches({"messages": [message]})
            yield RECEIPTS_DUE
        yield from batches(of_messages)

    monkeypatch.setattr(loading, "ROUND_SIZE", 200)
    monkeypatch.setattr(loading, "RECEIPTS_EVERY", 2)
    load(connection, in_pieces(), now=NOW)
    connection.commit()
    assert migrated.contents() == once


# What later migrations and hands may have made, and definitions say only part of.
ODDITIES = r"""
    CREATE TABLE polls (id bigint PRIMARY KEY, message_id uuid REFERENCES messages ON DELETE CASCADE);
    CREATE UNIQUE INDEX polls_message_id_key ON polls (message_id);
    CREATE INDEX messages_created_at_idx ON messages USING brin (created_at) WITH (pages_per_range = 8);
    CREATE INDEX "Odd ""one"" name" ON chats (lower(name) text_pattern_ops DESC NULLS LAST) INCLUDE (id)
        WHERE NOT is_deleted;
    COMMENT ON INDEX "Odd ""one"" name" IS 'It''s odd';
    COMMENT ON INDEX chats_created_by_set_idx IS 'A back\slash';
    COMMENT ON CONSTRAINT users_username_key ON users IS 'One each; really';
    COMMENT ON CONSTRAINT chats_created_by_fkey ON chats IS 'Goes with its user';
    COMMENT ON INDEX messages_pkey IS 'The index of a key';
    ALTER TABLE chats ADD CONSTRAINT chats_late_key
        UNIQUE NULLS NOT DISTINCT (avatar_url, id) DEFERRABLE INITIALLY DEFERRED;
    ALTER TABLE chats ADD CONSTRAINT chats_roomy_key UNIQUE (id, created_at) WITH (fillfactor = 50);
    ALTER TABLE chats ADD CONSTRAINT chats_apart EXCLUDE USING btree (id WITH =);
    ALTER TABLE users ADD CONSTRAINT users_unchecked_fkey FOREIGN KEY (id) REFERENCES users (id) NOT VALID;
    ALTER TABLE users ADD CONSTRAINT users_late_fkey
        FOREIGN KEY (id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED;
    ALTER TABLE attachments CLUSTER ON attachments_pkey;
    ALTER TABLE user_sessions REPLICA IDENTITY USING INDEX user_sessions_token_hash_key;
    ALTER INDEX users_username_lower_key ALTER COLUMN 1 SET STATISTICS 500;
    ALTER TABLE message_reactions DISABLE TRIGGER ALL;
    CREATE VIEW talkative AS
        SELECT users.*, count(*) FROM users JOIN messages ON sender_id = users.id GROUP BY users.id;
"""

UNSAID = """
    SELECT
        indexrelid::regclass::text,
        indisclustered,
        indisreplident,
        indisvalid,
        (SELECT string_agg(coalesce(attstattarget, -1)::text, ' ') FROM pg_attribute WHERE attrelid = indexrelid)
    FROM pg_index
    WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    ORDER BY 1
"""

INDEXES = "SELECT oid, relname FROM pg_class WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace"


def test_the_schema_is_the_same_afterwards(migrated: Database, connection: Connection) -> None:
    migrated.execute(ODDITIES)
    _, text = everything(migrated)
    before, unsaid = facts(connection), rows(connection, UNSAID)
    old = set(rows(connection, INDEXES))
    connection.rollback()
    load_small_dataset(connection)
    connection.commit()
    assert facts(connection) == before
    assert rows(connection, UNSAID) == unsaid
    assert everything(migrated)[1] == text
    # It was not for nothing: all are new but those of which a definition does not say all, or which something needs.
    assert {name for _, name in old & set(rows(connection, INDEXES)) if not str(name).startswith("_yoyo")} == {
        "polls_pkey",
        "polls_message_id_key",
        "attachments_pkey",
        "chats_roomy_key",
        "user_sessions_token_hash_key",
        "users_pkey",
        "users_username_lower_key",
        "messages_chat_id_id_key",
        "chat_participants_pkey",
    }


OPTIONS = Options(200, 10, 8, 5, 7, ("en_US",), NOW)


@pytest.mark.parametrize("mode", ["keys off", "keys on"])
def test_columns_that_a_later_migration_adds_take_their_defaults(
    mode: str, migrated: Database, connection: Connection, request: pytest.FixtureRequest
) -> None:
    if mode == "keys on":
        request.getfixturevalue("live")
    for table in TABLES:
        migrated.execute(f"ALTER TABLE {table} ADD COLUMN added timestamptz")
        migrated.execute(f"ALTER TABLE {table} ADD COLUMN added_with_default integer NOT NULL DEFAULT 7")
    loaded = load(connection, Dataset(OPTIONS, NAMES).batches(), now=NOW)
    added = add_demo(connection.cursor(), NOW)
    connection.commit()
    assert len(loaded) == len(TABLES) == 10
    assert all(loaded.values())
    assert added > 0
    for table, found in migrated.contents().items():
        assert all(row.endswith(",,7)") for row in found if table in TABLES), table


def test_columns_in_another_order_get_the_right_values(migrated: Database, connection: Connection) -> None:
    load(connection, Dataset(OPTIONS, ()).batches(), now=NOW)
    query = "SELECT id, sender_id, content, edited_at, deleted_by FROM messages ORDER BY id"
    expected = rows(connection, query)
    connection.rollback()
    # As a dump restores it after a column was dropped and added again.
    migrated.execute("ALTER TABLE messages DROP COLUMN edited_at CASCADE, ADD COLUMN edited_at timestamptz")
    load(connection, Dataset(OPTIONS, ()).batches(), now=NOW)
    assert rows(connection, query) == expected


class Oops(Exception):
    """What goes wrong where the batches are made."""


def broken(mishap: str, database: Database) -> Batches:
    """Yield the batches until something happens to them."""
    world = small_dataset()
    if mishap == "CHECK":
        world["messages"][3] = (*world["messages"][3][:3], " ", *world["messages"][3][4:])
    if mishap == "foreign key":
        world["message_reactions"][0] = (GROUP, IDS[0], GROUP, "👍", NOW)
    if mishap == "unique":
        world["users"].append(world["users"][0])
    for table, text in batches(world):
        yield table, text
        if table == "messages" and mishap == "the batches":
            raise Oops
        if table == "messages" and mishap == "Ctrl-C":
            raise KeyboardInterrupt
        if table == "messages" and mishap == "connection":
            database.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )


# What is raised then, and words of it.
MISHAPS: dict[str, tuple[type[BaseException], str]] = {
    "the batches": (Oops, "^$"),
    "Ctrl-C": (KeyboardInterrupt, "^$"),
    "CHECK": (MessengerError, '^messenger-db: nothing was loaded: .*"messages_content_not_blank"$'),
    "foreign key": (MessengerError, r"nothing was loaded: .*message_reactions_chat_id_user_id_fkey.*is not present"),
    "unique": (MessengerError, "nothing was loaded: .*users_pkey"),
    "connection": (MessengerError, "nothing was loaded: "),  # the last, as no other comes through it
}


@pytest.mark.parametrize("mode", ["keys off", "keys on"])
def test_after_a_mishap_all_is_as_before(
    mode: str,
    migrated: Database,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    if mode == "keys on":
        request.getfixturevalue("live")
    before = everything(migrated)
    monkeypatch.setattr(loading, "ROUND_SIZE", 100)
    for mishap, (error, words) in MISHAPS.items():
        with pytest.raises(error, match=words) as raised:
            load(connection, broken(mishap, migrated), now=NOW)
        assert "\n" not in str(raised.value), mishap
        assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("loader")], mishap
        if mishap != "connection":
            connection.rollback()
        assert migrated.contents() == before[0], mishap
    assert connection.closed
    assert everything(migrated) == before


def test_an_interruption_ends_a_long_statement(migrated: Database, connection: Connection) -> None:
    begun = threading.Event()

    def stage(_: str) -> None:
        begun.set()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    def interrupted() -> Batches:
        begun.wait()
        raise KeyboardInterrupt
        yield "users", b""

    with pytest.raises(KeyboardInterrupt):
        load(connection, interrupted(), now=NOW, hooks=Hooks(stage=stage))
    connection.rollback()
    assert not any(migrated.contents()[table] for table in TABLES)


@pytest.mark.usefixtures("live")
def test_rows_that_are_there_wait_for_nothing(migrated: Database, connection: Connection) -> None:
    with migrated.connect() as other:
        other.execute("BEGIN")
        other.execute("UPDATE users SET bio = 'busy'")
        load_small_dataset(connection)
        other.execute("SET LOCAL lock_timeout = '1s'")
        assert other.execute("UPDATE users SET bio = 'busier' RETURNING username").fetchall() == [("somebody",)]
        other.execute("COMMIT")
    connection.commit()
    assert rows(connection, "SELECT bio FROM users WHERE username = 'somebody'") == [("busier",)]


def test_twice_the_same_is_refused(migrated: Database, connection: Connection) -> None:
    load_small_dataset(connection)
    connection.commit()
    before = migrated.contents()
    with pytest.raises(
        MessengerError, match=r'nothing was loaded: duplicate key .*"users_pkey" \(Key \(id\)='
    ) as error:
        load_small_dataset(connection)
    assert "\n" not in str(error.value)
    connection.rollback()
    assert migrated.contents() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("ALTER TABLE chats DROP description", 'column "description" of relation "chats" does not exist'),
        ("ALTER TABLE users ADD mood text NOT NULL", 'null value in column "mood" of relation "users" violates .*'),
    ],
)
def test_a_column_that_it_does_not_know_is_named(connection: Connection, change: str, words: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(change)
    with pytest.raises(
        MessengerError, match=rf"nothing was loaded: {words} \(seeds/tables.py has the columns that are "
    ):
        load_small_dataset(connection)
    connection.rollback()


def test_two_at_once(migrated: Database, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    load_small_dataset(connection)
    monkeypatch.setattr(loading, "LOCK_TIMEOUT", "50ms")
    with (
        closing(psycopg2.connect(migrated.url())) as second,
        pytest.raises(MessengerError, match=rf"process {connection.info.backend_pid} \(.*\) uses the table "),
    ):
        load_small_dataset(second)
    connection.commit()
    assert len(migrated.contents()["messages"]) == 9


def test_a_table_in_use(migrated: Database, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LOCK_TIMEOUT", "50ms")
    with migrated.connect() as other:
        other.execute("BEGIN")
        other.execute("SELECT FROM chats")
        with pytest.raises(MessengerError, match=rf"process {other.info.backend_pid} \(.*\) uses the table chats"):
            load_small_dataset(connection)
        other.execute("ROLLBACK")
    load_small_dataset(connection)
    connection.commit()


def test_who_does_not_own_the_tables_loads_with_keys_on(migrated: Database, role: str) -> None:
    _, before = everything(migrated)
    migrated.execute(f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {role}")
    migrated.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}")
    said: list[str] = []
    with closing(psycopg2.connect(migrated.url(user=role))) as connection:
        load(connection, batches(small_dataset()), now=NOW, hooks=Hooks(stage=said.append))
        connection.commit()
        assert set(rows(connection, "SELECT * FROM message_delivery")) == receipts()
    assert said == ["rows", "receipts"]
    migrated.execute(f"DROP OWNED BY {role}")
    assert everything(migrated)[1] == before


def test_in_a_schema_of_its_own(migrated: Database) -> None:
    with migrated.connect() as db:
        db.execute("CREATE SCHEMA tenant_a")
        db.execute("SET search_path = tenant_a")
        up(db)
    _, before = everything(migrated)
    with closing(psycopg2.connect(migrated.url(), options="-csearch_path=tenant_a")) as connection:
        loaded = load_small_dataset(connection)
        connection.commit()
    contents, after = everything(migrated)
    assert after == before
    assert {table: len(contents[f"tenant_a.{table}"]) for table in TABLES} == loaded
    assert not any(contents[table] for table in TABLES)


def test_all_of_a_caller_s_transaction_or_nothing(migrated: Database, connection: Connection) -> None:
    load_small_dataset(connection)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO users (username, password_hash) VALUES ('demo', %s)", [BCRYPT])
    connection.rollback()
    assert not any(migrated.contents()[table] for table in TABLES)


def test_constraints_come_and_go_one_command_at_a_time(connection: Connection) -> None:
    # A cluster takes no two in one string.
    with connection.cursor() as cursor:
        dropped = drop_constraints(cursor, TABLES)
    connection.rollback()
    assert dropped
    commands = [command for one in dropped for command in (one.drop, *one.create)]
    assert any(command.startswith("COMMENT ON INDEX") for command in commands)
    assert [command for command in commands if len(sqlparse.split(command)) != 1] == []
