"""Each kind of drift is seen, as one line."""

from collections.abc import Iterator

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from messenger_db.catalog import Catalog, differences, snapshot
from messenger_db.folders import migrations
from messenger_db.scratch_schema import build, enter, rolled_back

# What somebody did to the database by hand, and the line that says so.
DRIFTS = {
    "column added": (
        "ALTER TABLE users ADD motto text DEFAULT ''",
        "users.motto: column: expected nothing, found text",
    ),
    "column dropped": (
        "ALTER TABLE users DROP bio",
        "users.bio: column: expected character varying(500), found nothing",
    ),
    "column renamed on both sides": (
        "ALTER TABLE users RENAME bio TO old_bio; ALTER TABLE users ADD bio varchar(500);"
        "COMMENT ON COLUMN users.bio IS 'What the user says about themselves.'",
        "users.old_bio: column: expected nothing, found character varying(500)",
    ),
    "length": (
        "ALTER TABLE users ALTER bio TYPE varchar(60)",
        "users.bio: type: expected character varying(500), found character varying(60)",
    ),
    "type": (
        "ALTER TABLE users ALTER bio TYPE text",
        "users.bio: type: expected character varying(500), found text",
    ),
    "collation": (
        'ALTER TABLE users ALTER bio TYPE varchar(500) COLLATE "C"',
        'users.bio: type: expected character varying(500), found character varying(500) COLLATE "C"',
    ),
    "default changed": (
        "ALTER TABLE users ALTER status SET DEFAULT 'away'",
        "users.status: default: expected 'offline'::character varying, found 'away'::character varying",
    ),
    "default dropped": (
        "ALTER TABLE messages ALTER id DROP DEFAULT",
        "messages.id: default: expected uuid_v7(), found nothing",
    ),
    "default made identity": (
        "ALTER TABLE notes ALTER id ADD GENERATED ALWAYS AS IDENTITY",
        "notes.id: identity: expected nothing, found always",
    ),
    "generated column frozen": (
        "ALTER TABLE notes ALTER twice DROP EXPRESSION",
        "notes.twice: generated: expected id * 2 STORED, found nothing",
    ),
    "NOT NULL dropped": (
        "ALTER TABLE users ALTER username DROP NOT NULL",
        "users.username: NOT NULL: expected yes, found no",
    ),
    "NOT NULL added": (
        "ALTER TABLE users ALTER bio SET NOT NULL",
        "users.bio: NOT NULL: expected no, found yes",
    ),
    "constraint dropped": (
        "ALTER TABLE messages DROP CONSTRAINT messages_content_length",
        "messages.messages_content_length: constraint: expected CHECK (char_length(content) <= 10000), found nothing",
    ),
    "constraint added": (
        "ALTER TABLE users ADD CONSTRAINT users_bio_filled CHECK (bio <> '')",
        "users.users_bio_filled: constraint: expected nothing, found CHECK (bio::text <> ''::text)",
    ),
    "constraint changed": (
        "ALTER TABLE messages DROP CONSTRAINT messages_content_length;"
        "ALTER TABLE messages ADD CONSTRAINT messages_content_length CHECK (char_length(content) <= 20000);"
        "COMMENT ON CONSTRAINT messages_content_length ON messages IS 'At most 10,000 characters.'",
        "messages.messages_content_length: constraint: expected CHECK (char_length(content) <= 10000), "
        "found CHECK (char_length(content) <= 20000)",
    ),
    "constraint not validated": (
        "ALTER TABLE messages DROP CONSTRAINT messages_content_length;"
        "ALTER TABLE messages ADD CONSTRAINT messages_content_length CHECK (char_length(content) <= 10000) NOT VALID;"
        "COMMENT ON CONSTRAINT messages_content_length ON messages IS 'At most 10,000 characters.'",
        "messages.messages_content_length: constraint: expected CHECK (char_length(content) <= 10000), "
        "found CHECK (char_length(content) <= 10000) NOT VALID",
    ),
    "unique key dropped": (
        "ALTER TABLE chats DROP CONSTRAINT chats_slug_key",
        "chats.chats_slug_key: constraint: expected UNIQUE (slug), found nothing",
    ),
    "foreign key changed": (
        "ALTER TABLE chats DROP CONSTRAINT chats_created_by_fkey;"
        "ALTER TABLE chats ADD CONSTRAINT chats_created_by_fkey FOREIGN KEY (created_by) REFERENCES users;"
        "COMMENT ON CONSTRAINT chats_created_by_fkey ON chats IS 'A chat outlives the user who made it.'",
        "chats.chats_created_by_fkey: constraint: expected FOREIGN KEY (created_by) REFERENCES users(id) "
        "ON DELETE SET NULL, found FOREIGN KEY (created_by) REFERENCES users(id)",
    ),
    "foreign key not enforced": (
        "ALTER TABLE notes DISABLE TRIGGER ALL",
        "notes.notes_author_fkey: state: expected enabled, found disabled",
    ),
    "index dropped": (
        "DROP INDEX contacts_contact_id_idx",
        "contacts.contacts_contact_id_idx: index: "
        "expected CREATE INDEX contacts_contact_id_idx ON contacts USING btree (contact_id), found nothing",
    ),
    "index added": (
        "CREATE INDEX users_bio_idx ON users (bio) WHERE bio <> ''",
        "users.users_bio_idx: index: "
        "expected nothing, found CREATE INDEX users_bio_idx ON users USING btree (bio) WHERE bio::text <> ''::text",
    ),
    "index INVALID": (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'contacts_contact_id_idx'::regclass",
        "contacts.contacts_contact_id_idx: state: expected VALID, found INVALID",
    ),
    "index of a key INVALID": (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'chats_slug_key'::regclass",
        "chats.chats_slug_key: index state: expected VALID, found INVALID",
    ),
    "trigger dropped": (
        "DROP TRIGGER users_set_updated_at ON users",
        "users.users_set_updated_at: trigger: expected CREATE TRIGGER users_set_updated_at BEFORE INSERT OR UPDATE "
        "ON users FOR EACH ROW EXECUTE FUNCTION set_updated_at(), found nothing",
    ),
    "trigger disabled": (
        "ALTER TABLE users DISABLE TRIGGER users_set_updated_at",
        "users.users_set_updated_at: state: expected enabled, found disabled",
    ),
    "function body changed": (
        "CREATE OR REPLACE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        r"set_updated_at(): body: expected BEGIN\n    -- A new row has no OLD.\n    IF OLD.id IS NOT NULL "
        r"OR NEW.updated_at > pg_catalog.clock_timestamp() THEN\n        NEW.updated_at := GREATEST(OLD.updated_at, "
        r"pg_catalog.clock_timestamp());\n    END IF;\n    RETURN NEW;\nEND;, found BEGIN END",
    ),
    "function made SECURITY DEFINER": (
        "ALTER FUNCTION uuid_v7() SECURITY DEFINER",
        "uuid_v7(): security: expected INVOKER, found DEFINER",
    ),
    "function setting": (
        "ALTER FUNCTION uuid_v7() SET work_mem = '1MB'",
        "uuid_v7(): settings: expected nothing, found work_mem=1MB",
    ),
    "function added": (
        "CREATE FUNCTION loose(number integer) RETURNS integer LANGUAGE sql RETURN 1",
        "loose(number integer): function: expected nothing, found function of integer",
    ),
    "comment changed": (
        "COMMENT ON COLUMN users.id IS 'Who knows'",
        "users.id: comment: expected 'Random id of the user.', found 'Who knows'",
    ),
    "comment dropped": (
        "COMMENT ON TABLE users IS NULL",
        "users: comment: expected 'People who can log in and chat.', found nothing",
    ),
    "fillfactor": (
        "ALTER TABLE users RESET (fillfactor)",
        "users: settings: expected fillfactor=70, found nothing",
    ),
    "unlogged": (
        "ALTER TABLE notes SET UNLOGGED",
        "notes: relation: expected table, found unlogged table",
    ),
    "row security": (
        "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
        "users: row security: expected disabled, found enabled",
    ),
    "policy": (
        "CREATE POLICY users_own ON users FOR SELECT USING (username = CURRENT_USER)",
        "users.users_own: policy: expected nothing, "
        "found PERMISSIVE FOR SELECT TO PUBLIC USING (username::text = CURRENT_USER)",
    ),
    "rule": (
        "CREATE RULE users_stay AS ON DELETE TO users DO INSTEAD NOTHING",
        r"users.users_stay: rule: expected nothing, found CREATE RULE users_stay AS\n    ON DELETE TO users "
        "DO INSTEAD NOTHING;",
    ),
    "table dropped": (
        "DROP TABLE user_sessions",
        "user_sessions: relation: expected table, found nothing",
    ),
    "table added": (
        "CREATE TABLE extra (id uuid PRIMARY KEY)",
        "extra: relation: expected nothing, found table",
    ),
    "composite type added": (
        "CREATE TYPE extra AS (one integer)",
        "extra: relation: expected nothing, found composite type",
    ),
    "view changed": (
        "CREATE OR REPLACE VIEW names AS SELECT 2 AS one",
        "names: query: expected SELECT 1 AS one;, found SELECT 2 AS one;",
    ),
    "sequence changed": (
        "ALTER SEQUENCE numbers INCREMENT 2",
        "numbers: numbers: expected bigint from 1 by 1, 1 to 9223372036854775807, cache 1, "
        "found bigint from 1 by 2, 1 to 9223372036854775807, cache 1",
    ),
    "enum changed": (
        "ALTER TYPE mood ADD VALUE 'bad'",
        "mood: type: expected ENUM ('good'), found ENUM ('good', 'bad')",
    ),
    "domain changed": (
        "ALTER DOMAIN short SET NOT NULL",
        "short: type: expected DOMAIN OF character varying(3) CHECK (VALUE::text <> ''::text), "
        "found DOMAIN OF character varying(3) NOT NULL CHECK (VALUE::text <> ''::text)",
    ),
}

# What 0001 has nothing of.
MORE = """
CREATE TABLE notes (
    id integer NOT NULL,
    author uuid,
    twice integer GENERATED ALWAYS AS (id * 2) STORED,
    CONSTRAINT notes_author_fkey FOREIGN KEY (author) REFERENCES users (id)
);
CREATE VIEW names AS SELECT 1 AS one;
CREATE SEQUENCE numbers;
CREATE TYPE mood AS ENUM ('good');
CREATE DOMAIN short AS varchar(3) CONSTRAINT short_filled CHECK (VALUE <> '');
"""


@pytest.fixture(scope="module")
def connection(shared_database: str) -> Iterator[Connection]:
    connection = psycopg2.connect(shared_database)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def expected(connection: Connection) -> Catalog:
    """What the migrations and MORE make."""
    with rolled_back(connection), connection.cursor() as cursor:
        schema = enter(connection)
        for migration in migrations():
            build(connection, migration, schema)
        cursor.execute(MORE)
        return snapshot(connection)


def found(connection: Connection, statements: str) -> Catalog:
    """Return what the migrated database holds when MORE and those statements have run."""
    with rolled_back(connection), connection.cursor() as cursor:
        cursor.execute(MORE)
        cursor.execute(statements)
        return snapshot(connection)


def test_there_is_none(connection: Connection, expected: Catalog) -> None:
    assert differences(expected, found(connection, "SELECT")) == []


def test_what_an_extension_brings_is_none(connection: Connection, expected: Catalog) -> None:
    brought = (
        "CREATE TABLE extra (); CREATE FUNCTION extra() RETURNS integer LANGUAGE sql RETURN 1;"
        "CREATE DOMAIN extra_d AS text; CREATE TYPE extra_c AS (one integer);"
        "ALTER EXTENSION plpgsql ADD TABLE extra; ALTER EXTENSION plpgsql ADD FUNCTION extra();"
        "ALTER EXTENSION plpgsql ADD DOMAIN extra_d; ALTER EXTENSION plpgsql ADD TYPE extra_c"
    )
    assert differences(expected, found(connection, brought)) == []


def test_an_extension_with_composite_types_is_none(connection: Connection, expected: Catalog) -> None:
    with rolled_back(connection), connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_available_extensions WHERE name = 'tablefunc'")
        if not cursor.rowcount:
            pytest.skip("this server has no contrib modules: tablefunc is missing")
    assert differences(expected, found(connection, "CREATE EXTENSION tablefunc")) == []


@pytest.mark.parametrize(("statements", "line"), DRIFTS.values(), ids=DRIFTS)
def test_each_drift_is_one_line(connection: Connection, expected: Catalog, statements: str, line: str) -> None:
    assert list(map(str, differences(expected, found(connection, statements)))) == [line]
