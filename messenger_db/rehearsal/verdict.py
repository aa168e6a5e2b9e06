"""The verdict on a rehearsed migration: what speaks against applying it, and what to write instead."""

from collections.abc import Iterator
from typing import NamedTuple

from messenger_db.rehearsal.migration_report import MigrationReport, Stall
from messenger_db.rehearsal.statement_effects import INDEXES, READS, REWRITES, WRITES

DANGER, CAUTION, FINE = "danger", "caution", "fine"

SENTENCES = {
    DANGER: "do not apply it as it is",
    CAUTION: "apply it when few people are there, or change it",
    FINE: "apply it",
}

# Stalls that people notice, and those that they take for an outage, in seconds.
NOTICED, OUTAGE = 0.2, 1.0

# A stall is news that is so many times longer than what the machine does to everybody.
NOISE = 2

WORKS = {
    REWRITES: "{} is rewritten",
    INDEXES: "an index of {} is built",
    WRITES: "rows of {} are written",
    READS: "{} is read whole",
}
ADVICE = {
    REWRITES: "add another column, fill it in batches, and change over",
    INDEXES: "build the index CONCURRENTLY, in a migration of its own",
    WRITES: "write the rows in batches, outside of migrations",
    READS: "add the constraint NOT VALID, and validate it in the next migration",
}

SEQUENTIAL = "Seq Scan on "

# How many more pages of a hot path are news, and the size of a table, in bytes, that no hot path may read whole.
PAGES_TIMES, PAGES_MORE = 2, 20
LARGE_TABLE = 4_000_000


class Problem(NamedTuple):
    """Something that speaks against a migration: how much, in which line (0: the migration as a whole), and what."""

    level: str
    line: int
    text: str


def problems(report: MigrationReport) -> list[Problem]:
    """Return what was found, worst first."""
    found = [*_failures(report), *_stalls(report), *_paths(report), *_rollback(report)]
    return sorted(found, key=lambda problem: (problem.level != DANGER, problem.line))


def level(found: list[Problem]) -> str:
    """Return the worst level."""
    return next((problem.level for problem in found), FINE)


def _failures(report: MigrationReport) -> Iterator[Problem]:
    if report.error:
        yield Problem(DANGER, 0, f"it fails: {'; '.join(report.error)}")
    elif report.attempts > 1:
        yield Problem(CAUTION, 0, f"it got its locks only at attempt {report.attempts}")
    for name, reason in report.refused.items():
        yield Problem(DANGER, 0, f"{name} failed while it was applied: {reason}")


def _stalls(report: MigrationReport) -> Iterator[Problem]:
    noise = NOISE * max(report.longest_before, report.longest_elsewhere)
    for statement in report.statements:
        by_table: dict[str, list[Stall]] = {}
        for stall in statement.stalls:
            by_table.setdefault(stall.table, []).append(stall)
        for stalls in by_table.values():
            longest = max(stalls, key=lambda stall: stall.expected)
            if longest.work or longest.seconds > max(noise, NOTICED):
                sentence = _sentence(longest, " and ".join(stall.kind for stall in stalls))
                yield Problem(DANGER if longest.expected >= OUTAGE else CAUTION, statement.effects.line, sentence)


def _sentence(stall: Stall, who: str) -> str:
    works = " and ".join(WORKS[work.kind].format(work.table) for work in stall.work)
    expected = f", and about {stall.expected:,.1f} s in the database in use" if stall.expected > stall.seconds else ""
    advice = ADVICE[stall.work[0].kind] if stall.work else "hold the lock for a moment, last of all"
    return (
        f"{who} of {stall.table} wait {stall.seconds:.2f} s here{expected}, for {stall.because}"
        f"{f', while {works}' if works else ''}: {advice}"
    )


def _paths(report: MigrationReport) -> Iterator[Problem]:
    for path in report.hot_paths:
        if path.after.error and not path.before.error:
            yield Problem(DANGER, 0, f"the hot path {path.name} fails afterwards: {path.after.error}")
        if path.before.pages is None or path.after.pages is None:
            continue
        scanned = [scan for scan in set(path.after.scans) - set(path.before.scans) if _is_of_large_table(scan, report)]
        if scanned:
            yield Problem(DANGER, 0, f"the hot path {path.name} reads a whole table afterwards: {', '.join(scanned)}")
        elif path.after.pages > max(PAGES_TIMES * path.before.pages, path.before.pages + PAGES_MORE):
            pages = f"{path.after.pages} pages afterwards, and {path.before.pages} before"
            yield Problem(CAUTION, 0, f"the hot path {path.name} touches {pages}: see its plan")


def _is_of_large_table(scan: str, report: MigrationReport) -> bool:
    table = scan.removeprefix(SEQUENTIAL)
    return table != scan and table in report.sizes_after and report.sizes_after[table].bytes >= LARGE_TABLE


def _rollback(report: MigrationReport) -> Iterator[Problem]:
    back = report.rollback
    if not back:
        return
    if back.error and back.is_refusal:
        yield Problem(CAUTION, 0, f"the rollback refuses: {back.error}")
    elif back.error:
        yield Problem(DANGER, 0, f"the rollback fails: {back.error}")
    for difference in back.differences:
        yield Problem(DANGER, 0, f"the rollback does not bring everything back: {difference}")
    for lost in back.lost:
        what = f"values of {lost.table}.{lost.column}" if lost.column else f"rows of {lost.table}"
        yield Problem(
            CAUTION, 0, f"the rollback does not bring back the {what}: {lost.before:,} before, {lost.after:,} after it"
        )
