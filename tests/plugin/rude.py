"""Tests of a foreign project that leave behind all they can; each looks first whether there is anything."""

from collections.abc import Callable
from contextlib import suppress

import psycopg
import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

INSERT = """
    INSERT INTO users (username, password_hash)
    VALUES ('somebody', '$2b$04$g0qn8Rb.d4iipPMzTroxGe8hcGvQpb/6K8nRins58xYEZNNbV1LMC');
"""

SEEN = """
    SELECT
        (SELECT count(*) FROM users),
        (SELECT count(*) FROM pg_class WHERE relname LIKE 'left_%'),
        (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
        (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()),
        (SELECT count(*) FROM pg_prepared_statements),
        (SELECT count(*) FROM pg_listening_channels()),
        (SELECT count(*) FROM pg_cursors WHERE name <> ''),
        (SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename !~ 'yoyo'),
        current_setting('timezone'),
        current_setting('search_path'),
        current_setting('work_mem')
"""

NOTHING = (0, 0, 0, 0, 0, 0, 0, 10, "Canada/Newfoundland", '"$user", public', "4MB")

# Some in one transaction with those before them, as the word says.
STATEMENTS = {
    "a transaction half done": INSERT,
    "a failed transaction": "SELECT 1 / 0",
    "rows": INSERT + "COMMIT",
    "rows and a failed transaction": INSERT + "COMMIT; SELECT 1 / 0",
    "nothing but a rollback": INSERT + "ROLLBACK",
    "no tables": "DROP TABLE users, messages CASCADE; COMMIT",
    "no schema": "DROP SCHEMA public CASCADE; COMMIT",
    "a table": "CREATE TABLE left_table (id serial); COMMIT",
    "a sequence": "CREATE SEQUENCE left_sequence; SELECT nextval('left_sequence'); COMMIT",
    "a temporary table": "CREATE TEMPORARY TABLE left_temporary (id int)",
    "settings of the session": "SET work_mem = '5MB'; SET search_path = pg_catalog; SET TIME ZONE 'UTC'; COMMIT",
    "settings of the database": """
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 5000', current_database()); END $$; COMMIT
    """,
    "locks": "SELECT pg_advisory_lock(1); LOCK TABLE users",
    "prepared": "PREPARE left_over AS SELECT 1; LISTEN left_over; COMMIT; NOTIFY left_over",
    "a cursor": "DECLARE left_over CURSOR WITH HOLD FOR SELECT 1; COMMIT",
    "no backend": "SELECT pg_terminate_backend(pg_backend_pid())",
}

OPEN: list[psycopg.Connection] = []


def execute(connection: Connection, statements: str) -> None:
    with connection.cursor() as cursor, suppress(psycopg2.Error):
        cursor.execute(statements)


def commit(connection: Connection) -> None:
    execute(connection, INSERT)
    connection.commit()


def commit_by_itself(connection: Connection) -> None:
    connection.rollback()
    connection.autocommit = True
    execute(connection, INSERT)


def set_up_the_connection(connection: Connection) -> None:
    connection.rollback()
    connection.set_session(isolation_level="SERIALIZABLE", readonly=True)
    connection.set_client_encoding("LATIN1")


@pytest.fixture(params=[*STATEMENTS, commit, commit_by_itself, set_up_the_connection, Connection.close])
def rude(request: pytest.FixtureRequest) -> Callable[[Connection], None]:
    if isinstance(request.param, str):
        return lambda connection: execute(connection, STATEMENTS[request.param])
    what: Callable[[Connection], None] = request.param
    return what


def look(connection: Connection) -> None:
    assert not connection.autocommit
    assert connection.encoding == "UTF8"
    assert connection.isolation_level is None
    assert connection.notices == []
    with connection.cursor() as cursor:
        cursor.execute(SEEN)
        assert cursor.fetchone() == NOTHING


def test_its_own_database(messenger_db: Connection, messenger_db_url: str, rude: Callable[[Connection], None]) -> None:
    look(messenger_db)
    messenger_db.rollback()
    OPEN.append(psycopg.connect(messenger_db_url))
    OPEN[-1].execute("SELECT count(*) FROM users")
    OPEN.append(psycopg.connect(messenger_db_url))
    OPEN[-1].execute("LISTEN left_over")
    OPEN[-2].rollback()
    rude(messenger_db)


def test_a_transaction(messenger_tx: Connection, rude: Callable[[Connection], None]) -> None:
    look(messenger_tx)
    rude(messenger_tx)
