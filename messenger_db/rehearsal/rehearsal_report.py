"""The result of a rehearsal, for people and for programs."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from messenger_db.errors import printable
from messenger_db.rehearsal.calibration import calibration_statement
from messenger_db.rehearsal.generated_world import WorldSize
from messenger_db.rehearsal.hot_path_plans import PathPlan
from messenger_db.rehearsal.migration_report import ChangedPath, MigrationReport, StatementReport
from messenger_db.rehearsal.rollback_check import RollbackCheck
from messenger_db.rehearsal.table_sizes import TableSizes
from messenger_db.rehearsal.verdict import DANGER, SENTENCES, level, problems

DONE, UNFIT = 0, 6

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Rehearsal:
    """The rehearsed migrations, oldest first; a server's version is None where nothing ran on it.

    `calibration` is the seconds of the calibration statement on the throw-away server.
    """

    where: str
    version_in_use: str | None
    version: str | None
    size: WorldSize
    calibration: float
    sizes_in_use: TableSizes
    sizes: TableSizes
    migrations: list[MigrationReport]

    @property
    def exit_status(self) -> int:
        """6 where a migration should not be applied as it is."""
        return UNFIT if any(level(problems(migration)) == DANGER for migration in self.migrations) else DONE

    def print(self) -> None:
        """Print each migration with its verdict first, then what was measured."""
        if not self.migrations:
            print(f"nothing to rehearse: {self.where} has no pending migration")
            return
        for line in self._lines():
            print(printable(line))

    def _lines(self) -> Iterator[str]:
        yield f"rehearsed on PostgreSQL {self.version} with {self.size.messages:,} generated messages, for {self.where}"
        if self.version_in_use and _major(self.version_in_use) != _major(self.version):
            yield f"the server in use is PostgreSQL {self.version_in_use}, whose plans and locks can differ"
        yield (
            f"times in () are multiples of the {self.calibration:.2f} s that this takes here: {calibration_statement()}"
        )
        yield from self._size_lines()
        for migration in self.migrations:
            yield ""
            yield from self._migration_lines(migration)

    def _size_lines(self) -> Iterator[str]:
        for name, size in self.sizes.items():
            there = self.sizes_in_use.get(name)
            rows = "unknown" if not there or there.rows is None else f"about {there.rows:,} rows"
            in_use = f"; in use: {rows}, {_megabytes(there.bytes)}" if there else ""
            yield f"  {name}: {size.rows or 0:,} rows, {_megabytes(size.bytes)}{in_use}"

    def _migration_lines(self, migration: MigrationReport) -> Iterator[str]:
        found = problems(migration)
        yield f"{migration.id}: {SENTENCES[level(found)]}"
        for problem in found:
            place = f"line {problem.line}: " if problem.line else ""
            yield f"  {problem.level}: {place}{problem.text}"
        if migration.seconds is not None:
            yield (
                f"  took {self._time(migration.seconds)} among users: those of other tables waited "
                f"{migration.longest_elsewhere:.2f} s at most, and all {migration.longest_before:.2f} s before it began"
            )
        noticed = [statement for statement in migration.statements if statement.is_noticed]
        for statement in noticed:
            yield from self._statement_lines(statement)
        if others := len(migration.statements) - len(noticed):
            yield f"  {others} {'statement' if others == 1 else 'statements'} that users of tables do not notice"
        yield from _size_changes(migration)
        yield from _path_lines(migration.hot_paths)
        yield from _rollback_lines(migration.rollback)

    def _statement_lines(self, statement: StatementReport) -> Iterator[str]:
        effects = statement.effects
        yield f"  line {effects.line}: {effects.head}"
        runs = ((effects.seconds, "alone"), (statement.seconds, "among users"))
        times = ", ".join(f"{self._time(seconds)} {how}" for seconds, how in runs if seconds is not None)
        yield f"    {times}; {effects.wal_bytes / MEGABYTE:.2f} MB of WAL"
        for lock in statement.locks:
            where = f"the index {lock.index} of {lock.table}" if lock.index else lock.table
            yield f"    {lock.mode} on {where}, held {self._time(lock.seconds)}"
        for verb, tables in (("rewrites", effects.rewritten), ("empties", effects.emptied)):
            yield from (f"    {verb} {table}" for table in tables)
        yield from (f"    builds an index of {table}" for table in effects.indexed)
        # Rewriting a table and building its indexes read it, several times: that is said already.
        read = [one for one in effects.read if one.table not in {*effects.rewritten, *effects.indexed}]
        yield from (f"    reads {one.rows:,} rows of {one.table}" for one in read)
        for table, *counts in effects.written:
            words = zip(("inserts", "updates", "deletes"), counts, strict=True)
            yield f"    {', '.join(f'{word} {count:,}' for word, count in words if count)} rows of {table}"
        for stall in statement.stalls:
            yield f"    {stall.kind} of {stall.table} wait {self._time(stall.seconds)} at most"

    def _time(self, seconds: float) -> str:
        return f"{seconds:.2f} s ({seconds / self.calibration:.1f})"

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape that docs/commands.md describes."""
        return {
            "database": {"address": self.where, "server_version": self.version_in_use},
            "server": {"version": self.version},
            "messages": self.size.messages,
            "calibration": {"statement": calibration_statement(), "seconds": self.calibration},
            "tables": [
                {
                    "table": name,
                    "rows": size.rows,
                    "bytes": size.bytes,
                    "rows_in_use": self.sizes_in_use[name].rows if name in self.sizes_in_use else None,
                    "bytes_in_use": self.sizes_in_use[name].bytes if name in self.sizes_in_use else None,
                }
                for name, size in self.sizes.items()
            ],
            "migrations": [_migration_json(migration) for migration in self.migrations],
        }


def _migration_json(migration: MigrationReport) -> dict[str, Any]:
    found = problems(migration)
    return {
        "id": migration.id,
        "verdict": level(found),
        "problems": [problem._asdict() for problem in found],
        "seconds": migration.seconds,
        "attempts": migration.attempts,
        "longest_wait_before": migration.longest_before,
        "longest_wait_elsewhere": migration.longest_elsewhere,
        "statements": [_statement_json(statement) for statement in migration.statements],
        "sizes": [
            {
                "table": name,
                "bytes_before": migration.sizes_before[name].bytes if name in migration.sizes_before else None,
                "bytes_after": migration.sizes_after[name].bytes if name in migration.sizes_after else None,
            }
            for name in sorted({*migration.sizes_before, *migration.sizes_after})
        ],
        "hot_paths": [
            {"name": path.name, "before": _plan_json(path.before), "after": _plan_json(path.after)}
            for path in migration.hot_paths
        ],
        "rollback": _rollback_json(migration.rollback),
    }


def _statement_json(statement: StatementReport) -> dict[str, Any]:
    effects = statement.effects
    return {
        "line": effects.line,
        "statement": effects.head,
        "seconds_alone": effects.seconds,
        "seconds": statement.seconds,
        "locks": [asdict(lock) for lock in statement.locks],
        "rewritten": effects.rewritten,
        "emptied": effects.emptied,
        "indexed": effects.indexed,
        "read": [read._asdict() for read in effects.read],
        "written": [written._asdict() for written in effects.written],
        "wal_bytes": effects.wal_bytes,
        "stalls": [
            {
                "table": stall.table,
                "who": stall.kind,
                "seconds": stall.seconds,
                "seconds_in_use": stall.expected,
                "because": stall.because,
            }
            for stall in statement.stalls
        ],
    }


def _plan_json(plan: PathPlan) -> dict[str, Any]:
    return {"pages": plan.pages, "scans": list(plan.scans), "error": plan.error}


def _rollback_json(back: RollbackCheck | None) -> dict[str, Any] | None:
    if not back:
        return None
    return {
        "restores": back.restores,
        "error": back.error,
        "differences": [asdict(difference) for difference in back.differences],
        "lost": [lost._asdict() for lost in back.lost],
    }


def _size_changes(migration: MigrationReport) -> Iterator[str]:
    for name, after in migration.sizes_after.items():
        before = migration.sizes_before.get(name)
        if not before:
            yield f"  {name} is new, {_megabytes(after.bytes)}"
        elif abs(after.bytes - before.bytes) >= MEGABYTE:
            yield f"  {name} had {_megabytes(before.bytes)}, and has {_megabytes(after.bytes)}"


def _path_lines(paths: list[ChangedPath]) -> Iterator[str]:
    for path in paths:
        if path.before.pages is None or path.after.pages is None:
            continue
        yield f"  the hot path {path.name} touched {path.before.pages} pages, and touches {path.after.pages}"
        for scan in sorted(set(path.before.scans) ^ set(path.after.scans)):
            yield f"    {'+' if scan in path.after.scans else '-'} {scan}"


def _rollback_lines(back: RollbackCheck | None) -> Iterator[str]:
    if back and back.restores:
        yield "  the rollback brings everything back"


def _major(version: str | None) -> str:
    return (version or "").partition(".")[0]


def _megabytes(number: int) -> str:
    return f"{number / MEGABYTE:,.1f} MB"
