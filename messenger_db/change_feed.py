"""Read the change feed of make db-feed: each committed transaction, in the order of the commits, at least once.

    with ChangeFeed(url, slot="websockets") as feed:
        for transaction in feed:
            deliver(transaction.changes)
            feed.confirm(transaction.lsn)

What is not confirmed comes again in the next run. The module needs psycopg2 alone, so it can be copied.
"""

import json
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta
from select import select
from typing import Any, NamedTuple

import psycopg2
from psycopg2.extensions import quote_ident
from psycopg2.extras import LogicalReplicationConnection

FEEDBACK_SECONDS, LAST_WITHOUT_FAILOVER = 10, 16
# Values are the text that PostgreSQL writes, in these forms, but for those that JSON has a type for.
FORMS = "-c datestyle=ISO -c intervalstyle=iso_8601 -c timezone=UTC -c bytea_output=hex -c extra_float_digits=1"
VALUES: dict[int, Callable[[str], Any]] = {16: lambda text: text == "t"}
VALUES |= dict.fromkeys((20, 21, 23), int) | dict.fromkeys((114, 3802), json.loads)

# With a wal_sender_timeout, the server asks for an answer in the middle of a transaction, when psycopg2 can confirm the
# ones before it; and it ends a reader that takes its time. TCP finds one that is gone instead.
PATIENCE = "-c wal_sender_timeout=0 -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"

KINDS = {b"I": "insert", b"U": "update", b"D": "delete"}
POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
UNCHANGED = object()


class Change(NamedTuple):
    """A row that was inserted, updated or deleted, or a table that was truncated.

    `row` has the columns that are published: after an update without large values that stayed the same, of a deleted
    row the key alone. `old` is the key as it was before an update that changed it.
    """

    kind: str  # insert, update, delete or truncate
    table: str
    row: dict[str, Any]
    old: dict[str, Any]


class Transaction(NamedTuple):
    """A transaction. `lsn` confirms it and all before it, and grows from each to the next."""

    lsn: int
    committed_at: datetime
    changes: list[Change]


class ChangeFeed(AbstractContextManager["ChangeFeed"]):
    """The feed from where its slot stands; a slot that is missing is created, and begins now.

    Raises psycopg2.Error, also while it is read: when the server ends, the role lacks REPLICATION, or the slot is lost.
    """

    def __init__(self, url: str, slot: str, publication: str = "messenger_feed") -> None:
        _create_slot(url, slot)
        self._connection = psycopg2.connect(url, LogicalReplicationConnection, options=f"{FORMS} {PATIENCE}")
        self._cursor: Any = self._connection.cursor()
        self._relations: dict[int, tuple[str, list[tuple[str, bool, int]]]] = {}
        options = {"proto_version": "1", "publication_names": quote_ident(publication, self._cursor)}
        self._cursor.start_replication(slot_name=slot, options=options, status_interval=FEEDBACK_SECONDS)

    def __exit__(self, *_: object) -> None:
        """Leave the slot to the next reader."""
        self._connection.close()

    def confirm(self, lsn: int) -> None:
        """Let the server forget all transactions up to that one: they are stored elsewhere now."""
        self._cursor.send_feedback(flush_lsn=lsn, force=True)

    def __iter__(self) -> Iterator[Transaction]:
        """Yield the transactions that are not confirmed, then each new one when it has committed."""
        changes: list[Change] = []
        while True:
            while (message := self._cursor.read_message()) is None:
                if not select([self._cursor], [], [], FEEDBACK_SECONDS)[0]:
                    self._cursor.send_feedback(force=True)
            kind, body = message.payload[:1], _Body(message.payload[1:])
            if kind == b"R":
                self._relate(body)
            elif kind in KINDS:
                changes.append(self._change(KINDS[kind], body))
            elif kind == b"T":
                count, _ = body.numbers("IB")
                changes += [Change("truncate", self._relations[id_][0], {}, {}) for id_ in body.numbers(f"{count}I")]
            elif kind == b"C":
                _, _, end, microseconds = body.numbers("BQQQ")
                yield Transaction(end, POSTGRES_EPOCH + timedelta(microseconds=microseconds), changes)
                changes = []

    def _relate(self, body: "_Body") -> None:
        [relation], _, name, [_, count] = body.numbers("I"), body.text(), body.text(), body.numbers("BH")
        self._relations[relation] = name, []
        for _ in range(count):
            [flags], column, [type_, _] = body.numbers("B"), body.text(), body.numbers("II")
            self._relations[relation][1].append((column, flags == 1, type_))

    def _change(self, kind: str, body: "_Body") -> Change:
        name, columns = self._relations[body.numbers("I")[0]]
        new, old = dict[str, Any](), dict[str, Any]()
        while form := body.take(1):  # N: the new row; O and K: the old one, or its key
            row = old if form != b"N" else new
            for column, is_key, type_ in columns[: body.numbers("H")[0]]:
                value = body.value(type_)
                if value is not UNCHANGED and (row is new or is_key):
                    row[column] = value
        return Change(kind, name, new or old, old if new else {})


class _Body:
    """What follows the first byte of a message of pgoutput, in version 1 of its protocol."""

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def take(self, count: int) -> bytes:
        self._place += count
        return self._data[self._place - count : self._place]

    def numbers(self, form: str) -> tuple[int, ...]:
        return struct.unpack(f"!{form}", self.take(struct.calcsize(f"!{form}")))

    def text(self) -> str:
        return self.take(self._data.index(b"\0", self._place) + 1 - self._place)[:-1].decode()

    def value(self, type_: int) -> Any:
        form = self.take(1)
        if form != b"t":
            return UNCHANGED if form == b"u" else None
        return VALUES.get(type_, str)(self.take(*self.numbers("I")).decode())


def _create_slot(url: str, slot: str) -> None:
    """Create the slot if it is missing, from PostgreSQL 17 on one that a standby can go on with."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_replication_slots WHERE slot_name = %s", [slot])
        if not cursor.rowcount:
            failover = ", false, false, true" if connection.server_version // 10_000 > LAST_WITHOUT_FAILOVER else ""
            cursor.execute(f"SELECT pg_create_logical_replication_slot(%s, 'pgoutput'{failover})", [slot])
