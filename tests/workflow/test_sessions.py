"""What role, database and server have set makes no other schema and no other rows."""

import re
from contextlib import closing

import pytest
from psycopg import sql
from pytest_postgresql.executors import NoopExecutor

from messenger_db.connection import Target
from messenger_db.errors import MessengerError
from messenger_db.sql import QUERIES

from .checkouts import Checkout, refusal, succeeded
from .databases import Database, missing_database

# Other values than those that sessions.prepare sets.
STRANGE = {
    "client_connection_check_interval": "1h",
    "statement_timeout": "100ms",
    "transaction_timeout": "100ms",
    "idle_in_transaction_session_timeout": "100ms",
    "idle_session_timeout": "100ms",
    "lock_timeout": "100ms",
    "standard_conforming_strings": "off",
    "transform_null_equals": "on",
    "array_nulls": "off",
    "xmloption": "document",
    "DateStyle": "German, DMY",
    "IntervalStyle": "iso_8601",
    "TimeZone": "Asia/Kathmandu",
    "timezone_abbreviations": "Australia",
    "bytea_output": "escape",
    "xmlbinary": "hex",
    "extra_float_digits": "-10",
    "quote_all_identifiers": "on",
    "check_function_bodies": "off",
    "session_replication_role": "replica",
    "default_transaction_isolation": "serializable",
    "client_min_messages": "error",
    "client_encoding": "LATIN1",
}

# Of a Unix socket they are not set, and the tests' server is reached by one.
OF_TCP = {"tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count"}

# What the rules of the schema say, and nothing of how they are written.
RULES = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint
    WHERE contype = 'c' AND connamespace = 'public'::regnamespace
    ORDER BY 1, 2
"""


@pytest.fixture
def strange(database: Database) -> Database:
    """An empty database that has set everything otherwise."""
    name = sql.Identifier(database.name)
    with database.connect() as db:
        for setting, value in STRANGE.items():
            if db.execute("SELECT current_setting(%s, true)", [setting]).fetchone() != (None,):
                alter = sql.SQL("ALTER DATABASE {} SET {} TO {}")
                db.execute(alter.format(name, sql.Identifier(setting), sql.Literal(value)))
    return database


def _rules(database: Database) -> list[tuple[object, ...]]:
    with closing(Target.from_url(database.url()).connect()) as connection, connection.cursor() as cursor:
        cursor.execute(RULES)
        return cursor.fetchall()


def test_each_setting_is_tried_here() -> None:
    ours = set(re.findall(r"^ +\('(\w+)', '", QUERIES["sessions.prepare"].text, re.MULTILINE))
    assert ours == STRANGE.keys() - {"client_encoding"} | OF_TCP


def test_each_session_has_its_own_settings(strange: Database, migrated: Database) -> None:
    def settings(database: Database) -> dict[str, str | None]:
        with closing(Target.from_url(database.url()).connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT name, current_setting(name, true) FROM unnest(%s) AS name", [list(STRANGE)])
            return dict(cursor.fetchall())

    found = settings(strange)
    assert found == settings(migrated)
    assert not {name for name, value in found.items() if value == STRANGE[name]}


def test_the_schema_and_the_rows_are_the_same(untouched: Checkout, strange: Database, migrated: Database) -> None:
    url, confirm = strange.url(), f"CONFIRM={strange.name}"
    succeeded(untouched.target("db-up", DATABASE_URL=url))
    assert _rules(strange) == _rules(migrated)
    assert "matches its applied migrations" in succeeded(untouched.target("db-check", DATABASE_URL=url))
    succeeded(untouched.target("seed", confirm, "MESSAGES=200", "USERS=10", DATABASE_URL=url))
    succeeded(untouched.target("db-down", confirm, DATABASE_URL=url))


def test_a_role_may_not_have_what_it_cannot_change(database: Database, role: str) -> None:
    with database.maintenance() as db:
        db.execute(sql.SQL("ALTER ROLE {} SET session_replication_role TO replica").format(sql.Identifier(role)))
    with pytest.raises(MessengerError, match='permission denied to set parameter "session_replication_role"'):
        Target.from_url(database.url(user=role)).connect()


def test_what_the_owner_decides_stays(untouched: Checkout, database: Database) -> None:
    database.execute("CREATE SCHEMA theirs")
    with database.maintenance() as db:
        for setting in ("search_path TO theirs", "synchronous_commit TO off", "default_transaction_read_only TO on"):
            db.execute(f'ALTER DATABASE "{database.name}" SET {setting}'.encode())
    with closing(Target.from_url(database.url()).connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_setting('synchronous_commit')")
        assert cursor.fetchall() == [("theirs", "off")]
    assert "read-only transaction" in refusal(untouched.target("db-up", DATABASE_URL=database.url()))
    assert database.tables() == set()


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_of_another_encoding_is_refused(
    untouched: Checkout, postgresql_noproc: NoopExecutor, encoding: str
) -> None:
    with missing_database(postgresql_noproc) as other:
        with other.maintenance() as db:
            create = sql.SQL("CREATE DATABASE {} ENCODING {} LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0")
            db.execute(create.format(sql.Identifier(other.name), sql.Literal(encoding)))
        said = refusal(untouched.target("db-up", DATABASE_URL=other.url()))
        assert f"database {other.name} on " in said
        assert f"is encoded in {encoding}, and the schema needs UTF8" in said
        assert other.tables() == set()
        with pytest.raises(MessengerError, match="the schema needs UTF8"):
            Target.from_url(other.url()).connect()
