"""messenger-db plan: what up, or down, would run, as a script for psql, without running it."""

import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from messenger_db import folders, session_settings
from messenger_db.backfilling.needed_backfills import unmet
from messenger_db.checksums import rollback_path
from messenger_db.connection import Target
from messenger_db.database_in_use import backend_in_use, current_target
from messenger_db.errors import MessengerError, printable
from messenger_db.folders import migrations
from messenger_db.process_exit import exact_output
from messenger_db.sql import QUERIES
from messenger_db.sql_analysis.hazards import Hazard, hazards
from messenger_db.sql_analysis.migration_files import read
from messenger_db.sql_analysis.parse import GRAMMAR


@dataclass(frozen=True)
class PlannedFile:
    """A file of a migration, in the order in which they would run."""

    file: str
    is_transactional: bool
    sql: str


class Size(NamedTuple):
    """The size of a table in the database, by its statistics and files."""

    rows: int
    size_bytes: int
    pretty: str

    def __str__(self) -> str:
        """Name it for people."""
        return f"about {self.rows:,} rows, {self.pretty}"


@dataclass(frozen=True)
class Plan:
    """The files that would run; `standing` describes the database if there are none.

    `unmet` says before which of them db-up would stop for a backfill.
    """

    target: Target
    is_down: bool
    files: list[PlannedFile]
    hazards: list[Hazard]
    sizes: dict[str, Size]
    standing: str
    unmet: list[str]
    server_major: int = 0
    exit_status: int = 0

    def print(self) -> None:
        """Print the script, and on stderr what each statement locks, how long, how large that is, and what is lost."""
        if not self.files:
            nothing = f"{self.target} has no migration applied" if self.is_down else self.standing
            print(f"-- nothing to {'roll back' if self.is_down else 'apply'}: {nothing}")
            return
        exact_output()
        print(f"-- {'db-down' if self.is_down else 'db-up'} on {self.target}, without the migration tables")
        search_path = [_search_path(self.target)] if self.target.schema else []
        for line in search_path:
            print(line)
        for number, file in enumerate(self.files):
            if number:
                # As db-up does between two migrations.
                print("", QUERIES["sessions.reset_settings"].text, *search_path, sep="\n")
            script = ["BEGIN;", file.sql, "COMMIT;"] if file.is_transactional else [file.sql]
            print("", f"-- {printable(file.file)}", *script, sep="\n")
        sys.stdout.flush()
        for line in self.unmet:
            print(printable(line), file=sys.stderr)
        for hazard in self.hazards:
            size = f" ({self.sizes[hazard.table]})" if hazard.table in self.sizes else ""
            print(printable(f"{hazard}{size}"), file=sys.stderr)
        if self.server_major > GRAMMAR:
            newer = f"the grammar is that of PostgreSQL {GRAMMAR}, and the server is {self.server_major}"
            print(f"{newer}: hazards of what is new there are not known", file=sys.stderr)

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape that docs/commands.md describes."""
        return {
            "database": {"address": str(self.target)},
            "direction": "down" if self.is_down else "up",
            "files": [asdict(file) for file in self.files],
            "unmet": self.unmet,
            "hazards": [self._hazard_as_json(hazard) for hazard in self.hazards],
        }

    def _hazard_as_json(self, hazard: Hazard) -> dict[str, Any]:
        size = self.sizes.get(hazard.table or "")
        return {
            **hazard._asdict(),
            "rows": size.rows if size else None,
            "size_bytes": size.size_bytes if size else None,
        }


def plan(down: bool, steps: int | None) -> Plan:
    """Return what the pending migrations would run, or the rollbacks of the newest `steps` that are applied.

    Raises MessengerError where up or down would refuse.
    """
    if steps and not down:
        raise MessengerError(f"STEPS={steps} is for going down: make db-plan DOWN=1 STEPS={steps}")
    target = current_target()
    paths, standing, stops = _paths(target, down, steps)
    if not paths:
        return Plan(target, down, [], [], {}, standing, [])
    folder = read(folders.migrations_folder())
    known = {file.file: file for file in (*folder.forwards.values(), *folder.rollbacks.values())}
    missing = [path.name for path in paths if path.name not in known]
    if missing:
        raise MessengerError(f"{missing[0]} is not there or has another name than migrations have: see make validate")
    files = [known[path.name] for path in paths]
    planned = [
        PlannedFile(path.name, folder.in_transaction(file), path.read_text(encoding="utf-8").strip())
        for path, file in zip(paths, files, strict=True)
    ]
    found = list(hazards(folder, files))
    return Plan(target, down, planned, found, _sizes(target, found), standing, stops, _server_major(target))


def _paths(target: Target, down: bool, steps: int | None) -> tuple[list[Path], str, list[str]]:
    """Return the files that would run, first to last, how the database stands if there are none, and what is unmet.

    On a database that is not there all migrations are pending.
    """
    if not target.exists():
        return [] if down else [Path(migration.path) for migration in migrations()], "", []
    # Asking for what is pending records the checksums of a migration that ACCEPT names.
    with backend_in_use() as backend, backend.transaction(rollback_on_exit=True):
        if not down:
            pending = [Path(migration.path) for migration in backend.to_apply(migrations())]
            stops = unmet(backend.connection, target, pending, backend.applied_at())
            return pending, backend.standing(), list(stops)
        selected = backend.to_rollback(migrations())[:steps]
        backend.refuse_rollback(selected)
        return [Path(rollback_path(migration.path)) for migration in selected], "", []


def _sizes(target: Target, found: list[Hazard]) -> dict[str, Size]:
    tables = sorted({hazard.table for hazard in found if hazard.table})
    if not tables or not target.exists():
        return {}
    with closing(target.connect()) as connection, connection.cursor() as cursor:
        session_settings.prepare(connection, target.schema)
        QUERIES["catalog.sizes"].execute(cursor, tables=tables)
        return {table: Size(*size) for table, *size in cursor.fetchall()}


def _server_major(target: Target) -> int:
    if not target.exists():
        return 0
    with closing(target.connect()) as connection:
        return connection.server_version // 10_000


def _search_path(target: Target) -> str:
    with closing(target.connect()) as connection, connection.cursor() as cursor:
        return QUERIES["sessions.set_schema"].statement(cursor, schema=target.schema)
