"""What one process of a test run has on the server, and what its fixtures do with it."""

import secrets
from contextlib import suppress
from functools import cache, partial
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
from messenger_db.testing.server_address import Place, external
from messenger_db.testing.transaction import Shared

if TYPE_CHECKING:
    from faker import Faker

    from messenger_db.testing.factory import Factory

# A run in which all fails must not fill the disk.
MOST_KEPT = 10

# A server may have been built without the old names of time zones, or on a system that has them apart.
TODAYS_NAME = {"Canada/Newfoundland": "America/St_Johns"}

# PostgreSQL's names are cut at 63 bytes: the mark and the number of a test's database take up to 30.
LONGEST_PREFIX = 33


class Run:
    """Templates, databases made ahead and the shared one: all that this process has, on the server that is chosen."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        settings = get_config(request)
        *_, main, self._run = folder.name.split("-")
        self._folder = folder
        # What not every run needs is imported where it is needed: the first test of a warm run waits for all of it.
        chosen = external(request.config, settings)
        self._is_embedded = chosen is None
        self.place: Place = chosen or _embedded(self._folder, int(main), settings)
        self._mark = secrets.token_hex(4)
        self._connection = self._maintain()
        claims.share(self._connection, claims.NAMES, self._run)
        self._prefix = f"{settings.dbname[:LONGEST_PREFIX]}_messenger_{self._mark}"
        self._numbers = count(1)
        self._timezone = self._known(request.config.getini("messenger_timezone"))
        # Copying files takes two checkpoints, which cost little where nothing is flushed to a disk.
        ((is_fsync_on,),) = databases.rows(self._connection, QUERIES["servers.is_fsync_on"])
        self._strategy = "wal_log" if is_fsync_on else "file_copy"
        self._plain = templates.plain(self.place, settings, self._run)
        self._crew = Crew(self._maintain)
        self._crew.do(_drop_leftovers)
        self._pools: dict[bool, Pool] = {}  # by whether the demo people are in them
        self._shared: Shared | None = None
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

    def template(self, *, demo: bool = False) -> str:
        """Return the name of the template with the schema in it, or the demo people too; make it if need be."""
        templates.make(self._connection, self.place, self._plain)
        if not demo:
            return self._plain.name
        template = templates.demo(self.place, self._plain, self._run)
        templates.make(self._connection, self.place, template)
        return template.name

    def _pool(self, *, demo: bool) -> Pool:
        if demo not in self._pools:
            self._pools[demo] = Pool(self._crew, partial(self._clone, self.template(demo=demo)))
        return self._pools[demo]

    def _clone(self, template: str, maintenance: Connection, connected: bool) -> Clone:
        name = f"{self._prefix}_{next(self._numbers)}"
        databases.clone(maintenance, template, name, self._strategy)
        set_timezone = QUERIES["test_databases.set_timezone"].naming(database=sql.Identifier(name))
        databases.execute(maintenance, set_timezone, timezone=self._timezone)
        return Clone(name, self.place.connect(name) if connected else None)

    def take(self, node: pytest.Item | pytest.Session, *, demo: bool, connected: bool) -> OwnDatabase:
        """Return a database for that test alone, with the demo people in it or without; connected if it will be."""
        pool = self._pool(demo=demo)
        database = OwnDatabase(self.place, pool.take(connected=connected), pool)
        node.stash.setdefault(KEEPERS, []).append(partial(self._keep_own, node.nodeid, database))
        return database

    def begin(self, node: pytest.Item | pytest.Session) -> Connection:
        """Begin a test's transaction in the shared database."""
        if self._shared is None:
            pool = self._pool(demo=False)
            self._shared = Shared(OwnDatabase(self.place, pool.take(connected=True), pool))
        node.stash.setdefault(KEEPERS, []).append(partial(self._keep_own, node.nodeid, self._shared.database))
        return self._shared.begin()

    def roll_back(self) -> None:
        """End a test's transaction; where it is over, or kept, the next test gets another database."""
        if self._shared and (self._shared.database.is_kept or not self._shared.roll_back()):
            self._shared.database.leave()
            self._shared = None

    def factory(self, node: pytest.Item, connection: Connection, *, commits: bool) -> "Factory":
        """Return what makes rows for that test."""
        from messenger_db.testing.factory import Factory

        # Neither the worker nor the order of tests is part of it.
        file, _, name = node.location
        faker = _faker()
        faker.seed_instance(f"{file}::{name}")
        return Factory(connection, faker, commits=commits)

    def _keep_own(self, test: str, database: OwnDatabase) -> str:
        if self._kept == MOST_KEPT:
            return f"not kept: {MOST_KEPT} databases are kept already"
        connection = database.clone.connection
        with suppress(psycopg2.Error):
            if connection:
                connection.commit()  # what the test wrote is what one wants to see
        comment = QUERIES["test_databases.comment"].naming(database=sql.Identifier(database.clone.name))
        databases.execute(self._connection, comment, comment=f"kept: {test}")
        self._kept += 1
        database.is_kept = True
        if self._is_embedded:
            (self._folder / KEPT).touch()
        return f"kept: {self.place.shown_url(database.clone.name)}"

    def close(self) -> None:
        """Drop all that this process has made, but for templates that the next run can use.

        Where the server goes too, nothing is dropped beforehand. Raises MessengerError for what cannot be dropped.
        """
        drop = not self._is_embedded or (self._folder / KEPT).exists()
        if self._shared:
            self._shared.database.leave()
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


@cache
def _faker() -> "Faker":
    from faker import Faker

    return Faker("en_US")
