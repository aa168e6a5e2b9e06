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
from bench.layouts import Layout, call
from bench.load import Shares, kinds
from messenger_db.hot_paths import names

# The server plans a prepared statement anew five times.
WARM_CALLS = 10
SECONDS = 5  # of each path
MIX_SECONDS = 30


class Session:
    """The two sessions of a layout, and the processor time of its calls."""

    def __init__(self, layout: Layout, choosing: psycopg.Connection, calling: psycopg.Connection) -> None:
        self.layout = layout
        self.choosing = choosing
        self.calling = calling

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

    def nanoseconds(self) -> int:
        """Return what the measured calls have used so far."""
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
    """Return what a call of a path takes on each layout."""
    return _used(opened, {case: 1}, rows, SECONDS)


def mix_microseconds(opened: Sequence[Session], shares: Shares, people: int, *, others: bool) -> dict[str, float]:
    """Return what a send takes on each layout, to groups of all sizes; with others, what is called with it too."""
    weights = {
        Case(f"{name} {size}", (name,), ("send" if size else "member",), size): weight
        for name, size, weight in kinds(shares)
        if size or others
    }
    sends = sum(weight for case, weight in weights.items() if case.size) / sum(weights.values())
    return {name: used / sends for name, used in _used(opened, weights, people, MIX_SECONDS).items()}


def _used(opened: Sequence[Session], weights: Mapping[Case, int], rows: int, seconds: float) -> dict[str, float]:
    """Return the microseconds of a call. Each call is made on all layouts, in a random order, for the same row."""
    draw = random.Random(1)
    cases = list(weights)
    for case in cases:
        for _ in range(WARM_CALLS):
            row = draw.randrange(rows)
            for session in opened:
                session.call(case, row)
    before = [session.nanoseconds() for session in opened]
    calls = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        (case,) = draw.choices(cases, list(weights.values()))
        row = draw.randrange(rows)
        for session in draw.sample(opened, len(opened)):
            session.call(case, row)
        calls += 1
    return {
        session.layout.name: (session.nanoseconds() - began) / calls / 1000
        for session, began in zip(opened, before, strict=True)
    }
