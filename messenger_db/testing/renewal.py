"""Databases that are large: one that a test has only read is given to another test, as copying takes longer."""

from collections.abc import Callable
from contextlib import closing

from psycopg2.extensions import connection as Connection

from messenger_db.sql import QUERIES
from messenger_db.testing import databases
from messenger_db.testing.pool import Clone
from messenger_db.testing.server_address import Place


class Renewal:
    """Copies of one template, which `copy` makes."""

    def __init__(self, place: Place, role: str, copy: Callable[[Connection, bool], Clone]) -> None:
        self._place = place
        self._role = role
        self._copy = copy
        self._sequences: list[tuple[object, ...]] | None = None  # the same in each copy

    def make(self, maintenance: Connection, connected: bool) -> Clone:
        """Make a database, with a connection for a test or without."""
        clone = self._copy(maintenance, connected)
        clone.state = self._state(maintenance, clone.name)
        if self._sequences is None:
            self._sequences = self._sequences_in(clone.name)
        return clone

    def renew(self, maintenance: Connection, used: Clone, connected: bool) -> Clone:
        """Return a used database if it is as it was; else drop it, and make another."""
        is_left = databases.await_no_session(maintenance, used.name, databases.LEAVE_SECONDS)
        if (
            is_left
            and self._state(maintenance, used.name) == used.state
            and self._are_sequences_as_they_were(used.name)
        ):
            connection = self._place.connect(used.name, self._role) if connected else None
            return Clone(used.name, connection, used.state)
        databases.drop(maintenance, used.name)
        return self.make(maintenance, connected)

    def _state(self, maintenance: Connection, name: str) -> list[tuple[object, ...]]:
        return databases.rows(maintenance, QUERIES["test_databases.changes"], database=name)

    def _are_sequences_as_they_were(self, name: str) -> bool:
        """Look where the sequences are, if there are any: taking a number from one writes no row."""
        return not self._sequences or self._sequences_in(name) == self._sequences

    def _sequences_in(self, name: str) -> list[tuple[object, ...]]:
        with closing(self._place.connect(name)) as inside:
            return databases.rows(inside, QUERIES["test_databases.sequences"])
