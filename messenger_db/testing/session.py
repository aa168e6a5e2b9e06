"""What one process of a test run has on the server, and what its fixtures do with it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
import pytest
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from pytest_postgresql.config import PostgreSQLConfig, get_config

from messenger_db.errors import MessengerError
from messenger_db.sql import QUERIES
from messenger_db.testing import claims, databases, templates
from messenger_db.testing.keep_failed import KEEPERS, KEPT
from messenger_db.testing.own_database import OwnDatabase
from messenger_db.testing.pool import Clone, Crew, Pool
from messenger_db.testing.renewal import Renewal
from messenger_db.testing.server_address import Place, external
from messenger_db.testing.templates import NO_ROWS, Content, Project
from messenger_db.testing.transaction import Shared

if TYPE_CHECKING:
    from messenger_db.testing.factory import Factory

# A run in which all fails must not fill the disk.
MOST_KEPT = 10

# A server may have been built without the old names of time zones, or on a system that has them apart.
TODAYS_NAME = {"Canada/Newfoundland": "America/St_Johns"}

# PostgreSQL's names are cut at 63 bytes: the mark and the number of a test's database take up to 30.
LONGEST_PREFIX = 33


class Run:
    """Templates, databases made ahead and the shared one: all that this process has, on the server that is chosen."""

    def __init__(self, session: pytest.Session, folder: Path) -> None:
        config = session.config
        settings = get_config(session)  # type: ignore[arg-type] # all that it asks of a request is the config
        *_, main, self._run = folder.name.split("-")
        self._folder = folder
        # What not every run needs is imported where it is needed: the first test of a warm run waits for all of it.
        chosen = external(config, settings)
        self._is_embedded = chosen is None
        self.place: Place = chosen or _embedded(self._folder, int(main), settings)
        self._mark = secrets.token_hex(4)
        self._connection = self._maintain()
        claims.share(self._connection, claims.NAMES, self._run)
        self._prefix = f"{settings.dbname[:LONGEST_PREFIX]}_messenger_{self._mark}"
        self._numbers = count(1)
        self._timezone = self._known(config.getini("messenger_timezone"))
        # Copying files takes two checkpoints, which cost little where nothing is flushed to a disk.
        ((is_fsync_on,),) = databases.rows(self._connection, QUERIES["servers.is_fsync_on"])
        self._strategy = "wal_log" if is_fsync_on else "file_copy"
        project = Project(tuple(config.getini("messenger_sources")), config.getini("messenger_role"))
        self.role = project.role
        self._plain = templates.plain(self.place, settings, self._run, project)
        self._crew = Crew(self._maintain)
        self._crew.do(_drop_leftovers)
        self._pools: dict[Content, Pool] = {}
        self._shared: dict[Content, Shared] = {}
        self._kept = 0

    def _maintain(self) -> Connection:
        connection = self.place.maintain()
        claims.share(connection, claims.NAMES, self._mark)
        return connection

    def _known(self, timezone: str) -> str:
        """Return the time zone by a name that the server knows."""
        for name in (timezone, TODAYS_NAME.get(timezone, timezone)):
            with suppress(psycopg2.errors.InvalidParameterValue):
                databases.rows(self._connection, QUERIES["sessions.set_timezone"], timezone=name)
                return name
        raise MessengerError(f"no test database: the server knows no time zone {timezone} (messenger_timezone)")

    def template(self, content: Content = NO_ROWS) -> str:
        """Return the name of the template with the schema and such rows in it; make it if need be."""
        templates.make(self._connection, self.place, self._plain)
        if content.messages:
            template = templates.world(self.place, self._plain, content.messages)
        elif content.demo:
            template = templates.demo(self.place, self._plain, self._run)
        else:
            return self._plain.name
        templates.make(self._connection, self.place, template)
        return template.name

    def prepare(self, content: Content) -> None:
        """Make what a test with such rows will take a while for, the first time."""
        self._pool(content)

    def _pool(self, content: Content) -> Pool:
        if content not in self._pools:
            copy = partial(self._clone, self.template(content))
            if content.messages:
                renewal = Renewal(self.place, self.role, copy)
                self._pools[content] = Pool(self._crew, renewal.make, renewal.renew)
            else:
                self._pools[content] = Pool(self._crew, copy)
        return self._pools[content]

    def _clone(self, template: str, maintenance: Connection, connected: bool) -> Clone:
        name = f"{self._prefix}_{next(self._numbers)}"
        databases.clone(maintenance, template, name, self._strategy)
        set_timezone = QUERIES["test_databases.set_timezone"].naming(database=sql.Identifier(name))
        databases.execute(maintenance, set_timezone, timezone=self._timezone)
        return Clone(name, self.place.connect(name, self.role) if connected else None)

    @contextmanager
    def take(self, node: pytest.Item | pytest.Session, content: Content, *, connected: bool) -> Iterator[OwnDatabase]:
        """Yield a database for that test, or for several, with such rows in it; connected if it will be."""
        database = self._take(content, connected=connected)
        try:
            with self._kept_if_failed(node, database):
                yield database
        finally:
            database.leave()

    @contextmanager
    def transaction(self, node: pytest.Item, content: Content) -> Iterator[Connection]:
        """Yield a test's transaction in the shared database with such rows in it.

        Where it is over at the end, or the database is kept, the next test gets another database.
        """
        if content not in self._shared:
            self._shared[content] = Shared(self._take(content, connected=True))
        shared = self._shared[content]
        with self._kept_if_failed(node, shared.database):
            yield shared.begin()
        if shared.database.is_kept or not shared.roll_back():
            del self._shared[content]
            shared.database.leave()

    def _take(self, content: Content, *, connected: bool) -> OwnDatabase:
        pool = self._pool(content)
        return OwnDatabase(self.place, pool.take(connected=connected), pool, self.role)

    @contextmanager
    def _kept_if_failed(self, node: pytest.Item | pytest.Session, database: OwnDatabase) -> Iterator[None]:
        """Let --messenger-keep-failed keep a database: of a session, those that are there when a test fails."""
        keepers = node.stash.setdefault(KEEPERS, [])
        keep = partial(self._keep_own, database)
        keepers.append(keep)
        try:
            yield
        finally:
            keepers.remove(keep)

    def factory(self, node: pytest.Item, connection: Connection, *, commits: bool) -> "Factory":
        """Return what makes rows for that test."""
        from messenger_db.testing.factory import Factory
        from messenger_db.testing.row_plans import seeded

        return Factory(connection, seeded(seed_of(node)), commits=commits, role=self.role)

    def _keep_own(self, database: OwnDatabase, test: str) -> str:
        if not database.is_kept and self._kept == MOST_KEPT:
            return f"not kept: {MOST_KEPT} databases are kept already"
        connection = database.clone.connection
        with suppress(psycopg2.Error):
            if connection:
                connection.commit()  # what the test wrote is what one wants to see
        comment = QUERIES["test_databases.comment"].naming(database=sql.Identifier(database.clone.name))
        databases.execute(self._connection, comment, comment=f"kept: {test}")
        self._kept += not database.is_kept
        database.is_kept = True
        if self._is_embedded:
            (self._folder / KEPT).touch()
        return f"kept: {self.place.shown_url(database.clone.name)}"

    def close(self) -> None:
        """Drop all that this process has made, but for templates that the next run can use.

        Where the server goes too, nothing is dropped beforehand. Raises MessengerError for what cannot be dropped.
        """
        drop = not self._is_embedded or (self._folder / KEPT).exists()
        for shared in self._shared.values():
            shared.database.leave()
        try:
            for pool in self._pools.values():
                pool.close(drop=drop)
        except psycopg2.Error as error:
            raise MessengerError(f"a test database is left on the server: {str(error).strip()}") from None
        finally:
            self._crew.close()
            if drop:
                claims.unshare(self._connection, claims.NAMES, self._run)
                _drop_leftovers(self._connection)
            self._connection.close()


def _drop_leftovers(connection: Connection) -> None:
    """Drop what processes that are gone have left."""
    for name, is_template in databases.rows(connection, QUERIES["test_databases.leftovers"], what=claims.NAMES):
        # Another process may be about to drop it, too.
        with suppress(psycopg2.Error):
            if is_template:
                templates.drop(connection, str(name))
            else:
                databases.drop(connection, str(name))


def _embedded(folder: Path, main: int, settings: PostgreSQLConfig) -> Place:
    from messenger_db.testing import session_server

    return session_server.place(folder, main, settings)


def seed_of(node: pytest.Item) -> str:
    """Return what the made-up values of a test depend on: neither the worker nor the order of tests."""
    file, _, name = node.location
    return f"{file}::{name}"
