"""Databases made ahead by threads, and dropped by them: tests wait for neither, unless they are very quick."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import psycopg2
from psycopg2.extensions import connection as Connection

from messenger_db.testing import databases

T = TypeVar("T")

# Making and dropping at once keeps two cores busy.
THREADS = 2

# How many are made before a test asks. No more than 3 * AHEAD + 1 exist, those of tests under way included: the threads
# work off making and dropping in one line.
AHEAD = 4


class Crew:
    """Threads that do things to databases, each on a connection of its own, which `connect` opens."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._own = threading.local()
        self._connections: list[Connection] = []
        self._executor = ThreadPoolExecutor(THREADS, thread_name_prefix="messenger-db")

    def do(self, work: Callable[[Connection], T]) -> Future[T]:
        """Have something done; again on a new connection where a test has ended the old one."""

        def attempt() -> T:
            try:
                return work(self._connection())
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                return work(self._connection())

        return self._executor.submit(attempt)

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None or connection.closed:
            connection = self._own.connection = self._connect()
            self._connections.append(connection)
        return connection

    def close(self) -> None:
        """Finish what is begun, and end the sessions."""
        self._executor.shutdown()
        for connection in self._connections:
            connection.close()


@dataclass
class Clone:
    """A database for one test, with a connection to it if it is known that one is wanted.

    `state` is what tells whether somebody has changed it, None where that is not asked.
    """

    name: str
    connection: Connection | None
    state: object = None


class Pool:
    """Databases that `make` makes, on a maintenance connection and with a connection for the test or without.

    `renew` does so with one that has been used, which is dropped where there is no such function.
    """

    def __init__(
        self,
        crew: Crew,
        make: Callable[[Connection, bool], Clone],
        renew: Callable[[Connection, Clone, bool], Clone] | None = None,
    ) -> None:
        self._crew = crew
        self._make = make
        self._renew = renew
        self._ready: deque[Future[Clone]] = deque()
        self._renewing: dict[Future[Clone], Clone] = {}
        self._ahead = 0
        # What is worth renewing is large.
        self._most_ahead = 1 if renew else AHEAD
        self._connected = False
        self._given_back: list[Clone] = []
        self._dropping: deque[Future[None]] = deque()

    def take(self, *, connected: bool) -> Clone:
        """Return a database that no test has seen, waiting for it if need be.

        Raises MessengerError or psycopg2.Error where none could be made.
        """
        self._connected = connected
        # A short run has made few in vain.
        self._ahead = min(self._ahead + 1, self._most_ahead)
        while len(self._ready) <= self._ahead:
            self._ready.append(self._crew.do(lambda maintenance: self._make(maintenance, self._connected)))
        ready = self._ready.popleft()
        self._renewing.pop(ready, None)
        return ready.result()

    def give_back(self, clone: Clone) -> None:
        """Have a database dropped or renewed.

        Not at once: its sessions are still on their way out. When the next one is given back, they are gone.
        """
        waiting, self._given_back = self._given_back, [clone]
        for earlier in waiting:
            if self._renew:
                renewed = self._crew.do(partial(self._renewed, self._renew, earlier))
                self._renewing[renewed] = earlier
                self._ready.append(renewed)
            else:
                self._drop(earlier.name)

    def _renewed(
        self, renew: Callable[[Connection, Clone, bool], Clone], used: Clone, maintenance: Connection
    ) -> Clone:
        return renew(maintenance, used, self._connected)

    def close(self, *, drop: bool) -> None:
        """Stop making databases, and drop all there are. Raises what dropping one raised."""
        left = self._given_back
        for future in self._ready:
            if future.cancel():
                left += [self._renewing[future]] if future in self._renewing else []
            elif future.exception() is None:
                left.append(future.result())
        self._ready.clear()
        for clone in left:
            if clone.connection:
                clone.connection.close()
        if drop:
            for clone in left:
                self._drop(clone.name)
        for dropped in self._dropping:
            dropped.result()

    def _drop(self, name: str) -> None:
        self._dropping.append(self._crew.do(lambda maintenance: databases.drop(maintenance, name)))
