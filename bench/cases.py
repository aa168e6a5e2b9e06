"""What is measured: each hot path as a script of pgbench's, and one call of it at a time for its pages and its WAL."""

from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import dict_row

from bench.layouts import Layout, call
from bench.pgbench import Script, Transaction
from messenger_db.hot_paths import HotPath, names
from messenger_db.sql import QUERIES

SIZES = (2, 10, 50, 300)

# What is the same in every call. A variable that is not set is NULL: reply_to_id and added_by.
CONSTANTS: dict[str, object] = {
    "content": "See you at seven, and bring the tickets please",
    "content_type": "text",
    "metadata": "{}",
    "status": "online",
    "emoji": "🎈",
    "max_messages": 100,
    "up_to_id": "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "before_is_pinned": "true",
    "before_message_id": "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "before_chat_id": "ffffffff-ffff-ffff-ffff-ffffffffffff",
}

# Paths with a plain twin are what an application does all day. The others come seldom, or are a twin of one of these.

SAMPLES = 20


@dataclass(frozen=True)
class Case:
    """A call that is measured, and what is done before it off the clock.

    `before` has queries of calls/, which choose whom the next one is about, and hot paths, which leave the call
    something to do. Of several `timed` paths each pair is one transaction.
    """

    name: str
    timed: tuple[str, ...]
    before: tuple[str, ...] = ("member",)
    size: int = 0

    def script(self, layout: Layout) -> Script:
        """Return a script whose transactions are by turns what is not timed (the first, the third) and what is."""
        return Script(
            "\n".join(
                [
                    "\\if :is_prepared",
                    "\\set is_prepared 0",
                    timed_text(layout, self.timed),
                    "\\else",
                    "\\set is_prepared 1",
                    "\\set row random(0, :rows - 1)",
                    "BEGIN;",  # one commit for all that is not timed
                    *(prepared_text(layout, step) for step in self.before),
                    "COMMIT;",
                    "\\endif",
                    "",
                ]
            )
        )


def timed_text(layout: Layout, timed: tuple[str, ...]) -> str:
    """Return the text of a path, or of pairs of them, each a transaction."""
    texts = [layout.path(name).sql for name in timed]
    if len(texts) == 1:
        return texts[0]
    return "\n".join(f"BEGIN;\n{first}\n{second}\nCOMMIT;" for first, second in zip(*[iter(texts)] * 2, strict=True))


def prepared_text(layout: Layout, step: str) -> str:
    """Return the text of a hot path, or of a choice with its columns as variables."""
    return layout.path(step).sql if step in names() else f"{call(step).sql.rstrip()} \\gset"


CASES = [
    *(Case(f"send_message to {size}", ("send_message",), ("send",), size) for size in SIZES),
    Case("mark_read, 3 unread", ("mark_read",), ("to_member", "send_message") * 3 + ("member",)),
    Case("deliver_pending, 3 pending", ("deliver_pending",), ("to_member", "send_message") * 3 + ("member",)),
    Case("history_before", ("history_before",)),
    Case("history_after", ("history_after",)),
    Case("chat_list", ("chat_list",)),
    Case("unread_total", ("unread_total",)),
    Case("unread_count", ("unread_count",)),
    Case("read_receipts", ("read_receipts",)),
    Case("reactions", ("reactions",)),
    Case("search", ("search",), ("words",)),
    Case("add_reaction", ("add_reaction",), ("own", "remove_reaction")),
    Case("remove_reaction", ("remove_reaction",), ("own", "add_reaction")),
    Case("edit_message", ("edit_message",), ("own",)),
    Case("delete_message", ("delete_message",), ("by_member", "send_message")),
    Case("leave and join again", ("leave_chat", "clear_unread", "lock_group", "join_chat"), ("send",), 10),
    Case("session_by_token", ("session_by_token",)),
    Case("heartbeat", ("heartbeat",)),
]


def timed_of(transactions: list[Transaction]) -> list[Transaction]:
    """Return the transactions of Case.script that are timed."""
    return [transaction for transaction in transactions if transaction.number % 2 == 0]


class Cost(NamedTuple):
    """What a call touches and writes: pages of tables and indexes, and bytes of WAL without full-page images."""

    pages: float
    wal: float


def cost(db: psycopg.Connection, layout: Layout, case: Case, rows: int) -> Cost:
    """Return the medians of some calls, each in a transaction of its own, in a session of the layout."""
    sample = [_one(db, layout, case, number * rows // SAMPLES) for number in range(SAMPLES)]
    return Cost(median(one.pages for one in sample), median(one.wal for one in sample))


PAGES = QUERIES["rehearsal.pages"].text.encode()


def _one(db: psycopg.Connection, layout: Layout, case: Case, row: int) -> Cost:
    known: dict[str, Any] = {"reply_to_id": None, "added_by": None, **CONSTANTS, "size": case.size, "row": row}
    for step in case.before:
        if step in names():
            execute(db, layout.path(step), known)
        else:
            known |= execute(db, call(step), known)[0]
    start = _number(db, b"SELECT pg_current_wal_insert_lsn() - '0/0'")
    pages = 0.0
    # The pages are counted by transaction.
    paths = [layout.path(name) for name in case.timed]
    for first in range(0, len(paths), 2):
        with db.transaction():
            before = _number(db, PAGES)
            for path in paths[first : first + 2]:
                execute(db, path, known)
            pages += _number(db, PAGES) - before
    return Cost(pages, _number(db, b"SELECT pg_current_wal_insert_lsn() - '0/0'") - start)


def execute(db: psycopg.Connection, path: HotPath, known: dict[str, Any]) -> list[dict[str, Any]]:
    """Run a statement with what is known, and return its rows by column."""
    with db.cursor(row_factory=dict_row) as cursor:
        cursor.execute(path.for_psycopg.encode(), {name: known[name] for name in path.parameters})
        return cursor.fetchall() if cursor.description else []


def _number(db: psycopg.Connection, query: bytes) -> float:
    row = db.execute(query).fetchone()
    if row is None:
        raise ValueError("no row")
    return float(row[0])
