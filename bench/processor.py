"""Processor time of calls: what the server's process of a session used for them, which other work hardly changes.

A layout has two sessions. One chooses whom the next call is about, and leaves it something to do; in the other nothing
but the measured calls runs, so that all its processor time is theirs. Linux counts that in nanoseconds.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench.cases import CONSTANTS, Case, execute
from bench.common import Database
from bench.layouts import Layout, call, checkpoint
from bench.load import Shares, kinds
from messenger_db.hot_paths import names

# The server plans a prepared statement anew five times.
WARM_CALLS = 10
ROUNDS = 4
SECONDS = 0.5  # of each path, layout and round
MIX_SECONDS = 2.5


class Session:
    """The two sessions of a layout, and the processor time of its calls."""

    def __init__(self, layout: Layout, choosing: psycopg.Connection, calling: psycopg.Connection) -> None:
        self.layout = layout
        self.choosing = choosing
        self.calling = calling
        self.calls = 0
        self.nanoseconds = 0
        self.random = random.Random(1)  # noqa: S311 (no secret)

    def call(self, case: Case, row: int) -> None:
        """Choose, and call."""
        known: dict[str, Any] = {"reply_to_id": None, "added_by": None, **CONSTANTS, "size": case.size, "row": row}
        for step in case.before:
            if step in names():
                execute(self.choosing, self.layout.path(step), known)
            else:
                known |= execute(self.choosing, call(step), known)[0]
        paths = [self.layout.path(name) for name in case.timed]
        if len(paths) == 1:
            execute(self.calling, paths[0], known)
            return
        for first in range(0, len(paths), 2):
            with self.calling.transaction():
                for path in paths[first : first + 2]:
                    execute(self.calling, path, known)

    def clear(self) -> None:
        """Forget what was counted."""
        self.calls = self.nanoseconds = 0
        self.random.seed(1)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count what is called inside."""
        before = self._used()
        yield
        self.nanoseconds += self._used() - before

    def _used(self) -> int:
        return int(Path(f"/proc/{self.calling.info.backend_pid}/schedstat").read_text("ascii").split()[0])


@contextmanager
def sessions(database: Database, layouts: Sequence[Layout], **settings: str) -> Iterator[list[Session]]:
    """Open the sessions of the layouts, with these settings."""
    with ExitStack() as stack:

        def connection(layout: Layout) -> psycopg.Connection:
            url = layout.url(database, **settings)
            return stack.enter_context(psycopg.connect(url, autocommit=True, prepare_threshold=0))

        yield [Session(layout, connection(layout), connection(layout)) for layout in layouts]


def microseconds(opened: Sequence[Session], case: Case, rows: int) -> dict[str, float]:
    """Return what a call of a path takes on each layout, some rounds of each in turn."""
    for session in opened:
        session.clear()
        for _ in range(WARM_CALLS):
            session.call(case, session.random.randrange(rows))
    for _ in range(ROUNDS):
        for session in opened:
            with session.counted():
                end = time.monotonic() + SECONDS
                while time.monotonic() < end:
                    session.call(case, session.random.randrange(rows))
                    session.calls += 1
    return {session.layout.name: session.nanoseconds / session.calls / 1000 for session in opened}


def mix_microseconds(
    database: Database, opened: Sequence[Session], shares: Shares, people: int, *, others: bool
) -> dict[str, float]:
    """Return what a send takes on each layout, to groups of all sizes; with others, what is called beside it too."""
    weights: Mapping[Case, int] = {
        Case(f"{name} {size}", (name,), ("send" if size else "member",), size): weight
        for name, size, weight in kinds(shares)
        if size or others
    }
    cases = list(weights)
    for session in opened:
        session.clear()
        for case in cases:
            for _ in range(WARM_CALLS):
                session.call(case, session.random.randrange(people))
    for _ in range(ROUNDS):
        for session in opened:
            with database.connect() as db:
                checkpoint(db)
            with session.counted():
                end = time.monotonic() + MIX_SECONDS
                while time.monotonic() < end:
                    (case,) = session.random.choices(cases, list(weights.values()))
                    session.call(case, session.random.randrange(people))
                    session.calls += 1
    sends = sum(weight for case, weight in weights.items() if case.size) / sum(weights.values())
    return {session.layout.name: session.nanoseconds / (session.calls * sends) / 1000 for session in opened}
