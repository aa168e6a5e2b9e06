"""The effects of each statement of a file, by the catalog and PostgreSQL's counters, while nobody else works."""

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from messenger_db.connection import Target
from messenger_db.migration_statements import NOT_YET_SQL, Statement
from messenger_db.rehearsal.locks_taken import HeldMode, Lock, Relation, held_locks, new_locks, watched_locks
from messenger_db.sql import QUERIES

LONGEST_HEAD = 90

REWRITES, INDEXES, READS, WRITES = "rewrites", "indexes", "reads", "writes"

# So many rows, or half of a table that is not a handful, are work that grows with the table.
MANY_ROWS, HANDFUL = 1_000, 100


class Written(NamedTuple):
    """Rows that a statement wrote in a table that was there before."""

    table: str
    inserted: int
    updated: int
    deleted: int


class Read(NamedTuple):
    """Rows that a statement read by scanning a table that was there before."""

    table: str
    rows: int


class Work(NamedTuple):
    """One of the kinds of work above, and the table."""

    kind: str
    table: str


@dataclass(frozen=True)
class Effects:
    """What a statement did: `seconds` alone, its locks that were not held before, tables with a new file, and so on.

    `seconds` is None where it was not run alone, and `work` is what takes the longer the larger a table is.
    Tables that the migration has created are left out: nobody uses them.
    """

    line: int
    head: str
    seconds: float | None
    locks: list[Lock]
    rewritten: list[str]
    emptied: list[str]
    indexed: list[str]
    read: list[Read]
    written: list[Written]
    work: list[Work]
    wal_bytes: int


@dataclass(frozen=True)
class _State:
    relations: dict[int, Relation]
    rows: dict[int, tuple[int, ...]]
    locks: set[HeldMode]
    wal: int


@dataclass
class Observer:
    """Runs statements in a session, and says what each did.

    `in_transaction` says whether one transaction has begun for all of them, which holds the locks to its end.
    """

    connection: Connection
    target: Target
    in_transaction: bool
    known: dict[int, Relation] = field(init=False)

    def __post_init__(self) -> None:
        """Note the tables that others may use."""
        with self.connection.cursor() as cursor:
            self.known = _relations(cursor)

    def run(self, statements: Sequence[Statement]) -> Iterator[Effects]:
        """Run them one by one. Raises psycopg2.Error, with its place in the file as a note, when one is refused."""
        with self.connection.cursor() as cursor:
            for statement in statements:
                before = self._state(cursor)
                with self._watched() as seen, statement.located():
                    began = time.monotonic()
                    cursor.execute(statement.text)
                    seconds = time.monotonic() - began
                yield self._effects(statement, seconds, before, self._state(cursor, seen))

    def _state(self, cursor: Cursor, seen: set[HeldMode] | None = None) -> _State:
        if not self.in_transaction:
            QUERIES["rehearsal.flush_statistics"].execute(cursor)
        rows = "rows_of_transaction" if self.in_transaction else "rows_so_far"
        QUERIES[f"rehearsal.{rows}"].execute(cursor)
        counted = {row[0]: row[1:] for row in cursor}
        locks = held_locks(cursor, self.connection.info.backend_pid) | (seen or set())
        QUERIES["rehearsal.wal"].execute(cursor)
        [(wal,)] = cursor.fetchall()
        return _State(_relations(cursor), counted, locks, wal)

    def _watched(self) -> AbstractContextManager[set[HeldMode]]:
        """Watch the locks of a statement that ends its transactions, and so releases them, itself."""
        if self.in_transaction:
            return nullcontext(set())
        return watched_locks(self.target, self.connection.info.backend_pid)

    def _effects(self, statement: Statement, seconds: float, before: _State, after: _State) -> Effects:
        changed = {oid for oid, relation in self.known.items() if _file(after, oid) != _file(before, oid)}
        replaced = {
            oid
            for oid in changed
            if not self.known[oid].is_index and oid in after.relations and oid in before.relations
        }
        emptied = {oid for oid in replaced if not after.relations[oid].bytes and before.relations[oid].bytes}
        rewritten = {self.known[oid].table for oid in replaced - emptied}
        tables = {relation.table for relation in self.known.values()}
        built = {
            relation.table
            for oid, relation in after.relations.items()
            if relation.is_index and relation.file not in {known.file for known in before.relations.values()}
        }
        names = {oid: relation.name for oid, relation in self.known.items() if not relation.is_index}
        differences = {
            oid: tuple(now - then for now, then in zip(counts, before.rows.get(oid, (0,) * len(counts)), strict=True))
            for oid, counts in after.rows.items()
            if oid in names
        }
        read = [Read(names[oid], counts[0]) for oid, counts in differences.items() if counts[0]]
        written = [Written(names[oid], *counts[1:]) for oid, counts in differences.items() if any(counts[1:])]
        indexed = (built & tables) - rewritten - {self.known[oid].table for oid in emptied}
        # An index that is gone is dropped with its table locked, or was taken out of use before: CONCURRENTLY.
        users_wait_for = {
            oid: relation for oid, relation in self.known.items() if not relation.is_index or oid in after.relations
        }
        return Effects(
            line=line_of(statement),
            head=head_of(statement),
            seconds=seconds,
            locks=new_locks(users_wait_for, after.locks - before.locks, before.locks),
            rewritten=sorted(rewritten),
            emptied=sorted(self.known[oid].table for oid in emptied),
            indexed=sorted(indexed),
            read=sorted(read),
            written=sorted(written),
            work=list(self._work(rewritten, indexed, read, written)),
            wal_bytes=after.wal - before.wal,
        )

    def _work(self, rewritten: set[str], indexed: set[str], read: list[Read], written: list[Written]) -> Iterator[Work]:
        yield from (Work(REWRITES, table) for table in sorted(rewritten))
        yield from (Work(INDEXES, table) for table in sorted(indexed))
        rows = {relation.name: relation.rows for relation in self.known.values()}
        many = {table: min(MANY_ROWS, max(HANDFUL, number / 2)) for table, number in rows.items()}
        changed = sorted(each.table for each in written if each.updated + each.deleted >= many[each.table])
        yield from (Work(WRITES, table) for table in changed)
        # Whoever does one of these reads the table, too.
        done = {*rewritten, *indexed, *changed}
        scanned = sorted(each.table for each in read if each.rows >= many[each.table])
        yield from (Work(READS, table) for table in scanned if table not in done)


def _relations(cursor: Cursor) -> dict[int, Relation]:
    QUERIES["rehearsal.relations"].execute(cursor)
    return {row[0]: Relation(*row[1:]) for row in cursor}


def _file(state: _State, oid: int) -> int | None:
    return state.relations[oid].file if oid in state.relations else None


def line_of(statement: Statement) -> int:
    """Return the line on which a statement begins, after its comments."""
    start: Any = NOT_YET_SQL.match(statement.text)
    return statement.line + statement.text.count("\n", 0, start.end())


def head_of(statement: Statement) -> str:
    """Return the beginning of a statement, in one line."""
    start: Any = NOT_YET_SQL.match(statement.text)
    text = " ".join(statement.text[start.end() :].split()).rstrip(" ;")
    return text if len(text) <= LONGEST_HEAD else f"{text[: LONGEST_HEAD - 3]}..."
