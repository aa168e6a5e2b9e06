"""The database that tests with messenger_tx share, one after the other, and the transaction that each gets in it."""

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from messenger_db.sql import QUERIES
from messenger_db.testing import databases
from messenger_db.testing.own_database import OwnDatabase


class Shared:
    """A database and the one connection to it."""

    def __init__(self, database: OwnDatabase) -> None:
        self.database = database
        self.connection = database.connection
        self._encoding = self.connection.encoding
        self._sequences = self._clean()

    def begin(self) -> Connection:
        """Begin a transaction."""
        with self.connection.cursor() as cursor:
            QUERIES["test_databases.begin"].execute(cursor)
        return self.connection

    def roll_back(self) -> bool:
        """Undo all that a test has done; say whether that succeeded.

        It does not where the test ended the transaction, closed the connection, or took a number from a sequence: then
        the database is not as it was.
        """
        try:
            with self.connection.cursor() as cursor:
                QUERIES["test_databases.undo"].execute(cursor)
            self.connection.rollback()
            return self._clean() == self._sequences and self.connection.encoding == self._encoding
        except psycopg2.Error:
            return False

    def _clean(self) -> list[tuple[object, ...]]:
        """Bring the session and the connection into the state of new ones; return where the sequences are."""
        connection = self.connection
        connection.set_session(isolation_level="default", readonly="default", deferrable="default", autocommit=True)
        with connection.cursor() as cursor:
            QUERIES["sessions.discard_all"].execute(cursor)
        sequences = databases.rows(connection, QUERIES["test_databases.sequences"])
        if role := self.database.role:
            databases.execute(connection, QUERIES["sessions.set_role"].naming(role=sql.Identifier(role)))
        connection.autocommit = False
        connection.cursor_factory = None  # type: ignore[assignment] # it is what new ones have
        connection.notices.clear()
        connection.string_types.clear()
        connection.binary_types.clear()
        return sequences
