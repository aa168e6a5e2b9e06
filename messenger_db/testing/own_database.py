"""A database that one test has for itself, or several in turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from psycopg import AsyncConnection
from psycopg2.extensions import connection as Connection

from messenger_db.testing.pool import Clone, Pool
from messenger_db.testing.server_address import Place

if TYPE_CHECKING:
    from messenger_db.testing.factory import Factory


@dataclass
class OwnDatabase:
    """A database: what messenger_db_factory yields."""

    place: Place
    clone: Clone
    pool: Pool
    role: str
    is_kept: bool = False

    @property
    def url(self) -> str:
        """Its URL, for an application."""
        return self.place.url(self.clone.name, self.role)

    @property
    def private_url(self) -> str:
        """Its URL for tests of this package itself: by Unix socket, where the server is the run's own."""
        return self.place.private_url(self.clone.name)

    @property
    def connection(self) -> Connection:
        """The one psycopg2 connection to it, for tests."""
        if self.clone.connection is None:
            self.clone.connection = self.place.connect(self.clone.name, self.role)
        return self.clone.connection

    @cached_property
    def factory(self) -> "Factory":
        """Makes rows in it, with the same values in each database; they are committed at once."""
        from messenger_db.testing.factory import Factory
        from messenger_db.testing.row_plans import seeded

        return Factory(self.connection, seeded(""), commits=True, role=self.role)

    @contextmanager
    def async_connection(self) -> Iterator[AsyncConnection]:
        """Yield a connection for whichever event loop uses it. Raises psycopg.OperationalError."""
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        # In a loop of its own, in another thread: nothing is known of the test's, which is not there yet. psycopg asks
        # for the running loop each time that it waits.
        with ThreadPoolExecutor(1) as thread:
            conninfo = self.place.conninfo(self.clone.name, self.role)
            connection = thread.submit(lambda: asyncio.run(AsyncConnection.connect(conninfo))).result()
        yield connection
        # Its own close() has to be awaited, and the test's loop is closed.
        connection.pgconn.finish()

    def leave(self) -> None:
        """Close the connection, and have the database dropped unless it is kept."""
        if self.clone.connection:
            self.clone.connection.close()
        if not self.is_kept:
            self.pool.give_back(self.clone)
