"""The rehearsal of one migration in a filled database, after which it is applied there."""

from contextlib import closing

from yoyo.migrations import Migration

from messenger_db.advisory_locks import alone
from messenger_db.backend import MessengerBackend
from messenger_db.rehearsal.migration_report import MigrationReport, changed_paths, statement_reports
from messenger_db.rehearsal.mix import callers
from messenger_db.rehearsal.run_alone import run_alone
from messenger_db.rehearsal.run_among_users import run_among_users
from messenger_db.rehearsal.table_sizes import TableSizes, sizes
from messenger_db.rehearsal.users import mix_sessions, probe_sessions


def rehearse_migration(
    backend: MessengerBackend, url: str, migration: Migration, in_use: TableSizes
) -> MigrationReport:
    """Rehearse a migration in the backend's database, which `url` names too, and is nobody else's.

    First alone with its rollback, for what it does; then among users, for how long they wait. It stays applied, unless
    the server refuses it.
    """
    migration.load()
    is_transactional = bool(migration.use_transactions)
    people = callers(backend.connection)
    sizes_before = sizes(backend.connection)
    with closing(backend.target.connect()) as connection:
        quiet = run_alone(connection, backend.target, migration, people)
    working = {name for name, plan in quiet.plans_before.items() if not plan.error}
    users = [*mix_sessions(people, working), *probe_sessions(backend.connection)]
    among = None if quiet.error else run_among_users(backend, url, lambda: _apply(backend, migration), users)
    error = quiet.error or ([among.error] if among and among.error else [])
    statements = statement_reports(quiet, among, in_use, sizes_before, is_transactional=is_transactional)
    blocked = {(stall.kind, stall.table) for statement in statements for stall in statement.stalls}
    return MigrationReport(
        id=migration.id,
        is_transactional=is_transactional,
        seconds=among.whole.seconds if among else None,
        attempts=among.attempts if among else 0,
        longest_before=among.longest_before if among else 0.0,
        longest_elsewhere=among.longest_elsewhere(blocked) if among else 0.0,
        statements=statements,
        hot_paths=changed_paths(quiet.plans_before, quiet.plans_after),
        refused=among.refused if among else {},
        sizes_before=sizes_before,
        sizes_after=sizes(backend.connection),
        rollback=quiet.rollback,
        error=error,
    )


def _apply(backend: MessengerBackend, migration: Migration) -> None:
    with alone(backend.connection, backend.target):
        backend.apply_one(migration)
