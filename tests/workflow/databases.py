"""Databases on the tests' server, which is not the embedded one of any checkout."""

from collections.abc import Iterator
from contextlib import contextmanager
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
