"""Databases on the tests' server, which is not the embedded one of any checkout."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from uuid import uuid4

import psycopg
from psycopg import sql
from pytest_postgresql.executors import NoopExecutor


@dataclass(frozen=True)
class Database:
    """A database, by what a URL says of it."""

    server: NoopExecutor
    name: str

    def url(self, *, user: str | None = None, scheme: str = "postgresql", **settings: str) -> str:
        """Return its URL, for that user, with settings such as schema behind the question mark."""
        server = self.server
        settings = {"host": server.host, "port": str(server.port), **settings}
        if server.password:
            settings["password"] = server.password
        return f"{scheme}://{user or server.user}@/{quote(self.name)}?{urlencode(settings, quote_via=quote)}"

    def connect(self) -> psycopg.Connection:
        """Open a connection in autocommit mode."""
        return psycopg.connect(self.url(), autocommit=True)

    def maintenance(self) -> psycopg.Connection:
        """Open a connection to the server's own database, in autocommit mode."""
        return Database(self.server, "postgres").connect()

    def execute(self, statement: str) -> None:
        """Execute one statement."""
        with self.connect() as db:
            db.execute(statement.encode())

    def contents(self) -> dict[str, list[str]]:
        """Return all rows of all tables, as text."""
        return contents(self.url())

    def tables(self) -> set[str]:
        """Return the names of all tables."""
        return set(self.contents())

    def state(self) -> tuple[object, ...] | None:
        """Return what differs between a new database and one in which something is left."""
        with self.connect() as db:
            return db.execute(STATE).fetchone()

    def empty(self) -> None:
        """Drop all schemas but PostgreSQL's own, end all other sessions, reset all settings; public is made anew."""
        with self.maintenance() as db:
            db.execute(sql.SQL("ALTER DATABASE {} RESET ALL").format(sql.Identifier(self.name)))
        with self.connect() as db:
            db.execute(END_SESSIONS)
            for (schema,) in db.execute(SCHEMAS).fetchall():
                db.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
            db.execute(PUBLIC)

    def exists(self) -> bool:
        """Say whether the server has it."""
        with self.maintenance() as db:
            return db.execute("SELECT FROM pg_database WHERE datname = %s", [self.name]).rowcount == 1

    def drop(self) -> None:
        """Drop it if it exists, whoever is connected."""
        with self.maintenance() as db:
            db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))


TABLES = """
    SELECT nspname, relname
    FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind = 'r'
        AND nspname NOT IN ('pg_catalog', 'information_schema')
"""

END_SESSIONS = """
    SELECT pg_terminate_backend(pid, 10000)
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""

SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"

# As initdb makes it.
PUBLIC = """
    CREATE SCHEMA public AUTHORIZATION pg_database_owner;
    GRANT USAGE ON SCHEMA public TO PUBLIC;
"""

# Nearly every object depends on one that is no part of PostgreSQL's own catalog, on public for one.
STATE = """
    SELECT
        (SELECT count(*) FROM pg_depend),
        (SELECT count(*) FROM pg_shdepend WHERE dbid = pg_database.oid),
        (SELECT count(*) FROM pg_cast),
        (SELECT count(*) FROM pg_default_acl),
        (SELECT count(*) FROM pg_largeobject_metadata),
        (SELECT count(*) FROM pg_publication),
        (SELECT (nspowner, nspacl)::text FROM pg_namespace WHERE nspname = 'public'),
        (SELECT array_agg(setconfig::text) FROM pg_db_role_setting WHERE setdatabase = pg_database.oid),
        datacl::text
    FROM pg_database
    WHERE datname = current_database()
"""


def contents(url: str) -> dict[str, list[str]]:
    """Return all rows of all tables of a database, as text."""
    with psycopg.connect(url) as db:
        tables = db.execute(TABLES).fetchall()
        return {
            table if schema == "public" else f"{schema}.{table}": _rows(db, schema, table) for schema, table in tables
        }


def _rows(db: psycopg.Connection, schema: str, table: str) -> list[str]:
    query = sql.SQL("SELECT t::text FROM {} AS t ORDER BY 1").format(sql.Identifier(schema, table))
    return [row[0] for row in db.execute(query).fetchall()]


@contextmanager
def new_database(server: NoopExecutor, template: str = "template1") -> Iterator[Database]:
    """Make a database like the template; when done with, drop it, whoever is connected."""
    with missing_database(server) as database:
        with database.maintenance() as db:
            create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            db.execute(create.format(sql.Identifier(database.name), sql.Identifier(template)))
        yield database


@contextmanager
def reused_databases(server: NoopExecutor) -> Iterator[Callable[[], AbstractContextManager[Database]]]:
    """Hand out empty databases one after another, the same again where a test has left one that can be emptied.

    Making and dropping one takes fifteen times as long.
    """
    with ExitStack() as ends:
        kept: list[tuple[Database, object]] = []

        @contextmanager
        def reused_database() -> Iterator[Database]:
            if not kept:
                database = ends.enter_context(new_database(server))
                kept.append((database, database.state()))
            database, state = kept.pop()
            yield database
            database.empty()
            if database.state() == state:
                kept.append((database, state))

        yield reused_database


@contextmanager
def missing_database(server: NoopExecutor) -> Iterator[Database]:
    """Name a database that is not there; when done with, drop what has that name."""
    database = Database(server, f"database_{uuid4().hex[:12]}")
    try:
        yield database
    finally:
        database.drop()


@contextmanager
def new_role(server: NoopExecutor) -> Iterator[str]:
    """Make a role that may log in and do nothing else; when done with, drop it."""
    role = f"role_{uuid4().hex[:12]}"
    with Database(server, "postgres").connect() as db:
        db.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        yield role
        db.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
