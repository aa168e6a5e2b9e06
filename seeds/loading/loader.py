"""Loads generated chats in one transaction: rows by COPY, receipts and unread rows derived by the server.

The batches are made in the calling thread while a worker thread talks to the server, so that two cores are used.
"""

import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from datetime import datetime
from io import BytesIO
from queue import Empty, Full, Queue
from types import TracebackType
from typing import NamedTuple

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from messenger_db.errors import MessengerError, reason_of
from messenger_db.queries import identifiers

from ..sql import QUERIES
from ..tables import COPIED, RECEIPTS_DUE, STAGING, TABLES, Batch
from .constraints import create_constraints, drop_constraints

LOCK_TIMEOUT = "10s"

# Bytes that are collected before they are sent by one COPY per table: each COPY leaves some pages empty.
ROUND_SIZE = 4_000_000
ROUNDS_WAITING = 2
# Messages whose receipts are derived at once, at least.
RECEIPTS_EVERY = 50_000

WAIT_SECONDS = 0.1


class _Round(NamedTuple):
    """Lines by table, in UTF-8, and whether receipts are due after them."""

    texts: dict[str, list[bytes]]
    are_receipts_due: bool


class _Ended(Exception):  # noqa: N818 (it is not an error)
    """The caller has given up."""


class Hooks(NamedTuple):
    """What the worker thread calls while it loads."""

    # Can insert rows that others refer to. Where constraints and indexes are dropped, the tables have none then.
    before_rows: Callable[[Cursor], object] = lambda _: None
    # The number of messages loaded.
    progress: Callable[[int], object] = lambda _: None
    # The name of the next step.
    stage: Callable[[str], object] = lambda _: None


NO_HOOKS = Hooks()


def load(
    connection: Connection,
    batches: Iterable[Batch],
    *,
    now: datetime,
    hooks: Hooks = NO_HOOKS,
) -> dict[str, int]:
    """Load the batches in the transaction of the connection, which the caller commits; return the rows of each table.

    The connection is one of Target.connect: its session has the settings that the lines are written for.

    A batch is a table, which can be a staging table, and lines in COPY's text format with the columns of tables.py. A
    row comes after those it refers to. RECEIPTS_DUE can come between batches whenever the messages so far have their
    conversations and attention: their receipts are then derived while more batches are made. Receipts are those of the
    moment `now`; a message from before the first conversation of its chat has none.

    Where the role owns the tables and all are empty, constraints and indexes are dropped and created again, under locks
    that keep everybody else out of the tables until the transaction ends; the tables are analyzed, too. Otherwise they
    stay, and nobody waits.

    Raises MessengerError when the server refuses a row, a table is in use, or the connection is lost; what the
    batches raise is passed on. The transaction has to be rolled back after either.
    """
    rounds: Queue[_Round | None] = Queue(ROUNDS_WAITING)
    ended = threading.Event()
    with ThreadPoolExecutor(1, "loader") as pool:
        server = pool.submit(_Loader(connection, now, hooks).run, _queued(rounds, ended))
        try:
            for round_ in _rounds(batches):
                if not _put(rounds, round_, server):
                    break
            _put(rounds, None, server)
            return server.result()
        except BaseException:
            _end(connection, rounds, ended, server)
            raise


def _rounds(batches: Iterable[Batch]) -> Iterator[_Round]:
    texts: dict[str, list[bytes]] = defaultdict(list)
    size = messages = 0
    for table, text in batches:
        if table == RECEIPTS_DUE[0]:
            if messages >= RECEIPTS_EVERY:
                yield _Round(texts, are_receipts_due=True)
                texts, size, messages = defaultdict(list), 0, 0
            continue
        texts[table].append(text)
        size += len(text)
        if table == "messages":
            messages += text.count(b"\n")
        if size >= ROUND_SIZE:
            yield _Round(texts, are_receipts_due=False)
            texts, size = defaultdict(list), 0
    yield _Round(texts, are_receipts_due=True)


def _put(rounds: Queue[_Round | None], round_: _Round | None, server: Future[dict[str, int]]) -> bool:
    """Hand over a round; return whether the worker still takes rounds."""
    while not server.done():
        with suppress(Full):
            rounds.put(round_, timeout=WAIT_SECONDS)
            return True
    return False


def _queued(rounds: Queue[_Round | None], ended: threading.Event) -> Iterator[_Round]:
    while (round_ := rounds.get()) is not None:
        yield round_
    if ended.is_set():
        raise _Ended


def _end(
    connection: Connection, rounds: Queue[_Round | None], ended: threading.Event, server: Future[dict[str, int]]
) -> None:
    """End the worker thread, whatever it waits for."""
    ended.set()
    while not server.done():
        with suppress(Empty):
            while True:
                rounds.get_nowait()
        rounds.put(None)
        with suppress(psycopg2.Error):
            connection.cancel()
        wait([server], timeout=WAIT_SECONDS)


@contextmanager
def _last_error_raised() -> Iterator[None]:
    """Raise what the server says when it ends a session during COPY; psycopg2 prints it, by way of sys.excepthook."""
    printed: list[psycopg2.Error] = []

    def keep(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if isinstance(error, SystemError) and isinstance(error.__cause__, psycopg2.Error):
            printed.append(error.__cause__)
        else:
            excepthook(kind, error, traceback)

    excepthook, sys.excepthook = sys.excepthook, keep
    try:
        yield
    except psycopg2.Error as error:
        raise (printed[0] if printed else error) from None
    finally:
        sys.excepthook = excepthook


class _Loader:
    """The worker's side, which talks to the server."""

    def __init__(
        self,
        connection: Connection,
        now: datetime,
        hooks: Hooks,
    ) -> None:
        self.connection = connection
        self.now = now
        self.hooks = hooks
        self.loaded: Counter[str] = Counter()
        self.last_message = "(0,0)"

    def run(self, rounds: Iterable[_Round]) -> dict[str, int]:
        try:
            with self.connection.cursor() as cursor:
                QUERIES["loading.settings"].execute(cursor, lock_timeout=LOCK_TIMEOUT)
                self.load(cursor, rounds)
        except psycopg2.Error as error:
            raise MessengerError(f"nothing was loaded: {self._explained(error)}") from None
        return {table: self.loaded[table] for table in TABLES}

    def load(self, cursor: Cursor, rounds: Iterable[_Round]) -> None:
        QUERIES["loading.create_staging"].execute(cursor)
        dropped = drop_constraints(cursor, TABLES)
        self.hooks.before_rows(cursor)
        self.hooks.stage("rows")
        for texts, are_receipts_due in rounds:
            for table, columns in COPIED.items():
                if table in texts:
                    self.copy(cursor, table, columns, texts[table], frozen=dropped is not None)
            for table, columns in STAGING.items():
                if table in texts:
                    self.copy(cursor, table, columns, texts[table], frozen=False)
            if are_receipts_due and dropped is not None:
                self.derive_receipts(cursor)
        self.hooks.stage("receipts")
        if dropped is None:
            self.derive_receipts(cursor)
        QUERIES["loading.derive_unread"].execute(cursor)
        self.loaded["unread_messages"] = cursor.rowcount
        QUERIES["loading.drop_staging"].execute(cursor)
        if dropped is not None:
            self.hooks.stage("keys and indexes")
            create_constraints(cursor, [one for one in dropped if not one.is_foreign_key])
            # Before the foreign keys, whose checks are planned by the statistics.
            QUERIES["loading.analyze"].naming(tables=identifiers(TABLES)).execute(cursor)
            self.hooks.stage("foreign keys")
            create_constraints(cursor, [one for one in dropped if one.is_foreign_key])

    def copy(self, cursor: Cursor, table: str, columns: Sequence[str], texts: Sequence[bytes], *, frozen: bool) -> None:
        lines = b"".join(texts)
        copy = QUERIES["loading.copy"].naming(
            table=sql.Identifier(table), columns=identifiers(columns), frozen=sql.Literal(frozen)
        )
        with _last_error_raised():
            # In one piece: between two pieces the other thread would have to release the interpreter.
            cursor.copy_expert(copy.statement(cursor), BytesIO(lines), max(len(lines), 1))
        self.loaded[table] += cursor.rowcount
        if table == "messages":
            self.hooks.progress(self.loaded[table])

    def derive_receipts(self, cursor: Cursor) -> None:
        QUERIES["loading.analyze_staging"].execute(cursor)
        QUERIES["loading.derive_receipts"].execute(cursor, now=self.now, last=self.last_message)
        self.loaded["message_delivery"] += cursor.rowcount
        QUERIES["loading.last_message"].execute(cursor, last=self.last_message)
        (self.last_message,) = cursor.fetchone() or ()

    def _explained(self, error: psycopg2.Error) -> str:
        if isinstance(error, psycopg2.errors.LockNotAvailable):
            return f"{self._lock_holder()}: end that session, or wait for it, and try again"
        if isinstance(error, psycopg2.errors.DiskFull):
            return f"the server's disk is full: {reason_of(error)} (make room there, or ask for fewer MESSAGES)"
        if isinstance(error, psycopg2.errors.UndefinedColumn | psycopg2.errors.NotNullViolation):
            return f"{reason_of(error)} (seeds/tables.py has the columns that are loaded)"
        # Of a row that violates a CHECK the detail is the whole row.
        has_short_detail = isinstance(error, psycopg2.errors.UniqueViolation | psycopg2.errors.ForeignKeyViolation)
        detail = error.diag.message_detail if has_short_detail else None
        return f"{reason_of(error)} ({detail.rstrip('.')})" if detail else reason_of(error)

    def _lock_holder(self) -> str:
        with suppress(psycopg2.Error):
            self.connection.rollback()
            with self.connection.cursor() as cursor:
                QUERIES["loading.lock_holder"].execute(cursor, tables=list(TABLES))
                if row := cursor.fetchone():
                    return str(row[0])
        return "another session uses the tables"
