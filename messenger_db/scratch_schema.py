"""What migrations create, tried in a schema that nobody else sees: its transaction is rolled back."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg2
from psycopg2 import sql
from psycopg2.errors import InsufficientPrivilege
from psycopg2.extensions import connection as Connection
from yoyo.migrations import Migration, MigrationList

from messenger_db.backend import MessengerBackend
from messenger_db.concurrently import without_concurrently
from messenger_db.errors import MessengerError, details_of, reason_of
from messenger_db.history import refuse_absent
from messenger_db.migration_statements import statements_of
from messenger_db.session_settings import reset_settings
from messenger_db.sharding import is_sharded, make_form
from messenger_db.sql import QUERIES


@contextmanager
def rolled_back(connection: Connection) -> Iterator[None]:
    """Keep nothing of what the connection does meanwhile, and let it see one state of the database throughout."""
    connection.set_session(isolation_level="REPEATABLE READ", autocommit=False)
    try:
        yield
    finally:
        if not connection.closed:
            connection.rollback()
            connection.set_session(isolation_level="DEFAULT", autocommit=True)


def enter(connection: Connection) -> str:
    """Make an empty schema and go there, until the transaction is rolled back; return its name.

    Raises MessengerError when the role cannot create one.
    """
    schema = f"scratch_{uuid4().hex}"
    with connection.cursor() as cursor:
        try:
            QUERIES["catalog.create_scratch_schema"].naming(schema=sql.Identifier(schema)).execute(cursor)
        except InsufficientPrivilege:
            database, role = connection.info.dbname, connection.info.user
            raise MessengerError(
                f"{role} cannot create a schema to try the migrations in, which is rolled back again: "
                f"GRANT CREATE ON DATABASE {database} TO {role}, or use a role that can"
            ) from None
        except psycopg2.Error as error:
            raise MessengerError(
                f"no schema could be created to try the migrations in: {reason_of(error)}; a standby allows none",
                *details_of(error),
            ) from None
    return schema


def applied_migrations(backend: MessengerBackend, known: MigrationList) -> list[Migration]:
    """Return what is applied to the backend's schema, oldest first.

    Raises MessengerError when that is nothing, or not known.
    """
    applied = list(reversed(backend.to_rollback(known)))
    refuse_absent(backend.absent, backend.target)
    if not applied:
        raise MessengerError(
            f"no migration is applied to {backend.target}: make db-up; or make db-adopt, if it has the schema already"
        )
    return applied


def build_all(backend: MessengerBackend, applied: Iterable[Migration]) -> None:
    """Make an empty schema and run these migrations there; with the form for shards, if the backend's schema has that.

    Raises MessengerError when that fails.
    """
    has_form = is_sharded(backend.connection)
    schema = enter(backend.connection)
    for migration in applied:
        build(backend.connection, migration, schema)
    if has_form:
        make_form(backend.connection)


def build(connection: Connection, migration: Migration, schema: str) -> None:
    """Run the forward file of a migration in that schema, in the one transaction there is; keep no setting of it.

    Raises MessengerError when that fails.
    """
    try:
        with connection.cursor() as cursor:
            for found in statements_of(Path(migration.path)):
                with found.located():
                    cursor.execute(without_concurrently(found.text))
        reset_settings(connection, schema)
    except psycopg2.Error as error:
        raise MessengerError(
            f"{migration.id} does not run in an empty schema: {reason_of(error)}; "
            "has it changed since, or does it need rows, or other schemas?",
            *details_of(error),
        ) from None
