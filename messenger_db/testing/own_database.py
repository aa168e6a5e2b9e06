"""A database that one test has for itself."""

from dataclasses import dataclass

from psycopg2.extensions import connection as Connection

from messenger_db.testing.pool import Clone, Pool
from messenger_db.testing.server_address import Place


@dataclass
class OwnDatabase:
    """A test's own database."""

    place: Place
    clone: Clone
    pool: Pool
    is_kept: bool = False

    @property
    def url(self) -> str:
        """Its URL."""
        return self.place.url(self.clone.name)

    @property
    def private_url(self) -> str:
        """Its URL for tests of this package itself: by Unix socket, where the server is the run's own."""
        return self.place.private_url(self.clone.name)

    def connection(self) -> Connection:
        """Return the test's connection to it."""
        if self.clone.connection is None:
            self.clone.connection = self.place.connect(self.clone.name)
        return self.clone.connection

    def leave(self) -> None:
        """Close the connection, and have the database dropped unless it is kept."""
        if self.clone.connection:
            self.clone.connection.close()
        if not self.is_kept:
            self.pool.give_back(self.clone.name)
