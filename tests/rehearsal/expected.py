"""The cases of cases.toml: a made-up migration, and what a rehearsal of it must find."""

import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from yoyo import read_migrations

from messenger_db.backend import open_backend
from messenger_db.rehearsal.migration_report import MigrationReport
from messenger_db.rehearsal.rehearse_migration import rehearse_migration
from messenger_db.rehearsal.statement_effects import INDEXES, READS, REWRITES, WRITES
from messenger_db.rehearsal.table_sizes import TableSize, sizes
from messenger_db.rehearsal.users import READER, WRITER
from messenger_db.rehearsal.verdict import DANGER, level, problems

# How many times larger the database in use is made out to be.
TIMES = 1_000

NAME = "0002_change"


@dataclass(frozen=True)
class Case:
    """A migration and what is expected of it, as cases.toml explains."""

    name: str
    forward: str
    rollback: str
    setup: str = ""
    transactional: bool = True
    sample: bool = False
    rewrites: list[str] = field(default_factory=list)
    empties: list[str] = field(default_factory=list)
    indexes: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    readers: list[str] = field(default_factory=list)
    writers: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    slower: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    fails: str = ""
    refuses: str = ""
    danger: bool = False

    def expected(self) -> dict[str, object]:
        """Return what must be found, without what is empty."""
        given = {"setup", "forward", "rollback", "name", "sample", "transactional"}
        return {name: value for name, value in vars(self).items() if name not in given and value}

    def write(self, folder: Path) -> None:
        """Write the files of the migration."""
        header = "" if self.transactional else "-- transactional: false\n"
        (folder / f"{NAME}.sql").write_text(header + self.forward.strip() + "\n")
        (folder / f"{NAME}.rollback.sql").write_text(self.rollback.strip() + "\n")


def cases() -> list[Case]:
    """Return all cases."""
    text = Path(__file__).with_name("cases.toml").read_text(encoding="utf-8")
    return [Case(**case) for case in tomllib.loads(text)["case"]]


def rehearsed(url: str, case: Case) -> MigrationReport:
    """Rehearse a case in a database of its own, for one that is a thousand times larger."""
    with TemporaryDirectory(prefix="rehearsal-") as folder, open_backend(url, create=False) as backend:
        case.write(Path(folder))
        if case.setup:
            with backend.cursor() as cursor:
                cursor.execute(case.setup)
        in_use = {name: TableSize(None, size.bytes * TIMES) for name, size in sizes(backend.connection).items()}
        [migration] = read_migrations(folder)
        return rehearse_migration(backend, url, migration, in_use)


def found(report: MigrationReport, case: Case) -> dict[str, object]:
    """Return what a rehearsal found in the shape of `Case.expected`; of texts, those that were expected."""
    tables: dict[str, set[str]] = defaultdict(set)
    for statement in report.statements:
        for work in statement.effects.work:
            tables[work.kind].add(work.table)
        for table in statement.effects.emptied:
            tables["empties"].add(table)
        for stall in statement.stalls:
            tables[stall.kind].add(stall.table)
    back = report.rollback
    said = " ".join(problem.text for problem in problems(report))
    kinds = {"rewrites": REWRITES, "indexes": INDEXES, "reads": READS, "writes": WRITES, "empties": "empties"}
    facts: dict[str, Any] = {name: sorted(tables[kind]) for name, kind in kinds.items()} | {
        "readers": sorted(tables[READER]),
        "writers": sorted(tables[WRITER]),
        "broken": [path.name for path in report.hot_paths if path.after.error],
        "slower": [name for name in case.slower if f"the hot path {name} " in said],
        "lost": [f"{lost.table}.{lost.column}" for lost in back.lost] if back else [],
        "differs": [difference.object for difference in back.differences] if back else [],
        "fails": case.fails if case.fails and case.fails in " ".join(report.error) else " ".join(report.error),
        "refuses": case.refuses if back and case.refuses in (back.error or "") else "",
        "danger": level(problems(report)) == DANGER,
    }
    return {name: value for name, value in facts.items() if value}
