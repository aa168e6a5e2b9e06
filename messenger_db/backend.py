"""yoyo's backend for the scheme `messenger:`, used by `yoyo apply` and by this package alike.

It applies a migration and records it in one transaction, lets one process at a time change a schema, and says in
one line what goes wrong.
"""

import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg2
from psycopg2.errors import DeadlockDetected, DependentObjectsStillExist, FeatureNotSupported, LockNotAvailable
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor
from yoyo import internalmigrations
from yoyo.backends.core.postgresql import PostgresqlBackend
from yoyo.connections import DatabaseURI, get_backend
from yoyo.exceptions import BadMigration
from yoyo.migrations import Migration, MigrationList, MigrationStep, topological_sort

from messenger_db import concurrently, feed_publication, folders, history, session_settings, settings, sharding
from messenger_db.advisory_locks import alone, refuse_unless_held
from messenger_db.backfilling import backfill_records, backfill_runs
from messenger_db.backfilling.backfill_files import Backfill
from messenger_db.backfilling.backfill_states import states
from messenger_db.backfilling.needed_backfills import BackfillNeededError, refuse_incomplete
from messenger_db.checksums import Checksums, checksums_of, rollback_path
from messenger_db.confirm import confirm
from messenger_db.connection import Target
from messenger_db.errors import MessengerError, details_of, notice_lines, printable, reason_of
from messenger_db.migration_statements import Statement, statements_of
from messenger_db.numbering import ids
from messenger_db.process_exit import end_plainly
from messenger_db.queries import Query
from messenger_db.sql import QUERIES
from messenger_db.watch import watched

LONGEST_BACK_OFF_SECONDS = 10.0
PROGRESS_SECONDS = 1.0

# yoyo reads a migration when its order is first asked for, not safely for several threads.
_loading = threading.Lock()

# What a migration is tried again for.
BUSY = (LockNotAvailable, DeadlockDetected)

TAKEN = "use an empty database, or a schema of its own with ?schema=; if it is this schema from a dump, make db-adopt"

CURES = {
    "42501": "a missing privilege: have it granted, or apply as a role that has it",
    "42P07": TAKEN,
    "42723": TAKEN,
    "3F000": "the schema is not there, or a missing privilege hides it: CREATE SCHEMA it, or GRANT USAGE on it",
    "40P01": "other sessions are in the way: try again when they are fewer",
    "55P03": "a table stayed busy: try again later, or set LOCK_ATTEMPTS higher",
}


def _nothing_more(*_: object) -> AbstractContextManager[None]:
    return nullcontext()


def open_backend(url: str, *, create: bool = True) -> "MessengerBackend":
    """Return a backend connected to the database of `url`, which is created if it is missing and `create` says so.

    Raises MessengerError where it cannot be reached.
    """
    Target.from_url(url)  # refuses what cannot be part of another URL
    backend: MessengerBackend = get_backend("messenger:?" + urlencode({"url": url, "create": int(create)}))
    return backend


class MessengerBackend(PostgresqlBackend):  # type: ignore[misc] # yoyo has no types
    """PostgreSQL, by the URL in DATABASE_URL (`messenger:`) or a given one (`messenger:?url=...`)."""

    target: Target

    # What the last look at the migrations found applied without a file next to theirs, oldest first.
    absent: tuple[str, ...] = ()

    # What is done about a row that a backfill cannot change; the setting ON_ERROR says so where this is empty.
    on_error: str = ""

    # What is done around each statement of a migration: a rehearsal takes the time.
    around_statement: Callable[[Statement], AbstractContextManager[None]] = _nothing_more

    def connect(self, dburi: DatabaseURI) -> Connection:
        """Connect, creating the database if it is missing. In yoyo's own command, end as all commands do.

        Raises MessengerError where it cannot be reached, and in yoyo's own command for TENANTS.
        """
        if "url" not in dburi.args:
            end_plainly()
            settings.refuse_tenants()
        self.target = Target.from_url(dburi.args.get("url") or settings.database_url())
        return self.target.connect() if dburi.args.get("create") == "0" else self.target.connect_or_create()

    def init_database(self) -> None:
        """Make yoyo's own commands look for `sources` where yoyo.ini is."""
        if "url" not in self.uri.args:
            os.chdir(folders.checkout())

    def enter(self, schema: str) -> None:
        """Go on in another schema of the same database, as a backend of its own would."""
        session_settings.prepare(self.connection, schema)
        self.target = replace(self.target, schema=schema)
        self._internal_schema_updated = False
        self.absent = ()

    def lock(self, timeout: float = 0) -> AbstractContextManager[None]:  # noqa: ARG002 (yoyo's)
        """Lock nothing yet: yoyo asks for this before it knows whether there is anything to do."""
        return nullcontext()

    def break_lock(self) -> None:
        """Refuse: there is no lock row to delete."""
        raise MessengerError("there is no lock to break: PostgreSQL frees it when the session that holds it ends")

    def transaction(self, rollback_on_exit: bool = False) -> AbstractContextManager[Any]:
        """Return one transaction, however deeply nested: a savepoint a statement would serve `--force` alone."""
        if self._in_transaction:
            return nullcontext()
        transaction: AbstractContextManager[Any] = super().transaction(rollback_on_exit)
        return transaction

    def commit(self) -> None:
        """Commit. Whatever comes of it, the transaction has ended."""
        self._in_transaction = False
        with self.connection.cursor() as cursor:
            cursor.execute("COMMIT")

    def rollback(self) -> None:
        """Roll back, unless the connection is gone: then the server has done so."""
        self._in_transaction = self._internal_schema_updated = False
        if not self.connection.closed:
            super().rollback()

    def execute(self, sql: str, params: Mapping[str, Any] | None = None) -> Cursor:
        """Run one statement of yoyo's. Raises MessengerError when it fails, unless it is tried again."""
        with self._explained():
            cursor: Cursor = super().execute(sql, params)
        return cursor

    def run(self, query: Query, **values: object) -> Cursor:
        """Run a query of ours, whose parameters are not yoyo's to translate. Raises as `execute` does."""
        cursor: Cursor = self.cursor()
        with self._explained():
            query.execute(cursor, **values)
        return cursor

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except BUSY:
            raise
        except psycopg2.Error as error:
            raise self._explain(error, "a statement on the migration tables failed") from None

    def list_tables(self, **_: object) -> list[str]:
        """Return yoyo's tables and ours next to them: yoyo looks for no others, and reads all of the catalog for it."""
        return [name for (name,) in self.run(QUERIES["migrations.tables"])]

    def ensure_internal_schema_updated(self) -> None:
        """Create or upgrade yoyo's own tables and ours next to them, inside the transaction that needs them."""
        if self._internal_schema_updated:
            return
        if internalmigrations.needs_upgrading(self):
            internalmigrations.upgrade(self)
        if not self._has_table("_yoyo_sums"):
            self.run(QUERIES["migrations.create_checksums"])
        self._internal_schema_updated = True

    def _has_table(self, name: str) -> bool:
        return self.run(QUERIES["migrations.has_table"], name=name).fetchone() == (True,)

    def get_applied_migration_hashes(self) -> list[str]:
        """Return the hashes of what is applied, oldest first, without creating yoyo's tables to find out."""
        if not self._has_table(self.migration_table):
            return []
        return [row[0] for row in self.execute(self.format_sql(self.applied_migrations_sql)).fetchall()]

    def applied_at(self) -> dict[str, datetime]:
        """Return the ids of what is applied, each with the time, in UTC."""
        if not self._has_table(self.migration_table):
            return {}
        found: dict[str, datetime] = dict(self.run(QUERIES["migrations.applied"]).fetchall())
        return found

    def to_apply(self, migrations: MigrationList) -> MigrationList:
        """Return those of `migrations` that are pending.

        Raises MessengerError when there are no migrations at all, when one that is applied has changed since, or when
        a pending one is older than one that is applied; ACCEPT=<its name>[,<another>] in the environment lets it pass.
        """
        for migration in self._refuse_changed(migrations):
            self._record_sums(migration)
        applied = self._look(migrations)
        with _readable(migrations):
            pending = migrations.replace(topological_sort(m for m in migrations if m.id not in applied))
        for migration in pending:
            if migration.id < max(applied, default="") and migration.id not in _accepted():
                self._refuse_out_of_order(migration, applied)
        return pending

    def to_rollback(self, migrations: MigrationList) -> MigrationList:
        """Return those of `migrations` that are applied, newest first. Raises MessengerError when there are none."""
        applied = self._look(migrations)
        with _readable(migrations):
            chosen = list(topological_sort(m for m in migrations if m.id in applied))
        return migrations.replace(reversed(chosen))

    def _look(self, migrations: MigrationList) -> dict[str, datetime]:
        """Return what is applied, and note which files of it are absent."""
        applied = self.applied_at()
        self.absent = tuple(history.absent(applied, history.files_beside(migrations)))
        if not self.absent or not self._has_table("_yoyo_sums"):
            return applied
        renumbered = history.renumbered(migrations, applied, self.absent, self._recorded_sums())
        if not renumbered:
            return applied
        history.refuse_renumbered(renumbered, migrations, applied, self.target, _accepted())
        with self.transaction():
            for old, migration in renumbered.items():
                self._renumber(old, migration)
        return self._look(migrations)

    def _renumber(self, old: str, migration: Migration) -> None:
        """Record a migration that is applied under its new number."""
        self.run(QUERIES["migrations.renumber"], old=old, new=migration.id, hash=migration.hash)
        self.run(QUERIES["migrations.forget_checksums"], id=old)
        self._record_sums(migration)

    def _refuse_out_of_order(self, pending: Migration, applied: Collection[str]) -> None:
        newest = max(applied)
        says = f"{pending.id} is pending, but {newest} is applied to {self.target}"
        if newest in self.absent:
            raise MessengerError(
                f"{says} and its file is not in this checkout: {history.way_out(self.absent, self.target)}"
            )
        if above := history.depending(pending.id, applied, history.files_beside([pending])):
            raise MessengerError(
                f"{pending.id} is pending, but {above}, which depends on it, is applied to {self.target}: if what it "
                f"makes is there, record it as applied with ACCEPT={pending.id} yoyo mark -r {pending.id}"
            )
        raise MessengerError(
            f"{says} already: give it the next number; or apply it out of order with ACCEPT={pending.id}"
        )

    def refuse_rollback(self, migrations: MigrationList) -> None:
        """Raise MessengerError unless nothing that is applied stands above `migrations`, or lacks its file here."""
        if not migrations:
            history.refuse_absent(self.absent, self.target)
            return
        applied, files = self.applied_at(), history.files_beside(migrations)
        history.refuse_absent(history.absent(applied, files), self.target)
        history.refuse_below({migration.id for migration in migrations}, applied, files, self.target)
        if len(migrations) == len(applied) and sharding.is_sharded(self.connection):
            raise MessengerError(
                f"{self.target} is sharded by chat: rolling back all migrations would leave what db-distribute made; "
                "drop the schema or the database instead"
            )

    def _recorded_sums(self) -> dict[str, Checksums]:
        return {row[0]: Checksums(*row[1:]) for row in self.run(QUERIES["migrations.recorded_checksums"])}

    def _refuse_changed(self, migrations: MigrationList) -> list[Migration]:
        """Return the migrations that have changed since they were applied.

        Raises MessengerError for one that ACCEPT does not name.
        """
        recorded = self._recorded_sums() if self._has_table("_yoyo_sums") else {}
        changed = [m for m in migrations if m.id in recorded and recorded[m.id] != checksums_of(m.path)]
        for migration in changed:
            if migration.id not in _accepted():
                says = f"{migration.id} has changed since it was applied to {self.target}"
                raise MessengerError(f"{says}{history.way_back(migration, self.applied_at())}")
        return changed

    def apply_migrations(self, migrations: MigrationList, force: bool = False) -> None:
        """Apply what is pending, each migration in its own transaction. Raises MessengerError when one fails.

        With APPLY_BACKFILLS=1, runs the backfills too: those that a migration needs before it, the others at the end.
        """
        _refuse(force)
        with_backfills = settings.flag("APPLY_BACKFILLS", settings.value("APPLY_BACKFILLS"))
        folder = Path(migrations[0].path).parent if migrations else folders.migrations_folder()
        skip = backfill_runs.leaves_out(self.on_error or settings.value("ON_ERROR"))
        needed: Backfill | None = None
        while migrations:
            needed = None
            with alone(self.connection, self.target):
                # Another process may have been faster: look again, now that no other can.
                migrations = self.to_apply(migrations)
                try:
                    super().apply_migrations(migrations)
                except BackfillNeededError as error:
                    if not with_backfills:
                        raise
                    needed = error.backfill
            if not needed:
                break
            # A backfill has a lock of its own: those who wait for this one wait for a migration at most.
            backfill_runs.run(self.connection, self.target, needed, skip=skip)
        if not migrations:
            print(f"nothing to apply: {self.standing()}")
        elif self.absent:
            print(self.standing())
        if with_backfills:
            for state in states(self.connection, folder, self.applied_at()):
                if state.file and state.is_due:
                    backfill_runs.run(self.connection, self.target, state.file, skip=skip)

    def standing(self) -> str:
        """Return how the database stands to the migrations that were last looked at, when none of them is pending."""
        return f"{self.target} {history.ahead(self.absent) if self.absent else 'is at the newest migration'}"

    def rollback_migrations(self, migrations: MigrationList, force: bool = False) -> None:
        """Roll migrations back, each in its own transaction.

        Raises MessengerError when one fails or has changed since it was applied, when another one stands above it or
        lacks its file here, or nobody confirms it on a database that is not the embedded one.
        """
        _refuse(force)
        self.refuse_rollback(migrations)
        self._refuse_changed(migrations)
        if migrations:
            confirm(f"rolling back {', '.join(m.id for m in migrations)} deletes what it created", self.target)
            with alone(self.connection, self.target):
                # Another process may have been faster.
                migrations = self.to_rollback(migrations)
                self.refuse_rollback(migrations)
                super().rollback_migrations(migrations)
        if not migrations:
            print(f"nothing to roll back: {self.target} has none of these migrations")

    def mark_migrations(self, migrations: MigrationList) -> None:
        """Record as applied, without applying."""
        if migrations:
            with alone(self.connection, self.target):
                self.mark_under_lock(self.to_apply(migrations))

    def mark_under_lock(self, migrations: MigrationList) -> None:
        """Record as applied, where the caller holds the lock."""
        super().mark_migrations(migrations)

    def unmark_migrations(self, migrations: MigrationList) -> None:
        """Record as not applied, without rolling back. Raises MessengerError where a rollback would be refused."""
        self.refuse_rollback(migrations)
        if migrations:
            with alone(self.connection, self.target):
                migrations = self.to_rollback(migrations)
                self.refuse_rollback(migrations)
                super().unmark_migrations(migrations)

    def mark_one(self, migration: Migration, log: bool = True) -> None:
        """Record a migration as applied, with the checksums of its files."""
        super().mark_one(migration, log)
        self._record_sums(migration)

    def unmark_one(self, migration: Migration, log: bool = True) -> None:
        """Delete the record, and the checksums with it."""
        super().unmark_one(migration, log)
        self.run(QUERIES["migrations.forget_checksums"], id=migration.id)
        if self._has_table(backfill_records.TABLE):
            # What it filled goes with it, and is to be filled again when it is applied again.
            self.run(QUERIES["backfills.forget"], migration=migration.id)

    def _record_sums(self, migration: Migration) -> None:
        checksums = checksums_of(migration.path)
        self.run(QUERIES["migrations.record_checksums"], id=migration.id, **checksums._asdict())

    def apply_one(self, migration: Migration, force: bool = False, mark: bool = True) -> None:  # noqa: ARG002 (yoyo's)
        """Apply one migration, log it and record it as applied."""

        def book() -> None:
            self.log_migration(migration, "apply")
            if mark:
                self.mark_one(migration, log=False)

        refuse_incomplete(self.connection, self.target, Path(migration.path))
        self._run(migration, "apply", book)

    def rollback_one(self, migration: Migration, force: bool = False) -> None:  # noqa: ARG002 (yoyo's)
        """Roll one migration back, log it and delete its record."""

        def book() -> None:
            self.log_migration(migration, "rollback")
            self.unmark_one(migration, log=False)

        self._run(migration, "rollback", book)

    def _run(self, migration: Migration, direction: str, book: Callable[[], None]) -> None:
        """Run one file of a migration and record it, starting with a clean session."""
        migration.load()
        started = time.monotonic()
        half = Path(migration.path if direction == "apply" else rollback_path(migration.path))
        needs_none = direction != "apply" and not any(
            concurrently.is_named(found.text) for found in statements_of(half)
        )
        in_transaction = migration.use_transactions or needs_none
        try:
            if in_transaction:
                self._run_in_transaction(migration.id, half, book)
            else:
                self._run_outside(half, book)
        except psycopg2.Error as error:
            kept = "nothing of it was kept" if in_transaction else "the next run continues from there"
            if self.connection.closed:
                kept = "the connection was lost, and the next run finds what was kept"
            else:
                with suppress(psycopg2.Error):
                    session_settings.reset(self.connection, self.target.schema)
            raise self._explain(error, f"{direction} of {migration.id} failed, {kept}") from None
        done = "applied" if direction == "apply" else "rolled back"
        print(f"{done} {printable(migration.id)} ({time.monotonic() - started:.2f} s)", flush=True)

    def _run_in_transaction(self, id_: str, half: Path, book: Callable[[], None]) -> None:
        """Run all in one transaction, once more if only a list of columns of the change feed was in its way."""
        try:
            self.while_busy(id_, partial(self._migrate, half, book))
        except (DependentObjectsStillExist, FeatureNotSupported):
            with self.connection.cursor() as cursor:
                if not feed_publication.has_lists(cursor):
                    raise
            self.while_busy(id_, partial(self._migrate, half, book, past_feed=True))

    def while_busy(self, what: str, work: Callable[[], None]) -> None:
        """Do the work in one transaction, and again as a whole, ever less often, while a table stays busy."""
        attempts = settings.number("LOCK_ATTEMPTS")
        for attempt in range(1, attempts + 1):
            session_settings.reset(self.connection, self.target.schema)
            try:
                with self.transaction():
                    refuse_unless_held(self.connection, self.target)
                    self._prepare_transaction()
                    work()
            except BUSY:
                if attempt == attempts:
                    raise
                pause = min(LONGEST_BACK_OFF_SECONDS, settings.number("LOCK_TIMEOUT_MS") / 1000 * 2 ** min(attempt, 16))
                print(f"{what}: a table is busy, next try in {pause:.1f} s ({attempt} of {attempts})", flush=True)
                time.sleep(pause)
            else:
                return

    def _migrate(self, half: Path, book: Callable[[], None], *, past_feed: bool = False) -> None:
        self.ensure_internal_schema_updated()
        with self.connection.cursor() as cursor:
            if past_feed:
                feed_publication.put_lists_aside(cursor)
            self._execute_all(statements_of(half))
            session_settings.reset_settings(self.connection, self.target.schema)
            self._prepare_transaction()
            feed_publication.follow(cursor)
        book()

    def _prepare_transaction(self) -> None:
        self.run(QUERIES["sharding.session"])
        self.run(QUERIES["migrations.set_lock_timeout"], milliseconds=settings.number("LOCK_TIMEOUT_MS"))

    def _run_outside(self, half: Path, book: Callable[[], None]) -> None:
        """Run the one statement that no transaction takes, unless an interrupted run has done it, then book it."""
        session_settings.reset(self.connection, self.target.schema)
        statements = statements_of(half)
        if not all(concurrently.is_done(self.connection, found.text) for found in statements):
            with watched(self.connection, self.target, QUERIES["concurrent_index.progress"], PROGRESS_SECONDS):
                self._execute_all(statements)
        session_settings.reset(self.connection, self.target.schema)
        with self.transaction():
            self.ensure_internal_schema_updated()
            book()

    def _execute_all(self, statements: list[Statement]) -> None:
        """Run the statements of a file, and print what each returns, and what the server says while it runs."""
        # psycopg2 keeps the last fifty notices in a list; anything else that appends gets them all.
        self.connection.notices = _Notices()
        try:
            for number, found in enumerate(statements):
                with found.located(), self.around_statement(found):
                    MigrationStep(number, found.text, None).apply(self)
        finally:
            self.connection.notices = []

    def _explain(self, error: psycopg2.Error, what: str) -> MessengerError:
        cure = CURES.get(error.pgcode or "")
        line = f"{self.target}: {what}: {reason_of(error)}" + (f" ({cure})" if cure else "")
        return MessengerError(line, *details_of(error))


class _Notices:
    """Prints each NOTICE and WARNING as psycopg2 hands it over, when its statement has ended."""

    def append(self, notice: str) -> None:
        """Print it."""
        for line in notice_lines(notice):
            print(f"  {line}", flush=True)


@contextmanager
def _readable(migrations: MigrationList) -> Iterator[None]:
    """Refuse when there are no migrations, or some cannot be put in order: yoyo would take both for success."""
    if not migrations:
        ids(folders.migrations_folder())  # a folder in the place of each file is refused by name
        raise MessengerError("no migration found: run this in the folder of yoyo.ini, or below it")
    strangers = [migration.path for migration in migrations if not migration.path.endswith(".sql")]
    if strangers:
        raise MessengerError(f"{strangers[0]} is not a migration of this project: use make db-new, not yoyo new")
    try:
        with _loading:
            yield
    except BadMigration as error:
        raise MessengerError(f"{error} (make validate shows more)") from None
    except (KeyError, UnicodeDecodeError) as error:  # yoyo's, for an odd header or a file that is not UTF-8
        raise MessengerError(f"a migration cannot be read: {error} (make validate shows which)") from None


def _accepted() -> list[str]:
    return settings.value("ACCEPT").split(",")


def _refuse(force: bool) -> None:
    if force:
        raise MessengerError("--force would keep a part of a migration: leave it out, and correct the migration")
