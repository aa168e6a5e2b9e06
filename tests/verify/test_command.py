"""make db-verify: what it reads, what it says, what it leaves alone, and where it ends."""

import re
import sys
from collections.abc import Iterator

import psycopg
import pytest
from drift.commands import Commands, Said
from psycopg import sql
from pytest_postgresql.executors import NoopExecutor
from schema.cases import TABLES
from schema.cases.world import BCRYPT, build_world
from workflow.databases import new_role

from messenger_db.commands import up_down
from messenger_db.commands.grant import grant
from messenger_db.commands.verify import FAILED, UNVERIFIED, Verified, verify


@pytest.fixture
def db(commands: Commands, postgresql: psycopg.Connection) -> psycopg.Connection:
    """A database with rows in all tables, which the commands work on."""
    postgresql.autocommit = True
    build_world(postgresql)
    postgresql.execute("UPDATE user_sessions SET expires_at = created_at + interval '1 d'")  # not in 2100
    commands.on(postgresql)
    return postgresql


def broken(verified: Verified) -> list[str]:
    return [f"{each.rule.table.name}.{each.rule.name}" for each in verified.findings.violations]


def unverified(verified: Verified) -> dict[str, str]:
    return {f"{each.rule.table.name}.{each.rule.name}": each.reason for each in verified.findings.unverified}


def said(commands: Commands, start_at: str = "") -> Said:
    return commands.run(verify, start_at)


def without_checks(db: psycopg.Connection, table: str, name: str, statement: str) -> None:
    """Run a statement that a CHECK would refuse, and have the CHECK again, NOT VALID."""
    table_, name_ = sql.Identifier(table), sql.Identifier(name)
    query = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s"
    (definition,) = db.execute(query, [name]).fetchone() or ("",)
    db.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(table_, name_))
    db.execute(statement.encode())
    add = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {} NOT VALID")
    db.execute(add.format(table_, name_, sql.SQL(definition)))


@pytest.mark.usefixtures("db")
def test_rows_that_keep_all_rules(commands: Commands) -> None:
    found = said(commands)
    assert found.error is None
    [line] = found.lines
    assert re.fullmatch(rf"database .*: the rows keep all \d{{3}} rules of {len(TABLES)} tables", line)
    assert found.warnings == []


def test_a_broken_rule_is_told_with_its_first_rows(commands: Commands, db: psycopg.Connection) -> None:
    without_checks(db, "users", "users_status_valid", "UPDATE users SET status = 'asleep'")
    found = said(commands)
    (line,) = found.lines
    assert line.startswith("users.users_status_valid: 4 rows break CHECK (status::text = ANY (")
    people = [f"id=00000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3, 4)]
    assert line.endswith(f" NOT VALID; {'; '.join(people)}")
    assert found.error
    assert found.error.startswith("messenger-db: 1 rule broken in database ")
    assert found.error.endswith(": find out what wrote the rows, and correct them; then verify again")


def test_at_most_five_rows_are_shown(commands: Commands, db: psycopg.Connection) -> None:
    crowd = "INSERT INTO users (username, password_hash, status) SELECT 'crowd_' || number, '{}', 'asleep' FROM {}"
    numbers = "generate_series(1, 1200) AS number"
    without_checks(db, "users", "users_status_valid", crowd.format(BCRYPT, numbers))
    (line,) = said(commands).lines
    assert line.startswith("users.users_status_valid: 1,200 rows break ")
    assert line.count("id=") == 5
    assert line.endswith("; ...")


def test_it_takes_the_locks_of_a_reader_and_writes_nothing(commands: Commands, db: psycopg.Connection) -> None:
    db.execute("""
        CREATE FUNCTION only_reads() RETURNS boolean LANGUAGE sql VOLATILE AS $$
            SELECT current_setting('transaction_read_only') = 'on'
                AND bool_and(mode = 'AccessShareLock' OR locktype = 'virtualxid')
            FROM pg_locks
            WHERE pid = pg_backend_pid()
        $$
    """)
    db.execute("CREATE EXTENSION amcheck")
    for table in ("users", "messages", "contacts"):
        add = sql.SQL("ALTER TABLE {} ADD CONSTRAINT only_reads CHECK (only_reads()) NOT VALID")
        db.execute(add.format(sql.Identifier(table)))
    assert broken(verify("")) == []
    # The strongest that readers pass.
    with db.transaction():
        db.execute("LOCK TABLE users, messages, message_delivery IN EXCLUSIVE MODE")
        assert said(commands).error is None


@pytest.mark.usefixtures("db")
def test_it_goes_on_where_it_is_told_to(commands: Commands) -> None:
    names = [table.name for table in verify("messages").findings.tables]
    assert names == ["messages", "unread_messages", "user_sessions", "users"]
    error = said(commands, "message").error
    assert error
    assert "START_AT=message is not a table of database " in error
    assert "take one of attachments, chat_participants, " in error


def test_a_lost_connection_says_where_to_go_on(commands: Commands, db: psycopg.Connection) -> None:
    without_checks(db, "chats", "chats_type_valid", "UPDATE chats SET type = 'x'")
    db.execute("""
        CREATE FUNCTION ends() RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT pg_terminate_backend(pg_backend_pid())';
        ALTER TABLE messages ADD CONSTRAINT ends CHECK (ends()) NOT VALID;
    """)
    found = said(commands)
    assert [line.partition(":")[0] for line in found.lines[:1]] == ["chats.chats_type_valid"]
    assert found.error
    assert " stopped in messages: " in found.error
    assert found.error.endswith("; make db-verify START_AT=messages goes on there")
    verified = verify("chats")
    assert verified.exit_status == FAILED
    assert verified.as_json()["stopped_at"] == "messages"
    db.execute("ALTER TABLE messages DROP CONSTRAINT ends")
    assert said(commands, "messages").error is None


def test_a_statement_that_is_cancelled_stops_it_too(commands: Commands, db: psycopg.Connection) -> None:
    db.execute("""
        CREATE FUNCTION ends() RETURNS boolean LANGUAGE sql VOLATILE AS
            'SELECT pg_cancel_backend(pg_backend_pid()) AND pg_sleep(10) IS NOT NULL';
        ALTER TABLE messages ADD CONSTRAINT ends CHECK (ends()) NOT VALID;
    """)
    error = said(commands).error
    assert error
    assert "stopped in messages: canceling statement due to user request; " in error


def test_a_check_that_fails_is_told_and_the_others_go_on(commands: Commands, db: psycopg.Connection) -> None:
    without_checks(db, "users", "users_status_valid", "UPDATE users SET status = 'asleep'")
    db.execute("ALTER TABLE users ADD CONSTRAINT users_odd CHECK (1 / (length(username) - 3) > 0) NOT VALID")
    found = said(commands)
    assert found.lines[0].startswith("users.users_status_valid: 4 rows break ")
    assert found.lines[1:] == ["not verified, division by zero: users.users_odd"]
    db.execute("ALTER TABLE users DROP CONSTRAINT users_status_valid")
    found = said(commands)
    assert found.error
    assert re.match(r"messenger-db: 1 of \d+ rules of database ", found.error)
    assert " could not be verified, and the rows keep the others: " in found.error


@pytest.fixture
def role(postgresql_noproc: NoopExecutor, db: psycopg.Connection) -> Iterator[str]:
    with new_role(postgresql_noproc) as role:
        yield role
        db.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))


def test_the_role_of_the_reports_verifies_what_it_can_read(
    commands: Commands, db: psycopg.Connection, role: str
) -> None:
    without_checks(
        db,
        "messages",
        "messages_content_length",
        "UPDATE messages SET content = repeat('x', 10001), is_edited = true, edited_at = now()",
    )
    commands.run(grant, role, True)
    commands.on(db, user=role)
    verified = verify("")
    assert broken(verified) == ["messages.messages_content_length"]
    assert set(unverified(verified).values()) == {
        *(f"permission denied for function {name}" for name in ("is_blank", "is_one_line")),
        *(f"permission denied for table {name}" for name in ("users", "user_sessions")),
    }
    assert {name for name in unverified(verified) if name.startswith("user")} == {
        "users.users_display_name_one_line",
        "users.password_hash NOT NULL",
        "users.users_password_hash_format",
        "user_sessions.token_hash NOT NULL",
        "user_sessions.user_sessions_token_hash_key",
        "user_sessions.user_sessions_token_hash_length",
        "user_sessions.user_sessions_socket_id_active_key",
    }


def test_rows_that_a_policy_hides_are_not_taken_for_all(db: psycopg.Connection, commands: Commands, role: str) -> None:
    commands.run(grant, role, True)
    db.execute("ALTER TABLE chats ENABLE ROW LEVEL SECURITY")
    commands.on(db, user=role)
    verified = verify("chats")
    assert (
        unverified(verified)["chats.chats_pkey"]
        == 'query would be affected by row-level security policy for table "chats"'
    )


def test_a_tenant_is_verified_by_itself(commands: Commands, db: psycopg.Connection) -> None:
    db.execute('CREATE SCHEMA "Tenant B"')
    commands.on(db, schema="Tenant B")
    commands.run(up_down.apply)
    db.execute("INSERT INTO \"Tenant B\".users (username, password_hash) VALUES ('zoe', %s)", [BCRYPT])
    without_checks(db, "users", "users_status_valid", "UPDATE users SET status = 'asleep'")
    assert broken(verify("")) == []
    commands.on(db)
    assert broken(verify("")) == ["users.users_status_valid"]


def test_a_row_without_its_entry_in_an_index(commands: Commands, db: psycopg.Connection) -> None:
    db.execute("CREATE SCHEMA extensions; CREATE EXTENSION amcheck SCHEMA extensions")
    assert broken(verify("")) == []
    ready = "UPDATE pg_index SET indisready = {} WHERE indexrelid = 'contacts_contact_id_idx'::regclass"
    db.execute(ready.format(False).encode())
    with db.transaction():
        db.execute("SET CONSTRAINTS ALL DEFERRED")
        db.execute("DELETE FROM contacts")
        db.execute(
            "INSERT INTO contacts (user_id, contact_id, requested_by)"
            " SELECT a.id, b.id, a.id FROM users AS a, users AS b WHERE a.id <> b.id"
        )
    db.execute(ready.format(True).encode())
    found = said(commands, "contacts")
    [line] = found.lines
    assert line.startswith("corrupt, heap tuple (0,")
    assert line.endswith(
        ' lacks matching index tuple within index "contacts_contact_id_idx": contacts.contacts_contact_id_idx'
    )
    assert found.error
    assert found.error.endswith(
        ": REINDEX the indexes that are corrupt, and restore such tables from a backup; then verify again"
    )


def test_an_empty_schema_and_one_of_somebody_else(commands: Commands, empty_postgresql: psycopg.Connection) -> None:
    commands.on(empty_postgresql)
    error = said(commands).error
    assert error
    assert " has no tables to verify: make db-up creates them" in error
    empty_postgresql.execute("CREATE TABLE notes (id integer PRIMARY KEY, word text NOT NULL)")
    empty_postgresql.commit()
    verified = verify("")
    assert broken(verified) == []
    assert unverified(verified)["messages.files"] == 'relation "messages" does not exist'
    assert verified.exit_status == UNVERIFIED


# What a later migration may bring, in names that need quotes.
ODD_RULES = """
    CREATE DOMAIN word AS text;
    CREATE DOMAIN "Odd word" AS word;
    CREATE TABLE "Odd notes" (
        "the id" integer PRIMARY KEY,
        value "Odd word",
        "100%" text COLLATE "C" UNIQUE NULLS NOT DISTINCT,
        span int4range,
        CONSTRAINT "span %s" EXCLUDE USING gist (span WITH &&) WHERE ("100%" <> 'free'),
        CONSTRAINT "whole row" CHECK ("Odd notes" IS NOT NULL OR true)
    );
    CREATE TABLE parts (a integer, b integer, PRIMARY KEY (a, b)) PARTITION BY RANGE (a);
    CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (10);
    CREATE TABLE parts_high PARTITION OF parts FOR VALUES FROM (10) TO (20);
    CREATE TABLE refers (
        a integer,
        b integer,
        CONSTRAINT simple FOREIGN KEY (a, b) REFERENCES parts,
        CONSTRAINT whole FOREIGN KEY (a, b) REFERENCES parts MATCH FULL
    );
    CREATE TABLE old (a integer);
    CREATE TABLE young () INHERITS (old);
    INSERT INTO "Odd notes" VALUES (1, 'ax', 'a', '[1,3)'), (2, 'bx', NULL, '[3,5)'), (3, 'cx', 'free', '[2,4)');
    INSERT INTO parts VALUES (1, 1), (11, 1);
    INSERT INTO refers VALUES (1, 1), (11, 1), (NULL, NULL);
    INSERT INTO old VALUES (1);
"""
# PostgreSQL takes a partition's word for its bound where a CHECK says the same.
PLANTED = """
    SET session_replication_role = replica;
    UPDATE pg_index SET indisready = false WHERE indrelid = '"Odd notes"'::regclass AND indisunique;
    UPDATE pg_index SET indisexclusion = false WHERE indexrelid = '"span %s"'::regclass;
    INSERT INTO "Odd notes" VALUES
        (4, 'abcdex', 'b', NULL),
        (5, 'y', 'c', NULL),
        (6, NULL, 'd', NULL),
        (7, 'x', NULL, NULL),
        (8, 'x', 'e', '[10,12)'),
        (9, 'x', 'f', '[11,13)');
    UPDATE pg_index SET indisready = true WHERE indrelid = '"Odd notes"'::regclass;
    UPDATE pg_index SET indisexclusion = true WHERE indexrelid = '"span %s"'::regclass;
    ALTER DOMAIN word ADD CONSTRAINT word_short CHECK (length(VALUE) < 5) NOT VALID;
    ALTER DOMAIN "Odd word" ADD CONSTRAINT "word's end" CHECK (VALUE ~ 'x$') NOT VALID;
    UPDATE pg_type SET typnotnull = true WHERE typname = 'Odd word';
    INSERT INTO refers VALUES (2, 2), (NULL, 1);
    CREATE TABLE parts_mid (a integer NOT NULL, b integer NOT NULL);
    INSERT INTO parts_mid VALUES (5, 5);
    ALTER TABLE parts_mid ADD CONSTRAINT bound CHECK (a >= 20 AND a < 30) NOT VALID;
    UPDATE pg_constraint SET convalidated = true WHERE conname = 'bound';
    ALTER TABLE parts ATTACH PARTITION parts_mid FOR VALUES FROM (20) TO (30);
    INSERT INTO young VALUES (-1);
    ALTER TABLE old ADD CONSTRAINT old_a CHECK (a > 0) NOT VALID;
"""
FOUND = {
    "Odd notes.value word_short": 1,
    "Odd notes.value word's end": 1,
    "Odd notes.value Odd word NOT NULL": 1,
    "Odd notes.Odd notes_100%_key": 2,
    "Odd notes.span %s": 2,
    "parts_mid.bound": 1,
    "parts_mid.parts_mid partition bound": 1,
    "refers.simple": 1,
    "refers.whole": 2,
    "young.old_a": 1,
}


def test_kinds_of_rules_that_the_schema_does_not_have(commands: Commands, empty_postgresql: psycopg.Connection) -> None:
    db = empty_postgresql
    db.autocommit = True
    db.execute(ODD_RULES.encode())
    commands.on(db)
    assert broken(verify("")) == []
    db.execute(PLANTED.encode())
    found = {f"{each.rule.table.name}.{each.rule.name}": each.breaks for each in verify("").findings.violations}
    assert {name: breaks and breaks.rows for name, breaks in found.items()} == FOUND
    for name, columns, first in (
        ("Odd notes.Odd notes_100%_key", ["the id"], [["2"], ["7"]]),
        ("young.old_a", ["ctid"], [["(0,1)"]]),
    ):
        breaks = found[name]
        assert breaks
        assert (breaks.columns, breaks.first) == (columns, first)


def test_a_key_is_as_its_collation_says(commands: Commands, empty_postgresql: psycopg.Connection) -> None:
    db = empty_postgresql
    db.autocommit = True
    try:
        db.execute("CREATE COLLATION nobody_shouts (provider = icu, deterministic = false, locale = 'und-u-ks-level2')")
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("this server was built without ICU")
    db.execute("""
        CREATE TABLE notes (word text PRIMARY KEY);
        CREATE UNIQUE INDEX notes_word_key ON notes (word COLLATE nobody_shouts);
        UPDATE pg_index SET indisready = false WHERE indexrelid = 'notes_word_key'::regclass;
        INSERT INTO notes VALUES ('a'), ('A'), ('b');
    """)
    commands.on(db)
    assert broken(verify("notes")) == ["notes.notes_word_key"]


def test_periods(commands: Commands, empty_postgresql: psycopg.Connection) -> None:
    db = empty_postgresql
    if db.info.server_version < 180000:
        pytest.skip("keys WITHOUT OVERLAPS came with PostgreSQL 18")
    db.autocommit = True
    db.execute("""
        CREATE TABLE rooms (id int4range, open daterange, PRIMARY KEY (id, open WITHOUT OVERLAPS));
        CREATE TABLE stays (id int4range, stay daterange, FOREIGN KEY (id, PERIOD stay) REFERENCES rooms);
        INSERT INTO rooms VALUES ('[1,2)', '[2026-01-01,2026-02-01)'), ('[1,2)', '[2026-02-01,2026-03-01)');
        INSERT INTO stays VALUES ('[1,2)', '[2026-01-15,2026-02-15)');
    """)
    commands.on(db)
    assert broken(verify("")) == []
    db.execute("""
        SET session_replication_role = replica;
        INSERT INTO stays VALUES ('[1,2)', '[2026-02-15,2026-03-15)');
        UPDATE pg_index SET indisexclusion = false, indisunique = false WHERE indrelid = 'rooms'::regclass;
        INSERT INTO rooms VALUES ('[1,2)', '[2026-02-20,2026-02-21)');
        UPDATE pg_index SET indisexclusion = true, indisunique = true WHERE indrelid = 'rooms'::regclass;
    """)
    assert broken(verify("")) == ["rooms.rooms_pkey", "stays.stays_id_stay_fkey"]


def test_elsewhere_a_long_run_says_how_far_it_is(commands: Commands, db: psycopg.Connection) -> None:
    without_checks(db, "users", "users_status_valid", "UPDATE users SET status = 'asleep'")
    commands.environment.setattr("messenger_db.commands.verify.SECONDS_BETWEEN_LINES", 0)
    lines = said(commands, "user_sessions").warnings
    assert lines[0].startswith("  0% user_sessions.user_sessions_")
    tables = [line for line in lines if not line.endswith(" ...")]
    assert re.fullmatch(r"user_sessions: \d+ rules over 3 rows in \d+\.\d s", tables[0])
    assert re.fullmatch(r"users: \d+ rules over 4 rows in \d+\.\d s; broken: users_status_valid", tables[1])


@pytest.mark.usefixtures("db")
def test_a_terminal_sees_one_line_that_changes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    verify("users")
    shown = capsys.readouterr().err
    assert "\r  0% users." in shown
    assert shown.endswith("\r\x1b[K")
    assert shown.count("\n") == 1
