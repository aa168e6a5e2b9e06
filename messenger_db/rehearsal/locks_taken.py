"""The locks that a statement takes on tables that others use, by PostgreSQL's own list of them."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import NamedTuple, TypeAlias

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from messenger_db.connection import Target
from messenger_db.sql import QUERIES

POLL_SECONDS = 0.005

# PostgreSQL's lock modes that a reader of a table has to wait for, and those that a writer has to.
BLOCKS_READERS = ("ACCESS EXCLUSIVE",)
BLOCKS_WRITERS = ("SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE")

# Weakest first.
MODES = ("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", *BLOCKS_WRITERS)

# The oid of a relation, and a mode as in the documentation.
HeldMode: TypeAlias = tuple[int, str]


class Relation(NamedTuple):
    """A table or an index, with its table, the file that holds it, its bytes, and its rows by estimate."""

    name: str
    table: str
    is_index: bool
    file: int | None
    bytes: int
    rows: int


class Lock(NamedTuple):
    """A lock on a table that others may use, or on one of its indexes, which sessions that plan a query lock too."""

    table: str
    index_name: str | None
    mode: str


def held_locks(cursor: Cursor, pid: int) -> set[HeldMode]:
    """Return the locks that the server process of that number holds now, but for those of mere readers."""
    QUERIES["rehearsal.locks"].execute(cursor, pid=pid)
    return {(relation, _words(mode)) for relation, mode in cursor}


@contextmanager
def watched_locks(target: Target, pid: int) -> Iterator[set[HeldMode]]:
    """Yield a set that gets the locks which a process holds meanwhile, looked for by a second session."""
    seen: set[HeldMode] = set()
    ended = threading.Event()
    with closing(target.connect()) as second:
        watcher = threading.Thread(target=_watch, args=(second, pid, ended, seen), daemon=True)
        watcher.start()
        try:
            yield seen
        finally:
            ended.set()
            watcher.join()


def new_locks(known: Mapping[int, Relation], new: set[HeldMode], held: set[HeldMode]) -> list[Lock]:
    """Return the strongest lock of each known table, and of each index where it counts, unless it was held before."""
    strongest: dict[int, int] = {}
    for oid, mode in (*held, *new):
        strongest[oid] = max(MODES.index(mode), strongest.get(oid, 0))
    found = {(known[oid], mode) for oid, mode in new if oid in known and MODES.index(mode) == strongest[oid]}
    shut = {relation.table for relation, mode in found if not relation.is_index and mode in BLOCKS_READERS}
    return [
        Lock(relation.table, relation.name if relation.is_index else None, mode)
        for relation, mode in sorted(found, key=lambda one: one[0][:2])
        # Who writes to a table locks its indexes, too: only what readers wait for is news.
        if not relation.is_index or (mode in BLOCKS_READERS and relation.table not in shut)
    ]


def _watch(connection: Connection, pid: int, ended: threading.Event, seen: set[HeldMode]) -> None:
    # A lost server is the statement's to tell.
    with suppress(psycopg2.Error), connection.cursor() as cursor:
        while not ended.wait(POLL_SECONDS):
            seen.update(held_locks(cursor, pid))


def _words(mode: str) -> str:
    """Return the name of a lock mode as in PostgreSQL's documentation."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", mode.removesuffix("Lock")).upper()
