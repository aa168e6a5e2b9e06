"""make db-plan prints what would run, warns of what hurts, and changes nothing."""

import re

import children
import psycopg
import pytest
from drift.commands import ROOT, Commands, schemas, url
from psycopg import sql
from workflow.databases import contents

from messenger_db.commands import up_down
from messenger_db.commands.adopt import adopt
from messenger_db.commands.plan import plan
from messenger_db.embedded.binaries import wheel
from messenger_db.numbering import ids

# Weakest first.
STRENGTH = [
    "ACCESS SHARE",
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
]
SIZE = re.compile(r" \(about [0-9,]+ rows, [0-9]+ [a-zA-Z]+\)$")


# What a migration that waits says, and what is to be warned of: from which line on, and in which words.
WARNINGS = {
    "new column": (
        "ALTER TABLE users ADD motto text;",
        ["2: ALTER TABLE users ADD motto text: ACCESS EXCLUSIVE on users stops readers and writers, for a moment"],
    ),
    "dropped column": (
        "ALTER TABLE users\n    DROP bio;",
        [
            "2: ALTER TABLE users: the values of users.bio are lost",
            "2: ALTER TABLE users: ACCESS EXCLUSIVE on users stops readers and writers, for a moment",
        ],
    ),
    "dropped table": (
        "DROP TABLE user_sessions;",
        [
            "2: DROP TABLE user_sessions: the rows of user_sessions are lost",
            *(
                f"2: DROP TABLE user_sessions: ACCESS EXCLUSIVE on {table} stops readers and writers, for a moment"
                for table in ("user_sessions", "users")
            ),
        ],
    ),
    "truncated table": (
        "TRUNCATE contacts, user_sessions;",
        [
            f"2: TRUNCATE contacts, user_sessions: {text.format(table)}"
            for text in ("the rows of {} are lost", "ACCESS EXCLUSIVE on {} stops readers and writers, for a moment")
            for table in ("contacts", "user_sessions")
        ],
    ),
    "deleted rows": (
        "DELETE FROM users WHERE false;",
        [
            "2: DELETE FROM users WHERE false: rows of users are lost",
            "2: DELETE FROM users WHERE false: ROW EXCLUSIVE on users stops DDL, for a moment",
        ],
    ),
    "rows filled": (
        "ALTER TABLE users ADD motto text;\nUPDATE users SET motto = bio;",
        [
            "2: ALTER TABLE users ADD motto text: ACCESS EXCLUSIVE on users stops readers and writers, "
            "for a moment and then a rewrite of users by line 3",
            "3: UPDATE users SET motto = bio: ROW EXCLUSIVE on users stops DDL, for a rewrite",
        ],
    ),
    "rows of another table read": (
        "INSERT INTO contacts (user_id, contact_id) SELECT a.id, b.id FROM users AS a, users AS b;",
        [
            "2: INSERT INTO contacts (user_id, contact_id) SELECT a.id, b.id FROM users AS a, users AS b: "
            f"{lock} on {table} stops DDL, for a read of {of}"
            for lock, table, of in (("ROW EXCLUSIVE", "contacts", "users"), ("ACCESS SHARE", "users", "the table"))
        ],
    ),
    "locked once": (
        "ALTER TABLE users ADD motto text;\nCOMMENT ON COLUMN users.motto IS 'Shown below the name.';",
        ["2: ALTER TABLE users ADD motto text: ACCESS EXCLUSIVE on users stops readers and writers, for a moment"],
    ),
    "comment": (
        "COMMENT ON TABLE users IS 'People.';",
        ["2: COMMENT ON TABLE users IS 'People.': SHARE UPDATE EXCLUSIVE on users stops DDL, for a moment"],
    ),
    "wider varchar with a CHECK": (
        "ALTER TABLE users ALTER username TYPE varchar(99);",
        [
            "2: ALTER TABLE users ALTER username TYPE varchar(99): "
            "ACCESS EXCLUSIVE on users stops readers and writers, for a read of the table"
        ],
    ),
    "rows deleted in a DO block": (
        "DO $$ BEGIN DELETE FROM users; END $$;",
        [
            "2: DO $$ BEGIN DELETE FROM users; END $$: rows of users are lost",
            "2: DO $$ BEGIN DELETE FROM users; END $$: ROW EXCLUSIVE on users stops DDL, for a read of the table",
        ],
    ),
    "a function that deletes": (
        "CREATE FUNCTION purge() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM users; END $$;",
        [],
    ),
    "index": (
        "CREATE INDEX users_bio_idx ON users (bio);",
        [
            "2: CREATE INDEX users_bio_idx ON users (bio): SHARE on users stops writers, for a read of the table",
        ],
    ),
    "concurrent index": (
        "-- transactional: false\nCREATE INDEX CONCURRENTLY users_bio_idx ON users (bio);",
        [
            "3: CREATE INDEX CONCURRENTLY users_bio_idx ON users (bio): "
            "SHARE UPDATE EXCLUSIVE on users stops DDL, for a read of the table"
        ],
    ),
    "unique index": (
        "CREATE UNIQUE INDEX users_bio_key ON users (bio);",
        [
            "2: CREATE UNIQUE INDEX users_bio_key ON users (bio): fails where rows of users are equal in the index",
            "2: CREATE UNIQUE INDEX users_bio_key ON users (bio): "
            "SHARE on users stops writers, for a read of the table",
        ],
    ),
    "dropped index": (
        "DROP INDEX users_id_present_idx;",
        ["2: DROP INDEX users_id_present_idx: ACCESS EXCLUSIVE on users stops readers and writers, for a moment"],
    ),
    "trigger": (
        "CREATE TRIGGER chats_t BEFORE UPDATE ON chats FOR EACH ROW EXECUTE FUNCTION set_updated_at();",
        [
            "2: CREATE TRIGGER chats_t BEFORE UPDATE ON chats FOR EACH ROW EXECUTE FUNCTION set_updated_at(): "
            "SHARE ROW EXCLUSIVE on chats stops writers, for a moment"
        ],
    ),
    "foreign key": (
        "ALTER TABLE contacts ADD CONSTRAINT c FOREIGN KEY (user_id) REFERENCES users NOT VALID;",
        [
            "2: ALTER TABLE contacts ADD CONSTRAINT c FOREIGN KEY (user_id) REFERENCES users NOT VALID: "
            f"SHARE ROW EXCLUSIVE on {table} stops writers, for a moment"
            for table in ("contacts", "users")
        ],
    ),
    "disabled trigger": (
        "ALTER TABLE users DISABLE TRIGGER users_set_updated_at;",
        [
            "2: ALTER TABLE users DISABLE TRIGGER users_set_updated_at: "
            "SHARE ROW EXCLUSIVE on users stops writers, for a moment"
        ],
    ),
    "lock": (
        "LOCK TABLE users IN SHARE MODE;",
        ["2: LOCK TABLE users IN SHARE MODE: SHARE on users stops writers, for a moment"],
    ),
    "policy": (
        "CREATE POLICY users_own ON users USING (true);",
        [
            "2: CREATE POLICY users_own ON users USING (true): "
            "ACCESS EXCLUSIVE on users stops readers and writers, for a moment"
        ],
    ),
    "dropped trigger": (
        "DROP TRIGGER users_set_updated_at ON users;",
        [
            "2: DROP TRIGGER users_set_updated_at ON users: "
            "ACCESS EXCLUSIVE on users stops readers and writers, for a moment"
        ],
    ),
    "validation": (
        "ALTER TABLE users VALIDATE CONSTRAINT users_status_valid;",
        [
            "2: ALTER TABLE users VALIDATE CONSTRAINT users_status_valid: "
            "SHARE UPDATE EXCLUSIVE on users stops DDL, for a read of the table"
        ],
    ),
    "new table": (
        "CREATE TABLE notes (id integer);\nCREATE INDEX notes_idx ON notes (id);\nALTER TABLE notes ADD word text;",
        [],
    ),
    "new table with a key": (
        "CREATE TABLE notes (\n    author uuid REFERENCES users\n);",
        ["2: CREATE TABLE notes: SHARE ROW EXCLUSIVE on users stops writers, for a moment"],
    ),
}


@pytest.mark.parametrize(("statements", "warnings"), WARNINGS.values(), ids=WARNINGS)
def test_it_warns_of(commands: Commands, shared_database: str, statements: str, warnings: list[str]) -> None:
    name = commands.write(2, statements)
    with psycopg.connect(shared_database) as db:
        commands.on(db)
        said = commands.run(plan, False, None)
    assert [SIZE.sub("", warning) for warning in said.warnings] == [f"{name}.sql:{warning}" for warning in warnings]
    # Each lock comes with the size of its table.
    assert [" stops " in warning for warning in said.warnings] == [bool(SIZE.search(line)) for line in said.warnings]
    assert f"-- {name}.sql" in said.lines


def test_it_says_how_large_a_table_is(commands: Commands, postgresql: psycopg.Connection) -> None:
    postgresql.execute(
        """
        CREATE TABLE events (id integer) PARTITION BY RANGE (id);
        CREATE TABLE events_0 PARTITION OF events FOR VALUES FROM (0) TO (1000);
        CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1000) TO (20000);
        INSERT INTO events SELECT generate_series(0, 11999);
        """
    )
    postgresql.execute("ANALYZE events")
    postgresql.commit()
    name = commands.write(2, "ALTER TABLE events ADD COLUMN word text;")
    commands.on(postgresql)
    planned = commands.run(plan, False, None)
    assert len(planned.warnings) == 1
    commands.environment.setattr("messenger_db.commands.plan.GRAMMAR", 14)
    newer = "the grammar is that of PostgreSQL 14, and the server is "
    assert commands.run(plan, False, None).warnings[1].startswith(newer)
    size = re.search(r" \(about 12,000 rows, ([0-9]+) kB\)$", planned.warnings[0])
    assert size, planned.warnings
    (hazard,) = plan(False, None).as_json()["hazards"]
    assert hazard == {
        "file": f"{name}.sql",
        "line": 2,
        "text": hazard["text"],
        "table": "events",
        "lock": "ACCESS EXCLUSIVE",
        "duration": "a moment",
        "rows": 12000,
        "size_bytes": hazard["size_bytes"],
    }
    assert hazard["size_bytes"] // 1024 == int(size[1])


LOCKS = """
    SELECT array_agg(upper(replace(regexp_replace(mode, '([a-z])([A-Z])', '\\1 \\2', 'g'), ' Lock', '')))
    FROM pg_locks
    WHERE pid = pg_backend_pid() AND relation = %s
"""

STATED = [
    (statements, *match.groups())
    for statements, warnings in WARNINGS.values()
    for warning in warnings
    if (match := re.search(r": ([A-Z ]+) on (\w+) stops", warning)) and "CONCURRENTLY" not in statements
    if statements.count(";\n") == 0
]


@pytest.mark.parametrize(("statements", "mode", "table"), STATED)
def test_the_server_takes_the_lock_that_is_named(
    db: psycopg.Connection, statements: str, mode: str, table: str
) -> None:
    relation = db.execute("SELECT %s::regclass::oid", [table]).fetchone()
    db.execute(statements.encode())
    (modes,) = db.execute(LOCKS, relation).fetchone() or ([],)
    strongest = max(modes, key=STRENGTH.index)
    assert strongest == mode


def test_a_table_made_by_another_file_that_waits_is_new(commands: Commands, shared_database: str) -> None:
    commands.write(2, "CREATE TABLE notes (id integer);")
    commands.write(3, "DROP TABLE notes;")
    with psycopg.connect(shared_database) as db:
        commands.on(db)
        assert commands.run(plan, False, None).warnings == []


def test_a_database_that_is_not_there_gets_all_and_is_not_created(
    commands: Commands, empty_postgresql: psycopg.Connection
) -> None:
    commands.environment.setenv("DATABASE_URL", url(empty_postgresql).replace("///", "///missing_", 1))
    said = commands.run(plan, False, None)
    assert (said.error, said.warnings) == (None, [])
    assert "-- 0001_initial_schema.sql" in said.lines
    assert commands.run(plan, True, None).lines[0].startswith("-- nothing to roll back: database missing_")
    name = f"missing_{empty_postgresql.info.dbname}"
    assert empty_postgresql.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount == 0


def test_it_changes_nothing(commands: Commands, empty_postgresql: psycopg.Connection) -> None:
    commands.on(empty_postgresql)
    commands.run(plan, False, None)
    commands.run(plan, True, None)
    assert contents(url(empty_postgresql)) == {}
    assert schemas(empty_postgresql) == ["public"]


def test_what_is_accepted_is_not_recorded(commands: Commands, postgresql: psycopg.Connection) -> None:
    commands.on(postgresql)
    file = commands.folder / "migrations" / "0001_initial_schema.sql"
    file.write_text(file.read_text() + "\nSELECT 1;\n")
    said = commands.run(plan, False, None)
    assert said.error
    assert "has changed since it was applied" in said.error
    before = contents(url(postgresql))
    commands.environment.setenv("ACCEPT", "0001_initial_schema")
    assert commands.run(plan, False, None).error is None
    assert contents(url(postgresql)) == before


def test_nothing_waits(commands: Commands, postgresql: psycopg.Connection) -> None:
    commands.on(postgresql)
    said = commands.run(plan, False, None)
    assert len(said.lines) == 1
    assert said.lines[0].startswith("-- nothing to apply: database ")


def test_down_goes_from_the_newest_back(commands: Commands, postgresql: psycopg.Connection) -> None:
    notes = commands.write(2, "CREATE TABLE notes (id integer);", "DROP TABLE notes;")
    words = commands.write(3, "CREATE TABLE words (id integer);", "DROP TABLE words;")
    commands.on(postgresql)
    commands.run(up_down.apply)
    before = contents(url(postgresql))
    for steps, files in ((1, [words]), (2, [words, notes])):
        said = commands.run(plan, True, steps)
        assert [line[3:] for line in said.lines if line.endswith(".sql")] == [f"{file}.rollback.sql" for file in files]
    assert [warning for warning in said.warnings if warning.endswith("lost")] == [
        f"{words}.rollback.sql:1: DROP TABLE words: the rows of words are lost",
        f"{notes}.rollback.sql:1: DROP TABLE notes: the rows of notes are lost",
    ]
    warnings = commands.run(plan, True, None).warnings
    assert len([warning for warning in warnings if warning.endswith("lost") and ": DROP TABLE" in warning]) == 12
    assert contents(url(postgresql)) == before


def test_steps_go_with_down(commands: Commands, postgresql: psycopg.Connection) -> None:
    commands.on(postgresql)
    said = commands.run(plan, False, 1)
    assert said.error
    assert "make db-plan DOWN=1 STEPS=1" in said.error


@pytest.mark.parametrize("schema", [None, "Tenant A"])
def test_psql_takes_what_it_prints(
    commands: Commands, empty_postgresql: psycopg.Connection, schema: str | None
) -> None:
    db = empty_postgresql
    db.autocommit = True
    written = [
        commands.write(2, "-- transactional: false\nCREATE INDEX CONCURRENTLY users_bio_idx ON users (bio);"),
        commands.write(3, "SET ROLE pg_read_all_data;\nSET search_path = pg_catalog;"),
        commands.write(4, "CREATE TABLE notes (id integer);"),
    ]
    commands.on(db)
    if schema:
        db.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        commands.on(db, schema=schema)
    planned = commands.run(plan, False, None)
    psql = [str(wheel() / "bin" / "psql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", url(db)]
    children.run(psql, stdin="\n".join(planned.lines), check=True)
    names = db.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'users'").fetchall()
    assert names == [(schema or "public",)]
    assert "users_bio_idx" in str(db.execute("SELECT array_agg(indexname) FROM pg_indexes").fetchone())
    # psql keeps no marks, but made what the migrations make.
    adopted = commands.run(adopt)
    recorded = ", ".join([*ids(ROOT / "migrations"), *written])
    assert (adopted.lines, adopted.error) == ([f"recorded as applied: {recorded}"], None)
