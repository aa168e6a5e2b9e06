"""make db-grant: what an application's or a reporting role may do, and no more."""

from typing import NamedTuple

import psycopg2
from psycopg2 import sql
from psycopg2.errors import UndefinedObject
from psycopg2.extensions import cursor as Cursor  # noqa: N812 (psycopg2 names its classes like functions)

from messenger_db.backend import MessengerBackend
from messenger_db.errors import MessengerError, printable, reason_of
from messenger_db.lock import alone
from messenger_db.migrate import existing
from messenger_db.scratch import build_applied, rolled_back
from messenger_db.sql import statement

READ = ["SELECT"]
WRITE = ["SELECT", "INSERT", "UPDATE", "DELETE"]


class Made(NamedTuple):
    """What the applied migrations make: tables, functions, and those of them that the tables' expressions call."""

    tables: list[str]
    functions: list[str]
    called: list[str]


def grant(role: str, readonly: bool) -> None:
    """Let an existing role read and write rows, or `readonly` read them; take from it, and from PUBLIC, all else.

    Raises MessengerError, with nothing changed, when that cannot be done, or the role could do more all the same.
    """
    if not role:
        raise MessengerError("no role was named: say make db-grant ROLE=messenger_app")
    with existing() as backend, alone(backend.connection, backend.target):
        made = _made(backend)
        try:
            with backend.transaction(), backend.cursor() as cursor:
                _change(cursor, role, made, readonly=readonly)
                _verify(cursor, role, made, readonly=readonly)
        except UndefinedObject:
            raise MessengerError(
                f"there is no role {role} on the server of {backend.target}: CREATE ROLE it first"
            ) from None
        except psycopg2.Error as error:
            raise MessengerError(
                f"nothing was granted in {backend.target}: {reason_of(error)}; "
                "do it as the role that applies the migrations, and see what make db-check says"
            ) from None
        does = "read" if readonly else "read and write"
        rows = f"the rows of {len(made.tables)} tables in {backend.target}"
        print(f"{printable(role)} may {does} {rows}, and nothing else there")


def _made(backend: MessengerBackend) -> Made:
    with rolled_back(backend.connection), backend.cursor() as cursor:
        build_applied(backend)
        cursor.execute(statement("made_tables"))
        tables = [name for (name,) in cursor]
        cursor.execute(statement("made_functions"))
        functions = dict(cursor.fetchall())
    return Made(tables, list(functions), [signature for signature, is_called in functions.items() if is_called])


def _change(cursor: Cursor, role: str, made: Made, *, readonly: bool) -> None:
    cursor.execute(statement("current_schema"))
    [(schema,)] = cursor.fetchall()
    cursor.execute(statement("bookkeeping_tables"))
    bookkeeping = [name for (name,) in cursor]

    def run(name: str, on: sql.Composable) -> None:
        cursor.execute(sql.SQL(statement(name)).format(on=on, role=sql.Identifier(role)))

    run("grant_schema", sql.Identifier(schema))
    for table in (*made.tables, *bookkeeping):
        run("revoke_table", sql.Identifier(table))
    for signature in made.functions:
        run("revoke_function", sql.SQL(signature))  # the server has quoted it
    for table in made.tables:
        run("grant_read" if readonly else "grant_write", sql.Identifier(table))
    for signature in () if readonly else made.called:
        run("grant_function", sql.SQL(signature))


def _verify(cursor: Cursor, role: str, made: Made, *, readonly: bool) -> None:
    """Ask the server what the role may do now: a GRANT that had no effect is a mere warning."""
    asked = {
        "role": role,
        "tables": made.tables,
        "privileges": READ if readonly else WRITE,
        "functions": made.functions,
        "called": [] if readonly else made.called,
    }
    cursor.execute(statement("wrong_privileges"), asked)
    for what, has in cursor:
        if has:
            raise MessengerError(
                f"nothing was changed: {role} would keep {what}, as a superuser, the owner, a member of a role "
                "that has it, or through PUBLIC; take that away, or name another role"
            )
        raise MessengerError(
            f"nothing was granted: {cursor.connection.info.user} cannot give {what} to {role}; "
            "do it as the role that applies the migrations"
        )
