"""The rehearsal of a backfill in a filled database, after which it is complete there."""

from collections.abc import Collection

from yoyo.migrations import Migration

from messenger_db import folders
from messenger_db.backend import MessengerBackend
from messenger_db.backfilling import backfill_records, backfill_runs
from messenger_db.backfilling.backfill_files import FOLDER, Backfill, needs
from messenger_db.backfilling.backfill_states import states
from messenger_db.hot_paths import names
from messenger_db.rehearsal.migration_report import MigrationReport, Stall, StatementReport
from messenger_db.rehearsal.mix import callers
from messenger_db.rehearsal.run_among_users import run_among_users
from messenger_db.rehearsal.statement_effects import Effects, Written, head_of, line_of
from messenger_db.rehearsal.table_sizes import sizes
from messenger_db.rehearsal.users import READER, WRITER, mix_sessions, probe_sessions
from messenger_db.sql import QUERIES


def due_backfills(backend: MessengerBackend, before: Migration | None) -> list[Backfill]:
    """Return the backfills that can run now: those that a migration needs, or all where there is none."""
    folder = folders.migrations_folder()
    known = states(backend.connection, folder, backend.applied_at())
    due = [state.file for state in known if state.file and state.is_due]
    if not before:
        return due
    needed = needs(folder / f"{before.id}.sql")
    return [backfill for backfill in due if backfill.id[:4] in needed]


def run_those_filled(backend: MessengerBackend, filled: Collection[str]) -> None:
    """Run the backfills that are complete in the database in use: its rows have what they write."""
    for backfill in due_backfills(backend, None):
        if backfill.id in filled:
            _run(backend, backfill)


def rehearse_backfill(backend: MessengerBackend, url: str, backfill: Backfill) -> MigrationReport:
    """Rehearse a backfill in the backend's database, which `url` names too, and is nobody else's.

    It runs among users only: nothing takes it back, and its batches are the same however large the table is.
    """
    people, sizes_before = callers(backend.connection), sizes(backend.connection)
    users = [*mix_sessions(people, names()), *probe_sessions(backend.connection)]
    wal = _wal(backend)
    among = run_among_users(backend, url, lambda: _run(backend, backfill), users)
    record = backfill_records.records(backend.connection).get(backfill.id)
    seconds = among.whole.seconds
    effects = Effects(
        line=line_of(backfill.statement),
        head=head_of(backfill.statement),
        seconds=None,
        locks=[],
        rewritten=[],
        emptied=[],
        indexed=[],
        read=[],
        written=[Written(backfill.table, 0, record.rows_done if record else 0, 0)],
        work=[],
        wal_bytes=_wal(backend) - wal,
    )
    stalls = [
        Stall(backfill.table, kind, waited, waited, "the rows of a batch", [])
        for kind in (READER, WRITER)
        for waited in [among.longest(kind, backfill.table, among.whole)]
    ]
    return MigrationReport(
        id=f"{FOLDER}/{backfill.id}",
        is_transactional=False,
        seconds=seconds,
        attempts=1,
        longest_before=among.longest_before,
        longest_elsewhere=among.longest_elsewhere({(READER, backfill.table), (WRITER, backfill.table)}),
        statements=[StatementReport(effects, seconds, [], stalls)],
        hot_paths=[],
        refused=among.refused,
        sizes_before=sizes_before,
        sizes_after=sizes(backend.connection),
        rollback=None,
        error=[among.error] if among.error else [],
    )


def _run(backend: MessengerBackend, backfill: Backfill) -> None:
    backfill_runs.run(backend.connection, backend.target, backfill, skip=False)


def _wal(backend: MessengerBackend) -> int:
    backend.run(QUERIES["rehearsal.flush_statistics"])
    [(wal,)] = backend.run(QUERIES["rehearsal.wal_of_session"]).fetchall()
    return int(wal)
