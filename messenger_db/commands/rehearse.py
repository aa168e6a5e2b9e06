"""messenger-db rehearse: what pending migrations and backfills would do here, tried on a server that is thrown away."""

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass

from yoyo.migrations import Migration, MigrationList

from messenger_db import folders
from messenger_db.backend import MessengerBackend, open_backend
from messenger_db.backfilling.backfill_states import states
from messenger_db.connection import Target
from messenger_db.database_in_use import backend_in_use, current_target
from messenger_db.history import refuse_absent
from messenger_db.rehearsal.calibration import calibrate
from messenger_db.rehearsal.generated_world import WorldSize, fill, throw_away_server, world_size
from messenger_db.rehearsal.migration_report import MigrationReport
from messenger_db.rehearsal.rehearsal_report import Rehearsal
from messenger_db.rehearsal.rehearse_backfill import due_backfills, rehearse_backfill, run_those_filled
from messenger_db.rehearsal.rehearse_migration import rehearse_migration
from messenger_db.rehearsal.table_sizes import TableSizes, sizes, sizes_in_use


@dataclass(frozen=True)
class InUse:
    """The database in use: its address, the server's version, what is applied and pending, and how large it is.

    `filled` are the backfills that are complete there, and `is_filling` says whether another one is due.
    """

    where: str
    version: str | None
    applied: list[Migration]
    pending: list[Migration]
    filled: set[str]
    is_filling: bool
    sizes: TableSizes


def rehearse(messages: int | None) -> Rehearsal:
    """Rehearse what is pending with so many messages; where None, with as many as the database in use has.

    Of the database in use only the catalog is read. Raises MessengerError where up would refuse, and where the
    throw-away server cannot be had.
    """
    in_use = _in_use()
    size = world_size(messages, in_use.sizes)
    if not in_use.pending and not in_use.is_filling:
        return Rehearsal(in_use.where, in_use.version, None, size, 0.0, in_use.sizes, {}, [])
    # What yoyo and the seeds print is not the result.
    with redirect_stdout(sys.stderr), throw_away_server() as url:
        return _rehearsed(url, in_use, size)


def _rehearsed(url: str, in_use: InUse, size: WorldSize) -> Rehearsal:
    with open_backend(url, create=False) as backend:
        if in_use.applied:
            backend.apply_migrations(MigrationList(in_use.applied))
        is_filled = _fill(backend, url, size)
        run_those_filled(backend, in_use.filled)
        seconds = calibrate(backend.connection)
        rehearsed = sizes(backend.connection)
        reports: list[MigrationReport] = []
        # After the last migration come the backfills that none of them needs.
        for migration in (*in_use.pending, None):
            for backfill in due_backfills(backend, migration):
                _tell(f"rehearsing backfill {backfill.id} ...")
                reports.append(rehearse_backfill(backend, url, backfill))
            if migration:
                _tell(f"rehearsing {migration.id} ...")
                reports.append(rehearse_migration(backend, url, migration, in_use.sizes))
            if any(report.error for report in reports):
                break
            if not is_filled:
                # Nothing is applied to the database in use: the first migration makes the tables.
                is_filled = _fill(backend, url, size)
                rehearsed = sizes(backend.connection)
        version = backend.connection.info.parameter_status("server_version")
        return Rehearsal(in_use.where, in_use.version, version, size, seconds, in_use.sizes, rehearsed, reports)


def _fill(backend: MessengerBackend, url: str, size: WorldSize) -> bool:
    """Generate rows if the tables are there; return whether they are."""
    if "messages" not in sizes(backend.connection):
        return False
    _tell(f"generating {size.messages:,} messages of {size.users:,} people ...")
    fill(url, size)
    return True


def _in_use() -> InUse:
    target: Target = current_target()
    if not target.exists():
        return InUse(str(target), None, [], list(folders.migrations()), set(), False, {})
    with backend_in_use() as backend, backend.transaction(rollback_on_exit=True):
        pending = backend.to_apply(folders.migrations())
        applied = backend.to_rollback(folders.migrations())
        refuse_absent(backend.absent, backend.target)
        version = backend.connection.info.parameter_status("server_version")
        backfills = states(backend.connection, folders.migrations_folder(), backend.applied_at())
        return InUse(
            where=str(backend.target),
            version=version,
            applied=list(reversed(applied)),
            pending=list(pending),
            filled={state.id for state in backfills if state.is_complete},
            is_filling=any(state.is_due for state in backfills),
            sizes=sizes_in_use(backend.connection),
        )


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
