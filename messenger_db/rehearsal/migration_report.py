"""What was found about one migration: its statements with their locks and stalls, plans, sizes, the rollback."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from messenger_db.rehearsal.hot_path_plans import PathPlan
from messenger_db.rehearsal.locks_taken import BLOCKS_READERS, BLOCKS_WRITERS, Lock
from messenger_db.rehearsal.rollback_check import RollbackCheck
from messenger_db.rehearsal.run_alone import Alone
from messenger_db.rehearsal.run_among_users import AmongUsers, Span
from messenger_db.rehearsal.statement_effects import WRITES, Effects, Work
from messenger_db.rehearsal.table_sizes import TableSizes, growth
from messenger_db.rehearsal.users import READER, WRITER

# Two calls differ by so many pages: the first to come by a dead row marks it for the next.
SAME_PAGES, SAME_SHARE = 5, 0.2


@dataclass(frozen=True)
class HeldLock:
    """A lock, and for how many seconds it was held, the wait for it included."""

    table: str
    index: str | None
    mode: str
    seconds: float


@dataclass(frozen=True)
class Stall:
    """The longest that readers, or writers, of a table had to wait because of a statement, in seconds.

    `expected` is what that comes to at the size of the database in use; `because` is what they wait for, and `work`
    what the migration does meanwhile that takes the longer the larger a table is.
    """

    table: str
    kind: str
    seconds: float
    expected: float
    because: str
    work: list[Work]


@dataclass(frozen=True)
class StatementReport:
    """A statement: its effects, its seconds among the users (None where it did not get so far), locks and stalls."""

    effects: Effects
    seconds: float | None
    locks: list[HeldLock]
    stalls: list[Stall]

    @property
    def is_noticed(self) -> bool:
        """Whether it locks, reads or writes a table that was there before."""
        effects = self.effects
        return bool(self.locks or effects.indexed or effects.read or effects.written)


@dataclass(frozen=True)
class ChangedPath:
    """A hot path that runs differently after the migration."""

    name: str
    before: PathPlan
    after: PathPlan


@dataclass(frozen=True)
class MigrationReport:
    """A rehearsed migration; `error` is the server's, line by line, where it was refused.

    `longest_before` and `longest_elsewhere` are what the machine made users wait: before the migration, and those of
    tables that it did not keep from them.
    """

    id: str
    is_transactional: bool
    seconds: float | None
    attempts: int
    longest_before: float
    longest_elsewhere: float
    statements: list[StatementReport]
    hot_paths: list[ChangedPath]
    refused: Mapping[str, str]
    sizes_before: TableSizes
    sizes_after: TableSizes
    rollback: RollbackCheck | None
    error: list[str]


def statement_reports(
    alone: Alone, among: AmongUsers | None, in_use: TableSizes, rehearsed: TableSizes, *, is_transactional: bool
) -> list[StatementReport]:
    """Return the statements with their locks and stalls.

    A stall belongs to the statement that took the lock, or wrote the rows, which those who use the table wait for.
    """
    spans = among.statements if among else []
    reports: list[StatementReport] = []
    blocked: set[tuple[str, str]] = set()
    for number, effects in enumerate(alone.effects):
        if not among or number >= len(spans):
            locks = [HeldLock(*lock, effects.seconds or 0.0) for lock in effects.locks]
            reports.append(StatementReport(effects, None, locks, []))
            continue
        last = len(spans) if is_transactional else number + 1
        meanwhile = list(zip(alone.effects[number:last], spans[number:last], strict=True))
        held = Span(spans[number].began, among.whole.ended if is_transactional else spans[number].ended)
        more = sum(span.seconds * _growth(each, in_use, rehearsed) for each, span in meanwhile)
        work = list(dict.fromkeys(work for each, _ in meanwhile for work in each.work))
        stalls = []
        for table, kind, because in _blocking(effects):
            if (table, kind) not in blocked and table in rehearsed:
                blocked.add((table, kind))
                seconds = among.longest(kind, table, held)
                stalls.append(Stall(table, kind, seconds, seconds + more, because, work))
        locks = [HeldLock(*lock, held.seconds) for lock in effects.locks]
        reports.append(StatementReport(effects, spans[number].seconds, locks, stalls))
    return reports


def _growth(effects: Effects, in_use: TableSizes, rehearsed: TableSizes) -> float:
    """Return how many times its own duration a statement takes longer in the database in use."""
    return growth(in_use, rehearsed, {work.table for work in effects.work}) - 1


def changed_paths(before: dict[str, PathPlan], after: dict[str, PathPlan]) -> list[ChangedPath]:
    """Return the hot paths with another plan or error, or with more or fewer pages than from one call to the next."""
    return [ChangedPath(name, before[name], plan) for name, plan in after.items() if _differ(before[name], plan)]


def _differ(before: PathPlan, after: PathPlan) -> bool:
    if (before.scans, before.error) != (after.scans, after.error):
        return True
    pages = before.pages or 0, after.pages or 0
    return max(pages) - min(pages) > SAME_PAGES + SAME_SHARE * min(pages)


def _blocking(effects: Effects) -> Iterator[tuple[str, str, str]]:
    """Yield which users of which tables have to wait, and for what."""
    for lock in effects.locks:
        if lock.mode in BLOCKS_READERS:
            yield lock.table, READER, _named(lock)
        if lock.mode in BLOCKS_WRITERS:
            yield lock.table, WRITER, _named(lock)
    for written in effects.written:
        # Nobody is likely to want one of a few rows just then.
        if Work(WRITES, written.table) in effects.work:
            yield written.table, WRITER, f"the locks of {written.updated + written.deleted:,} rows"


def _named(lock: Lock) -> str:
    return f"{lock.mode} on the index {lock.index_name}" if lock.index_name else lock.mode
