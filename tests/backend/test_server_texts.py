"""What the server says about a migration that fails, or that it warns of, as it reaches the terminal."""

from collections.abc import Iterator

import psycopg
import pytest
from drift.commands import Commands
from safety.projects import Project, new_project
from workflow.checkouts import failure, succeeded
from workflow.databases import Database

from messenger_db.commands.adopt import adopt
from messenger_db.errors import notice_lines, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("one\r\ntwo\tthree", "one\\r\\ntwo\tthree"),
        ("\x9b31m \x7f", r"\x9b31m \x7f"),
        ("gnp.\u202eexe \u2066x\u2069 \u2028", r"gnp.\u202eexe \u2066x\u2069 \u2028"),
        ("\ud800", r"\ud800"),
        ("größe 漢字 👍🏽 \\d", "größe 漢字 👍🏽 \\d"),
    ],
)
def test_no_text_of_a_server_moves_the_cursor_or_breaks_the_line(text: str, shown: str) -> None:
    assert printable(text) == shown


FAILURES = {
    "a duplicate": (
        "INSERT INTO accounts VALUES (1, 'a', 'b');\n\nINSERT INTO accounts\nVALUES (1, 'c', 'd');\n",
        ["at migrations/0002_fails.sql:4", "DETAIL: Key (id)=(1) already exists."],
    ),
    "a secret key": (
        "INSERT INTO accounts VALUES (1, 's3cret', 'b'), (2, 's3cret', 'b');\n",
        ["at migrations/0002_fails.sql:2", "DETAIL: Key (token_hash)=(values not shown)"],
    ),
    "a row with secrets": (
        "INSERT INTO accounts VALUES (1, 's3cret', '');\n",
        ["at migrations/0002_fails.sql:2", "DETAIL: Failing row contains (values not shown)."],
    ),
    "a hint of our own": (
        "-- a comment\n\n/* and\nanother */ DO $$ BEGIN\n"
        "    RAISE EXCEPTION 'lost' USING DETAIL = E'two\\nof them', HINT = 'Export them first.';\nEND $$;\n",
        [
            "at migrations/0002_fails.sql:5",
            "DETAIL: two",
            "  of them",
            "HINT: Export them first.",
            "CONTEXT: PL/pgSQL function inline_code_block line 2 at RAISE",
        ],
    ),
    "a place in a long statement": (
        "SELECT\n    1,\n    nothing\nFROM accounts;\n",
        ["at migrations/0002_fails.sql:4"],
    ),
    "the second of two that are the same": (
        "INSERT INTO accounts VALUES (1, 'a', 'b');\nINSERT INTO accounts VALUES (1, 'a', 'b');\n",
        ["at migrations/0002_fails.sql:3", "DETAIL: Key (id)=(1) already exists."],
    ),
    "a password in a context": (
        "CREATE FUNCTION fails() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n"
        "    EXECUTE 'CREATE ROLE pg_no PASSWORD ''s3cret''';\nEND $$;\nSELECT fails();\n",
        [
            "at migrations/0002_fails.sql:5",
            'DETAIL: Role names starting with "pg_" are reserved.',
            'CONTEXT: SQL statement "CREATE ROLE pg_no PASSWORD ***"',
            "  PL/pgSQL function fails() line 2 at EXECUTE",
        ],
    ),
    "control characters": (
        "DO $$ BEGIN RAISE EXCEPTION E'\\x1b[2J' USING HINT = E'\\x1b]0;owned\\x07'; END $$;\n",
        [
            "at migrations/0002_fails.sql:2",
            r"HINT: \x1b]0;owned\x07",
            "CONTEXT: PL/pgSQL function inline_code_block line 1 at RAISE",
        ],
    ),
    "a deferred constraint": (
        "INSERT INTO accounts VALUES (1, 'a', 'b', 7);\n",
        ['DETAIL: Key (owner)=(7) is not present in table "accounts".'],
    ),
}

ACCOUNTS = """\
CREATE TABLE accounts (
    id bigint PRIMARY KEY,
    token_hash text UNIQUE,
    name text CHECK (name <> ''),
    owner bigint REFERENCES accounts DEFERRABLE INITIALLY DEFERRED
);
"""


@pytest.fixture
def accounts(database: Database) -> Iterator[Project]:
    """A project whose table accounts is there."""
    with new_project(database) as project:
        project.write("0001_accounts", ACCOUNTS, "DROP TABLE accounts;\n")
        succeeded(project.yoyo("apply"))
        yield project


def test_what_the_server_adds_stands_below_the_line(accounts: Project) -> None:
    for statements, below in FAILURES.values():
        accounts.write("0002_fails", statements, "SELECT 1;\n")
        said = failure(accounts.yoyo("apply"))
        assert "s3cret" not in said
        assert "\x1b" not in said
        assert "apply of 0002_fails failed, nothing of it was kept: " in said
        assert [line[2:] for line in said.splitlines()[1:]] == below
    assert accounts.marks() == ["0001_accounts"]


def test_a_rollback_and_a_file_outside_transactions_name_their_lines_too(accounts: Project) -> None:
    accounts.write("0002_fails", "\n\nVACUUM nothing;\n", "SELECT 1;\n", transactional=False)
    assert "\n  at migrations/0002_fails.sql:5" in failure(accounts.yoyo("apply"))
    accounts.write("0002_fails", "SELECT 1;\n", "-- Takes it back.\n\nDROP TABLE nothing;\n")
    succeeded(accounts.yoyo("apply"))
    assert "\n  at migrations/0002_fails.rollback.sql:3" in failure(accounts.yoyo("rollback", "-r", "0002"))


def test_notices_and_warnings_are_shown(accounts: Project) -> None:
    accounts.write(
        "0002_talks",
        "DO $$ BEGIN\n    FOR i IN 1..60 LOOP\n        RAISE NOTICE 'batch %', i;\n    END LOOP;\n"
        "    RAISE WARNING E'password=s3cret \\x1b[1m' USING HINT = 'Look.';\nEND $$;\n"
        "DROP TABLE IF EXISTS nothing;\n",
        "SELECT 1;\n",
    )
    shown = succeeded(accounts.yoyo("apply")).splitlines()
    assert shown[:60] == [f"  NOTICE: batch {number}" for number in range(1, 61)]
    assert shown[60:63] == [
        r"  WARNING: password=*** \x1b[1m",
        "    HINT:  Look.",
        '  NOTICE: table "nothing" does not exist, skipping',
    ]
    assert shown[63].startswith("applied 0002_talks")
    assert len(shown) == 64


def test_an_empty_schema_shows_where_a_migration_fails_too(
    commands: Commands, empty_postgresql: psycopg.Connection
) -> None:
    name = commands.write(2, "ALTER TABLE users\n    ADD x nothing;")
    commands.on(empty_postgresql)
    empty_postgresql.execute("CREATE TABLE users (id bigint)")
    empty_postgresql.commit()
    said = commands.run(adopt)
    assert said.error
    assert said.error.endswith(f"\n  at migrations/{name}.sql:3")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "connection to postgresql://alice:s3cret@host/db failed",
            "connection to postgresql://alice:***@host/db failed",
        ),
        ("postgresql://alice:s3@cret@host/db", "postgresql://alice:***@host/db"),
        ("host=here password=s3cret user=alice", "host=here password=*** user=alice"),
        ("password = 'it''s s3cret', user", "password = ***, user"),
        ("SET token_hash = 's3cret' WHERE", "SET token_hash = *** WHERE"),
        ("ALTER ROLE a PASSWORD 's3cret' LOGIN", "ALTER ROLE a PASSWORD *** LOGIN"),
        ("password authentication failed for user a", "password authentication failed for user a"),
        ("see https://example.org/a:b for more", "see https://example.org/a:b for more"),
    ],
)
def test_secrets_are_not_shown(text: str, shown: str) -> None:
    assert notice_lines(f"NOTICE:  {text}\n") == [f"NOTICE: {shown}"]
