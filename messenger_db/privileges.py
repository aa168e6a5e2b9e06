"""What a role can do, and no more: an application's role what the hot paths do, a reporting one read.

What the application writes is read off the hot paths by PostgreSQL itself: each becomes the body of an SQL procedure in
the scratch schema, and the parse tree that the server keeps of it holds the privileges and columns that the executor
will ask for, table by table. So no list can differ from the statements, no grammar is needed on a server, and locks,
ON CONFLICT and WITH need no rules of ours. The form of that tree is PostgreSQL's own affair: tests run every hot path
on each version, and a tree that could not be read would give the role too little, never too much.
"""

from collections.abc import Sequence
from typing import NamedTuple

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import Json
from yoyo.migrations import Migration

from messenger_db import sharding
from messenger_db.backend import MessengerBackend
from messenger_db.errors import MessengerError, reason_of
from messenger_db.hot_paths import hot_path, names, sharded_names
from messenger_db.queries import identifiers
from messenger_db.scratch_schema import build_all, rolled_back
from messenger_db.secret_columns import SECRET_COLUMNS
from messenger_db.sql import QUERIES

# GRANT and REVOKE take these words for something else than a role of that name.
NOT_A_ROLE = {"public", "none", "current_role", "current_user", "session_user"}


class Right(NamedTuple):
    """A privilege on a table, or on some of its columns; None is the whole table, with what is added to it later."""

    table: str
    privilege: str
    columns: list[str] | None


class Made(NamedTuple):
    """The objects that the applied migrations create, and those that a role is to use."""

    tables: list[str]
    functions: list[str]
    called: list[str]
    rights: list[Right]


def names_a_role(word: str) -> bool:
    """Return whether a word can be the name of a role of one's own."""
    return bool(word) and word.lower() not in NOT_A_ROLE and not word.lower().startswith("pg_")


def grant_privileges(
    backend: MessengerBackend, role: str, applied: Sequence[Migration], *, readonly: bool = False
) -> list[Right]:
    """Let an existing role do what the hot paths do, or `readonly` read; take from it, and from PUBLIC, all else.

    This is about the objects of these migrations. Return what the role can do. Raises MessengerError, with
    nothing changed, when that cannot be done, or the role could do more all the same.
    """
    made = _made(backend, applied, readonly=readonly)
    try:
        with backend.transaction(), backend.cursor() as cursor:
            QUERIES["sharding.session"].execute(cursor)
            QUERIES["privileges.role_exists"].execute(cursor, role=role)
            if not cursor.rowcount:
                raise MessengerError(f"there is no role {role} on the server of {backend.target}: CREATE ROLE it first")
            _change(cursor, role, made)
            _verify(cursor, role, made)
    except psycopg2.Error as error:
        raise MessengerError(
            f"nothing was granted in {backend.target}: {reason_of(error)}; "
            "do it as the role that applies the migrations, and see what make db-check says"
        ) from None
    return made.rights


def _made(backend: MessengerBackend, applied: Sequence[Migration], *, readonly: bool) -> Made:
    with rolled_back(backend.connection), backend.cursor() as cursor:
        build_all(backend, applied)
        QUERIES["privileges.tables"].execute(cursor)
        tables = dict(cursor.fetchall())
        if readonly:
            rights = [Right(table, "SELECT", _not_secret(table, columns)) for table, columns in tables.items()]
        else:
            rights = [Right(table, "SELECT", None) for table in tables] + _written(backend, cursor)
        QUERIES["privileges.functions"].execute(cursor)
        functions = dict(cursor.fetchall())
    called = [] if readonly else [signature for signature, is_called in functions.items() if is_called]
    return Made(list(tables), list(functions), called, rights)


def _not_secret(table: str, columns: list[str]) -> list[str] | None:
    secret = SECRET_COLUMNS.get(table)
    return [column for column in columns if column not in secret] if secret else None


def _written(backend: MessengerBackend, cursor: Cursor) -> list[Right]:
    """Return the rights to write that the hot paths need. Raises MessengerError when one does not fit the schema."""
    is_sharded = sharding.is_sharded(backend.connection)
    for name in sorted({*names(), *(sharded_names() if is_sharded else ())}):
        path = hot_path(name, sharded=is_sharded)
        body = cursor.mogrify(path.for_psycopg, dict.fromkeys(path.parameters)).decode()
        create = QUERIES["privileges.create_hot_path"].naming(
            name=sql.Identifier(f"hot path {name}"), body=sql.SQL(body)
        )
        try:
            create.execute(cursor)
        except psycopg2.Error as error:
            raise MessengerError(
                f"the hot path {name} does not run in {backend.target}: {reason_of(error)}; "
                "is a migration pending (make db-status), or has one of yours changed what it needs?"
            ) from None
    QUERIES["privileges.written_columns"].execute(cursor)
    return [Right(*row) for row in cursor]


def _change(cursor: Cursor, role: str, made: Made) -> None:
    QUERIES["privileges.current_schema"].execute(cursor)
    [(schema,)] = cursor.fetchall()
    QUERIES["migrations.tables"].execute(cursor)
    migration_tables = [name for (name,) in cursor]

    def run(query: str, on: sql.Composable, **words: sql.Composable) -> None:
        QUERIES[query].naming(on=on, role=sql.Identifier(role), **words).execute(cursor)

    run("privileges.grant_schema", sql.Identifier(schema))
    for table in (*made.tables, *migration_tables):
        run("privileges.revoke_table", sql.Identifier(table))
    for signature in made.functions:
        run("privileges.revoke_function", sql.SQL(signature))  # the server has quoted it
    for right in made.rights:
        of_columns = sql.SQL(" ({})").format(identifiers(right.columns)) if right.columns else sql.SQL("")
        named = {"privilege": sql.SQL(right.privilege), "of_columns": of_columns}
        run("privileges.grant_table", sql.Identifier(right.table), **named)
    for signature in made.called:
        run("privileges.grant_function", sql.SQL(signature))


def _verify(cursor: Cursor, role: str, made: Made) -> None:
    """Ask the server what the role can do now: a GRANT that had no effect is a mere warning."""
    rights = Json([right._asdict() for right in made.rights])
    QUERIES["privileges.wrong"].execute(cursor, role=role, rights=rights, functions=made.functions, called=made.called)
    for what, has in cursor:
        if has:
            raise MessengerError(f"nothing was changed: {role} would keep {what}; remove that, or name another role")
        raise MessengerError(
            f"nothing was granted: {cursor.connection.info.user} cannot give {what} to {role}; "
            "do it as the role that applies the migrations"
        )
