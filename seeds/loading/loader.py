"""Loads generated chats in one transaction: rows by COPY, receipts and unread rows derived by the server.

The batches are made in the calling thread while another one talks to the server, so that both cores work.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from queue import Empty, Full, Queue
from typing import NamedTuple

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 (psycopg2 names its classes like functions)
from psycopg2.extensions import cursor as Cursor  # noqa: N812 (as above)

from messenger_db.errors import MessengerError, reason_of

from ..sql import statement
from .constraints import identifiers, put_on, take_off

# A table comes after those it refers to; the last two are derived.
TABLES = (
    "users",
    "contacts",
    "chats",
    "chat_participants",
    "user_sessions",
    "messages",
    "attachments",
    "message_reactions",
    "message_delivery",
    "unread_messages",
)
STAGING = ("talk_sessions", "attention")

# Instead of rows: all that the receipts of the messages so far are derived from has come.
RECEIPTS_DUE: tuple[str, Sequence[str]] = ("message_delivery", ())

LOCK_TIMEOUT = "10s"

# Bytes that are collected before they are sent, with a COPY for each table: each leaves some pages empty.
ROUND_SIZE = 8_000_000
ROUNDS_WAITING = 2
# Messages whose receipts are derived at a time, at least.
RECEIPTS_EVERY = 50_000

WAIT_SECONDS = 0.1


class _Round(NamedTuple):
    """Lines by table, in UTF-8, and whether receipts are due after them."""

    texts: dict[str, list[bytes]]
    are_receipts_due: bool


class _Ended(Exception):  # noqa: N818 (it is no error)
    """The caller wants no more."""


def load(
    connection: Connection,
    batches: Iterable[tuple[str, Sequence[str]]],
    *,
    now: datetime,
    progress: Callable[[int], object] = lambda _: None,
    stage: Callable[[str], object] = lambda _: None,
) -> dict[str, int]:
    """Load the batches in the transaction of the connection, which the caller commits; return the rows of each table.

    A batch is a table and its lines in COPY's text format, all columns in the table's order; the staging tables are
    among the tables. A row comes after those it refers to. RECEIPTS_DUE may come between batches, whenever the messages
    so far have their sessions and attention: then their receipts are derived while more is made. Receipts are those of
    the moment `now`; a message from before the first session of its chat has none.

    When all tables are empty and ours, keys and indexes are off meanwhile, under locks that keep everybody else out of
    the tables until the transaction ends; they have statistics then, too. Otherwise the keys stay on, and nobody waits.

    `progress` is told how many messages are in, `stage` what is done next; both are called by another thread. Raises
    MessengerError when the server refuses a row, a table is in use, or the connection is lost; what the batches raise
    is passed on. After either the transaction is of no use: roll it back.
    """
    rounds: Queue[_Round | None] = Queue(ROUNDS_WAITING)
    ended = threading.Event()
    with ThreadPoolExecutor(1, "loader") as pool:
        server = pool.submit(_Loader(connection, now, progress, stage).run, _queued(rounds, ended))
        try:
            for round_ in _rounds(batches):
                if not _put(rounds, round_, server):
                    break
            _put(rounds, None, server)
            return server.result()
        except BaseException:
            _end(connection, rounds, ended, server)
            raise


def _rounds(batches: Iterable[tuple[str, Sequence[str]]]) -> Iterator[_Round]:
    texts: dict[str, list[bytes]] = defaultdict(list)
    size = messages = 0
    for table, lines in batches:
        if table == RECEIPTS_DUE[0]:
            if messages >= RECEIPTS_EVERY:
                yield _Round(texts, are_receipts_due=True)
                texts, size, messages = defaultdict(list), 0, 0
            continue
        text = "".join(lines).encode()
        texts[table].append(text)
        size += len(text)
        if table == "messages":
            messages += len(lines)
        if size >= ROUND_SIZE:
            yield _Round(texts, are_receipts_due=False)
            texts, size = defaultdict(list), 0
    yield _Round(texts, are_receipts_due=True)


def _put(rounds: Queue[_Round | None], round_: _Round | None, server: Future[dict[str, int]]) -> bool:
    """Hand over a round; say whether it will be taken."""
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
    """End the other thread, whatever it waits for."""
    ended.set()
    while not server.done():
        with suppress(Empty):
            while True:
                rounds.get_nowait()
        rounds.put(None)
        with suppress(psycopg2.Error):
            connection.cancel()
        wait([server], timeout=WAIT_SECONDS)


class _Loader:
    """The side that talks to the server."""

    def __init__(
        self,
        connection: Connection,
        now: datetime,
        progress: Callable[[int], object],
        stage: Callable[[str], object],
    ) -> None:
        self.connection = connection
        self.now = now
        self.progress = progress
        self.stage = stage
        self.loaded: Counter[str] = Counter()
        self.last_message = "(0,0)"

    def run(self, rounds: Iterable[_Round]) -> dict[str, int]:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(statement("settings"), {"lock_timeout": LOCK_TIMEOUT})
                self.load(cursor, rounds)
        except psycopg2.Error as error:
            raise MessengerError(f"nothing was loaded: {self._explained(error)}") from None
        return {table: self.loaded[table] for table in TABLES}

    def load(self, cursor: Cursor, rounds: Iterable[_Round]) -> None:
        cursor.execute(statement("make_staging"))
        keys = take_off(cursor, TABLES)
        self.stage("rows")
        for texts, are_receipts_due in rounds:
            for table in (*TABLES, *STAGING):
                if table in texts:
                    self.copy(cursor, table, texts[table], frozen=keys is not None and table in TABLES)
            if are_receipts_due and keys is not None:
                self.derive_receipts(cursor)
        self.stage("receipts")
        if keys is None:
            self.derive_receipts(cursor)
        cursor.execute(statement("unread"))
        self.loaded["unread_messages"] = cursor.rowcount
        cursor.execute(statement("drop_staging"))
        if keys is not None:
            self.stage("keys and indexes")
            put_on(cursor, [key for key in keys if not key.is_foreign])
            # Before the foreign keys, whose checks are planned by it.
            cursor.execute(sql.SQL(statement("analyze")).format(tables=identifiers(TABLES)))
            self.stage("foreign keys")
            put_on(cursor, [key for key in keys if key.is_foreign])

    def copy(self, cursor: Cursor, table: str, texts: Sequence[bytes], *, frozen: bool) -> None:
        lines = b"".join(texts)
        copy = sql.SQL(statement("copy")).format(table=sql.Identifier(table), frozen=sql.Literal(frozen))
        # In one piece: between two the other thread would have to let go of the interpreter.
        cursor.copy_expert(copy, BytesIO(lines), max(len(lines), 1))
        self.loaded[table] += cursor.rowcount
        if table == "messages":
            self.progress(self.loaded[table])

    def derive_receipts(self, cursor: Cursor) -> None:
        cursor.execute(statement("analyze_staging"))
        last = {"last": self.last_message}
        cursor.execute(statement("receipts"), {"now": self.now, **last})
        self.loaded["message_delivery"] += cursor.rowcount
        cursor.execute(statement("last_message"), last)
        (self.last_message,) = cursor.fetchone() or ()

    def _explained(self, error: psycopg2.Error) -> str:
        if isinstance(error, psycopg2.errors.LockNotAvailable):
            return f"{self._holder()}; end it, or wait for it, and try again"
        # Of a row that breaks a CHECK the detail is the whole row.
        has_short_detail = isinstance(error, psycopg2.errors.UniqueViolation | psycopg2.errors.ForeignKeyViolation)
        detail = error.diag.message_detail if has_short_detail else None
        return f"{reason_of(error)} ({detail.rstrip('.')})" if detail else reason_of(error)

    def _holder(self) -> str:
        with suppress(psycopg2.Error):
            self.connection.rollback()
            with self.connection.cursor() as cursor:
                cursor.execute(statement("holder"), {"tables": list(TABLES)})
                if row := cursor.fetchone():
                    return str(row[0])
        return "another session uses the tables"
