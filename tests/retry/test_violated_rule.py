"""The rule that an error names, by the driver, on one server and through Citus."""

import asyncio
from typing import Any

import asyncpg
import psycopg
import psycopg2
import pytest

from messenger_db.violated_rule import violated_rule

TABLE = "CREATE TEMPORARY TABLE cups (id_number integer NOT NULL, CONSTRAINT cups_few_20260101 CHECK (id_number < 9)); "
FULL, EMPTY = TABLE + "INSERT INTO cups VALUES (9)", TABLE + "INSERT INTO cups VALUES (NULL)"
RAISE = "DO $do$ BEGIN RAISE EXCEPTION USING ERRCODE = '{}', MESSAGE = $${}$$; END $do$"

# What a client of a Citus 13.2 coordinator gets: SQLSTATE, text, and the rule. No other field names it.
THROUGH_CITUS = [
    (
        "23514",
        'new row for relation "messages_102032" violates check constraint "messages_content_length"',
        "messages_content_length",
    ),
    (
        "23503",
        'insert or update on table "messages_102032" violates foreign key constraint '
        '"messages_chat_id_sender_id_fkey_102032"',
        "messages_chat_id_sender_id_fkey",
    ),
    (
        "23503",
        'update or delete on table "contacts_102029" violates foreign key constraint '
        '"contacts_contact_id_user_id_fkey_102029" on table "contacts_102029"',
        "contacts_contact_id_user_id_fkey",
    ),
    (
        "23514",
        'delete of a row of relation "users_102035" violates trigger "users_leave_before_purge_102035"',
        "users_leave_before_purge",
    ),
    ("23502", 'null value in column "content" of relation "messages_102032" violates not-null constraint', "content"),
    (
        "XX000",
        'duplicate key value violates unique constraint "users_username_lower_key_102035"',
        "users_username_lower_key",
    ),
    ("XX000", "could not find a shard", None),
    ("22P02", 'null value in column "is a value that somebody sent"', None),
    ("42P01", 'relation "messages" does not exist', None),
]


def errors(db: psycopg.Connection, statement: str) -> list[BaseException]:
    """Return what each driver raises."""
    info = db.info
    address: dict[str, Any] = {"host": info.host, "port": info.port, "user": info.user, "password": info.password}

    async def run() -> None:
        connection = await asyncpg.connect(**address, database=info.dbname)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    with pytest.raises(psycopg.Error) as newer, db.transaction(force_rollback=True):
        db.execute(statement.encode())
    with pytest.raises(asyncpg.PostgresError) as asynchronous:
        asyncio.run(run())
    older = psycopg2.connect(**address, dbname=info.dbname)
    try:
        with pytest.raises(psycopg2.Error) as old:
            older.cursor().execute(statement)
    finally:
        older.close()
    return [newer.value, asynchronous.value, old.value]


def test_each_driver_s_errors_name_the_rule(postgresql: psycopg.Connection) -> None:
    assert [violated_rule(error) for error in errors(postgresql, FULL)] == ["cups_few_20260101"] * 3
    assert [violated_rule(error) for error in errors(postgresql, EMPTY)] == ["id_number"] * 3
    for state, text, rule in THROUGH_CITUS:
        found = [violated_rule(error) for error in errors(postgresql, RAISE.format(state, text))]
        assert found == [rule] * 3, text
    assert violated_rule(ValueError('null value in column "x"')) is None
