"""Each rule of the catalog, broken by one row that the schema's cases refuse, is found by its name, and no other is."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg2
import pytest
from psycopg import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor
from schema.cases import TABLES
from schema.cases.table import Table
from schema.cases.world import WORLD, Row
from workflow.databases import Database

from messenger_db.commands.verify import BROKEN, verify
from messenger_db.row_rules import ForeignKey, count_broken, read_rules
from messenger_db.sql import QUERIES

# What lets a row in that breaks rules, and what makes the catalog say again that there is none.
OFF = """
    SET session_replication_role = replica;
    UPDATE pg_index SET indisready = false WHERE indrelid = ANY (%(tables)s::regclass[]);
    UPDATE pg_attribute SET attnotnull = false WHERE attrelid = ANY (%(tables)s::regclass[]) AND attnum > 0;
"""
ON = """
    UPDATE pg_index SET indisready = true WHERE indrelid = ANY (%(tables)s::regclass[]);
    UPDATE pg_attribute SET attnotnull = true WHERE (attrelid, attnum) IN (SELECT * FROM not_null);
    RESET session_replication_role;
"""
SAVED = """
    CREATE TEMP TABLE not_null AS
    SELECT attrelid, attnum FROM pg_attribute
    WHERE attrelid = ANY (%(tables)s::regclass[]) AND attnum > 0 AND attnotnull
"""
VALIDATED = """
    UPDATE pg_constraint SET convalidated = true WHERE conrelid = ANY (%(tables)s::regclass[]) AND contype = 'c'
"""
CHECKS = """
    SELECT
        format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
        format('ALTER TABLE %%s ADD CONSTRAINT %%I ', conrelid::regclass, conname)
        || pg_get_constraintdef(oid) || ' NOT VALID'
    FROM pg_constraint
    WHERE conrelid = ANY (%(tables)s::regclass[]) AND contype = 'c'
"""
# Where a row cannot break the one rule without the other.
ALSO = {
    "chats_direct_slug": {"chats_slug_format"},
    "contacts_contact_id_fkey": {"contacts_user_id_fkey"},
    "contacts_user_id_fkey": {"contacts_contact_id_fkey"},
    "messages_chat_id_id_key": {"messages_pkey"},
    "messages_id_is_v7": {"messages_id_near_created_at"},
    "user_sessions_user_id_id_key": {"user_sessions_pkey"},
    "users_username_key": {"users_username_lower_key"},
}

# A row of contacts that goes in alone has no mirror.
MIRROR = "contacts_contact_id_user_id_fkey"

NAMES = {"tables": [table.name for table in TABLES]}


def planted() -> Iterator[tuple[Table, str, tuple[Row, ...]]]:
    """Yield for each rule its table, its name, and rows that break it."""
    for table in TABLES:
        for rule in table.rules:
            yield table, rule.name, table.rows(rule.refused[-1])
        for column in table.not_null:
            yield table, f"{column} NOT NULL", (table.valid | {column: None},)


def insert(cursor: Cursor, table: str, rows: tuple[Row, ...]) -> None:
    columns = sorted({column for row in rows for column in row})
    values = [
        sql.SQL("({})").format(
            sql.SQL(", ").join(sql.Literal(row[column]) if column in row else sql.DEFAULT for column in columns)
        )
        for row in rows
    ]
    statement = sql.SQL("INSERT INTO {} ({}) VALUES {}").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join(values)
    )
    cursor.execute(statement.as_string(None))


@pytest.fixture
def cursor(migrated: Database) -> Iterator[Cursor]:
    connection: Connection = psycopg2.connect(migrated.url())
    with connection.cursor() as cursor:
        yield cursor
    connection.close()


@contextmanager
def every_row_gets_in(cursor: Cursor) -> Iterator[None]:
    """Take the rules away, and have the catalog say afterwards that nothing happened."""
    cursor.execute(SAVED, NAMES)
    cursor.execute(CHECKS, NAMES)
    drops, adds = zip(*cursor.fetchall(), strict=True)
    cursor.execute(";".join(drops))
    cursor.execute(OFF, NAMES)
    for table, rows in WORLD.items():
        insert(cursor, table, tuple(rows))
    yield
    cursor.execute(ON, NAMES)
    cursor.execute(";".join(adds))
    cursor.execute(VALIDATED, NAMES)


def test_each_is_found_and_no_other(cursor: Cursor) -> None:
    rules = {each.table.name: each for each in read_rules(cursor)}
    QUERIES["rules.set_up"].execute(cursor)
    with every_row_gets_in(cursor):
        for table, name, rows in planted():
            cursor.execute("SAVEPOINT clean")
            insert(cursor, table.name, rows)
            of_table = rules[table.name]
            _, of_rows = count_broken(cursor, of_table.table, of_table.of_rows)
            others = [rule for rule in of_table.others if rule.kind != "application" and rule.breaks(cursor)]
            found = {rule.name for rule in (*of_rows, *others)}
            assert name in found
            assert found - {name, MIRROR} <= ALSO.get(name, set())
            cursor.execute("ROLLBACK TO clean")


def test_all_at_once_are_found_by_the_command(
    cursor: Cursor, migrated: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {rule.name: rule for each in read_rules(cursor) for rule in each.others if isinstance(rule, ForeignKey)}
    with every_row_gets_in(cursor):
        for table, name, rows in planted():
            # The rows of the cases would be what those of others refer to.
            nowhere = {column: uuid4() for column in keys[name].columns} if name in keys else {}
            insert(cursor, table.name, tuple(row | nowhere for row in rows))
    cursor.connection.commit()
    # The planner believes what is validated, unless it is told not to.
    monkeypatch.setenv("DATABASE_URL", migrated.url(options="-c constraint_exclusion=on"))
    verified = verify("")
    expected = {(table.name, name) for table, name, _ in planted()}
    assert len(expected) > 100
    assert expected <= {(each.rule.table.name, each.rule.name) for each in verified.findings.violations}
    assert verified.findings.unverified == []
    assert verified.exit_status == BROKEN
    verified.print()
    printed = capsys.readouterr()
    assert all(
        any(line.startswith(f"{table}.{name}: ") for line in printed.out.splitlines()) for table, name in expected
    )
    assert f"rules broken in {verified.where}: find out" in printed.err
