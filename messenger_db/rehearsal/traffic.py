"""Sessions that use the tables while a migration runs, and how long each of their statements took.

One thread serves them all: what is measured is how long the server lets a session wait, and many threads would wait for
each other.
"""

import select
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, NamedTuple, Self

import psycopg2
from psycopg2.errors import DeadlockDetected
from psycopg2.extensions import POLL_OK, POLL_READ
from psycopg2.extensions import connection as Connection

from messenger_db.errors import reason_of

# Longer than any statement should take that nobody holds up, at the end.
PATIENCE_SECONDS = 60.0
IDLE_SECONDS = 0.05


class Call(NamedTuple):
    """A statement that a session runs next: of what kind, on which table or hot path."""

    kind: str
    name: str
    sql: str


class Took(NamedTuple):
    """A statement that ended: when it began by the monotonic clock, its seconds, and the server's reason if refused."""

    kind: str
    name: str
    began: float
    seconds: float
    error: str | None

    @property
    def ended(self) -> float:
        """When it ended."""
        return self.began + self.seconds


@dataclass
class Session:
    """One that runs a statement every so many seconds, or later while the server lets it wait.

    `prepare` is what it runs first; `is_over` says whether it ends at the first error.
    """

    period: float
    next_call: Callable[[Any], Call]
    prepare: str = ""
    is_over_at_error: bool = False
    connection: Connection = field(init=False)
    call: Call | None = field(init=False, default=None)
    began: float = field(init=False, default=0.0)
    due: float = field(init=False, default=0.0)

    def open(self, url: str) -> None:
        """Connect, and prepare the session."""
        self.connection = psycopg2.connect(url, async_=True)
        _wait(self.connection)
        self.cursor = self.connection.cursor()
        if self.prepare:
            self.cursor.execute(self.prepare)
            _wait(self.connection)

    def start(self, now: float) -> None:
        """Send the next statement."""
        self.call = self.next_call(self.cursor)
        self.began = now
        self.cursor.execute(self.call.sql)

    def poll(self) -> Took | None:
        """Return the statement that was sent if it has ended."""
        error = None
        try:
            if self.connection.poll() != POLL_OK:
                return None
        except DeadlockDetected:
            pass  # an application tries again: what counts is how long it took
        except psycopg2.Error as refused:
            error = reason_of(refused)
        now = time.monotonic()
        call, self.call = self.call, None
        self.due = max(self.began + self.period, now)
        if error and (self.is_over_at_error or self.connection.closed):
            self.due = float("inf")
        return Took(call.kind, call.name, self.began, now - self.began, error) if call else None


class Traffic:
    """Runs sessions from `with` on until its end; `took` then has all of their statements that ended."""

    def __init__(self, url: str, sessions: Sequence[Session]) -> None:
        """Take the sessions, which are not open yet."""
        self.took: list[Took] = []
        self._url = url
        self._sessions = sessions
        self._ended = threading.Event()
        self._pool = ThreadPoolExecutor(1, "traffic")

    def __enter__(self) -> Self:
        """Open the sessions, one after the other, and let them begin spread over their periods."""
        for session in self._sessions:
            session.open(self._url)
        now = time.monotonic()
        for number, session in enumerate(self._sessions):
            session.due = now + session.period * number / len(self._sessions)
        self._served = self._pool.submit(self._serve)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Begin no more statements, wait for those that run, and close the sessions.

        Raises what has ended the thread before: nobody was there to be let wait.
        """
        self._ended.set()
        self._pool.shutdown()
        for session in self._sessions:
            with suppress(psycopg2.Error):
                session.connection.close()
        self._served.result()

    def _serve(self) -> None:
        deadline = float("inf")
        while True:
            now = time.monotonic()
            if self._ended.is_set():
                deadline = min(deadline, now + PATIENCE_SECONDS)
            else:
                for session in self._sessions:
                    if not session.call and session.due <= now:
                        session.start(now)
            busy = [session for session in self._sessions if session.call]
            if self._ended.is_set() and (not busy or now > deadline):
                return
            due = min((session.due for session in self._sessions if not session.call), default=now + IDLE_SECONDS)
            timeout = IDLE_SECONDS if self._ended.is_set() else min(max(due - now, 0.0), IDLE_SECONDS)
            ready, _, _ = select.select([session.connection for session in busy], [], [], timeout)
            answered = {id(connection) for connection in ready}
            self.took += [took for session in busy if id(session.connection) in answered and (took := session.poll())]


def _wait(connection: Connection) -> None:
    while (state := connection.poll()) != POLL_OK:
        reading = [connection] if state == POLL_READ else []
        select.select(reading, [] if reading else [connection], [])
