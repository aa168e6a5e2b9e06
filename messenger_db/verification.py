"""Whether the rows of a database are what its rules say: each rule is asked in a transaction that only reads."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import psycopg2
from psycopg2.errors import DataCorrupted, IndexCorrupted
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from messenger_db.errors import reason_of
from messenger_db.row_rules import Breaks, RowRule, Rule, Table, count_broken, explain, read_rules
from messenger_db.sql import QUERIES

# What is not the rule's fault, by class of SQLSTATE: the server lacks resources, cancels statements, is being stopped,
# or has trouble with a file.
STOPS = ("53", "57", "58")


@dataclass(frozen=True)
class Violation:
    """A rule that rows break; where `breaks` is None, what is stored is corrupt, as `reason` says."""

    rule: Rule
    breaks: Breaks | None
    reason: str | None = None


@dataclass(frozen=True)
class Unverified:
    """A rule that could not be asked, for want of a privilege for example."""

    rule: Rule
    reason: str


@dataclass(frozen=True)
class VerifiedTable:
    """A table whose rules were all asked; `rows` is None where that was not counted."""

    name: str
    rules: int
    rows: int | None


@dataclass
class Findings:
    """What was found; the tables from `stopped_at` on were not finished, for `reason`."""

    tables: list[VerifiedTable] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    unverified: list[Unverified] = field(default_factory=list)
    stopped_at: str | None = None
    reason: str | None = None


class Progress(Protocol):
    """Who is told how far it is."""

    def step(self, rule: Rule, share: float) -> None:
        """Take the rule that is asked next, and which share of the pages was read before it."""
        ...

    def table(self, table: VerifiedTable, broken: Sequence[Rule], unverified: Sequence[Rule]) -> None:
        """Take a table whose rules were all asked."""
        ...


class Verification:
    """The rules of a connection's schema, read from its catalog; the connection is used for nothing else after this."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.findings = Findings()
        # One state of the database for each rule, and no longer: a transaction that stays open keeps dead rows.
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True, autocommit=False)
        with connection.cursor() as cursor:
            self.rules = read_rules(cursor)
            QUERIES["rules.set_up"].execute(cursor)
        connection.commit()

    def run(self, start: str, progress: Progress) -> None:
        """Ask all rules of the tables from `start` on, and keep what is found; stop where the server does.

        Raises psycopg2.Error for nothing that the server answers.
        """
        chosen = [each for each in self.rules if each.table.name >= start]
        whole = sum(each.table.pages * each.readings for each in chosen) or 1
        read = 0
        for each in chosen:
            table, rows = each.table, None
            try:
                if each.of_rows:
                    progress.step(each.of_rows[0], read / whole)
                    rows = self._ask_rows(table, each.of_rows)
                    read += table.pages
                for rule in each.others:
                    progress.step(rule, read / whole)
                    self._ask(rule)
                    read += table.pages
            except _StoppedError as stopped:
                self.findings.stopped_at, self.findings.reason = table.name, str(stopped)
                return
            done = VerifiedTable(table.name, len(each.of_rows) + len(each.others), rows)
            self.findings.tables.append(done)
            broken, unverified = (
                [found.rule for found in kind if found.rule.table is table]
                for kind in (self.findings.violations, self.findings.unverified)
            )
            progress.table(done, broken, unverified)

    def _ask(self, rule: Rule) -> None:
        with self._asking(rule) as cursor:
            breaks = rule.breaks(cursor)
            if breaks:
                self.findings.violations.append(Violation(rule, breaks))

    def _ask_rows(self, table: Table, rules: Sequence[RowRule]) -> int | None:
        """Ask all rules about single rows at once; return how many rows there are, None where that was not counted."""
        possible = []
        for rule in rules:
            with self._asking(rule) as cursor:
                explain(cursor, rule)
                possible.append(rule)
        rows, broken = None, possible
        try:
            with self._connection.cursor() as cursor:
                rows, broken = count_broken(cursor, table, possible)
        except psycopg2.Error as error:
            self._refuse_stop(error)  # else it is that of one rule, which is found out by asking each by itself
        self._connection.rollback()
        for rule in broken:
            self._ask(rule)
        return rows

    @contextmanager
    def _asking(self, rule: Rule) -> Iterator[Cursor]:
        """Yield a cursor to ask the rule in a transaction of its own, and keep why it could not be asked."""
        try:
            with self._connection.cursor() as cursor:
                yield cursor
        except (DataCorrupted, IndexCorrupted) as error:
            self.findings.violations.append(Violation(rule, None, reason_of(error)))
        except psycopg2.Error as error:
            self._refuse_stop(error)
            self.findings.unverified.append(Unverified(rule, reason_of(error)))
        self._connection.rollback()

    def _refuse_stop(self, error: psycopg2.Error) -> None:
        if self._connection.closed or not error.pgcode or error.pgcode[:2] in STOPS:
            raise _StoppedError(reason_of(error)) from None


class _StoppedError(Exception):
    """The server does not go on."""
