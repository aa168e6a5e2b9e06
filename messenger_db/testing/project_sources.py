"""messenger_sources: what the project under test adds to the schema, by folders of migrations and SQL files."""

import glob
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
from psycopg2.extensions import connection as Connection

from messenger_db import folders
from messenger_db.backfilling.backfill_files import beside
from messenger_db.errors import MessengerError, details_of, reason_of
from messenger_db.migration_statements import statements_of

if TYPE_CHECKING:
    from messenger_db.backend import MessengerBackend


@dataclass(frozen=True)
class Sources:
    """Folders of migrations, each with a folder `backfills` next to it or without, and SQL files."""

    folders: tuple[Path, ...] = ()
    scripts: tuple[Path, ...] = ()

    @classmethod
    def of(cls, paths: Iterable[Path]) -> "Sources":
        """Tell folders from files. Raises MessengerError for what is neither."""
        found = list(paths)
        for path in found:
            if not path.is_dir() and not (path.is_file() and path.suffix == ".sql"):
                raise MessengerError(
                    f"no test database: {path} is neither a folder of migrations nor an SQL file (messenger_sources)"
                )
        return cls(tuple(filter(Path.is_dir, found)), tuple(filter(Path.is_file, found)))

    def files(self) -> list[Path]:
        """Return all files that these sources are."""
        whole = [folder for one in self.folders for folder in (one, beside(one))]
        return [file for folder in whole for file in sorted(folder.glob("*.sql"))] + list(self.scripts)

    def migrate(self, backend: "MessengerBackend") -> None:
        """Apply the migrations of the package and of these folders, and the backfills of these.

        Raises MessengerError where one fails.
        """
        # Only where a template is made: most runs find it made.
        from yoyo import read_migrations
        from yoyo.exceptions import MigrationConflict

        from messenger_db.backfilling import backfill_runs
        from messenger_db.backfilling.backfill_states import states
        from messenger_db.backfilling.needed_backfills import BackfillNeededError

        every = (folders.shipped_folder("migrations"), *self.folders)
        try:
            known = read_migrations(*(glob.escape(str(folder)) for folder in every))
        except MigrationConflict as error:
            raise MessengerError(f"no test database: two migrations have one name: {error}") from None
        pending = backend.to_apply(known)
        while pending:
            try:
                backend.apply_migrations(pending)
            except BackfillNeededError as error:
                backfill_runs.run(backend.connection, backend.target, error.backfill, skip=False)
            pending = backend.to_apply(known)
        for folder in self.folders:
            for state in states(backend.connection, folder, backend.applied_at()):
                if state.file and state.is_due:
                    backfill_runs.run(backend.connection, backend.target, state.file, skip=False)

    def load(self, connection: Connection) -> None:
        """Execute the SQL files, each in a transaction. Raises MessengerError where a statement fails."""
        for script in self.scripts:
            try:
                with connection, connection.cursor() as cursor:
                    for statement in statements_of(script):
                        with statement.located():
                            cursor.execute(statement.text)
            except psycopg2.Error as error:
                says = f"no test database: {script.name} failed: {reason_of(error)} (messenger_sources)"
                raise MessengerError(says, *details_of(error)) from None


NOTHING_MORE = Sources()
