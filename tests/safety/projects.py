"""Small projects: a folder with a yoyo.ini and migrations of its own, in which the real yoyo command runs."""

import os
import shutil
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import children
import psycopg
from children import Process
from pytest_postgresql.executors import NoopExecutor
from support.forks import Fork
from workflow.checkouts import MESSENGER_DB, ROOT, YOYO, Done
from workflow.databases import Database

from messenger_db.embedded.server import Server

# A statement of a migration that takes its time.
PAUSE = "DO $$ BEGIN PERFORM pg_sleep({seconds}); END $$;\n"

# Of a session that migrates.
IN_TRANSACTION = "xact_start IS NOT NULL"
ASLEEP = "wait_event = 'PgSleep'"


finished = children.finished


class Project:
    """A folder with migrations, and a database that they are for."""

    def __init__(self, folder: Path, database: Database, *, in_forks: bool) -> None:
        self.folder = folder
        self.in_forks = in_forks
        self.database = database
        self.migrations = folder / "migrations"
        self.started: list[Process] = []
        self.migrations.mkdir()
        shutil.copy2(ROOT / "yoyo.ini", folder)

    def write(self, name: str, forward: str, rollback: str, *, transactional: bool = True) -> None:
        """Write both halves of a migration that depends on the one before it."""
        before = [id_ for id_ in self.ids() if id_ < name]
        header = [f"-- depends: {id_}\n" for id_ in before[-1:]] + ["-- transactional: false\n"] * (not transactional)
        (self.migrations / f"{name}.sql").write_text("".join(header) + forward)
        (self.migrations / f"{name}.rollback.sql").write_text(rollback)

    def ids(self) -> list[str]:
        """Return the ids of the migrations in the folder."""
        return sorted(path.stem for path in self.migrations.glob("*.sql") if not path.stem.endswith(".rollback"))

    def copy_shipped(self) -> None:
        """Take the migrations of the checkout."""
        for path in (ROOT / "migrations").glob("*.sql"):
            shutil.copy2(path, self.migrations)

    def start(self, *words: str, url: str | None = None, **environment: str) -> Process:
        """Start the yoyo command, rollbacks confirmed beforehand."""
        return self._start(words, {"DATABASE_URL": url or self.database.url(), **environment}, in_fork=self.in_forks)

    def start_command(self, *words: str, **environment: str) -> Process:
        """Start the command messenger-db."""
        settings = {"DATABASE_URL": self.database.url(), **environment}
        return self._start(words, settings, in_fork=self.in_forks, command=MESSENGER_DB)

    def start_stock(self, *words: str) -> Process:
        """Start the yoyo command as it is without this package."""
        options = ("--batch", "--no-config-file", "--database", self.database.url(), "migrations")
        return self._start((*words, *options), {"DATABASE_URL": self.database.url()}, in_fork=False)

    def _start(
        self, words: Sequence[str], settings: Mapping[str, str], *, in_fork: bool, command: str = YOYO
    ) -> Process:
        environment = {
            "HOME": str(self.folder),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "CONFIRM": self.database.name,
            **settings,
        }
        process: Process
        if in_fork:
            process = Fork(["yoyo", *words] if command == YOYO else words, cwd=self.folder, env=environment)
        else:
            process = children.start([command, *words], cwd=self.folder, env=environment)
        self.started.append(process)
        return process

    def yoyo(self, *words: str, url: str | None = None, **environment: str) -> Done:
        """Run the yoyo command."""
        return finished(self.start(*words, url=url, **environment))

    def stock(self, *words: str) -> Done:
        """Run the yoyo command as it is without this package."""
        return finished(self.start_stock(*words))

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database, in a session of its own."""
        with psycopg.connect(self.database.url(), autocommit=True) as db:
            return db.execute(query.encode(), values).fetchall()

    def tables(self) -> set[str]:
        """Return the names of the tables, those of the bookkeeping aside."""
        found = self.rows("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        return {name for (name,) in found if "yoyo" not in name}

    def marks(self) -> list[str]:
        """Return the ids of the migrations that are marked as applied, none where there is no bookkeeping yet."""
        if self.rows("SELECT to_regclass('_yoyo_migration')") == [(None,)]:
            return []
        return [row[0] for row in self.rows("SELECT migration_id FROM _yoyo_migration ORDER BY 1")]

    def log(self) -> list[tuple[Any, ...]]:
        """Return what was done to which migration, oldest first."""
        return self.rows("SELECT operation, migration_id FROM _yoyo_log ORDER BY created_at_utc")

    def sessions(self, condition: str = "true") -> int:
        """Count the migrating sessions of which something holds."""
        query = "SELECT FROM pg_stat_activity WHERE datname = %s AND application_name = 'messenger-db' AND "
        return len(self.rows(query + condition, self.database.name))

    def end(self) -> None:
        """End the commands that still run."""
        for process in self.started:
            if process.returncode is None:
                kill(process)


def executor_of(server: Server) -> NoopExecutor:
    """Return what pytest-postgresql would know of a server."""
    return NoopExecutor(str(server.home), server.port, user="postgres", options="", dbname="postgres")


@contextmanager
def new_project(database: Database, *, in_forks: bool = True) -> Iterator[Project]:
    """Make an empty project; when done with, end its commands and delete it.

    Its commands run in forks, or where their start matters too in processes of their own.
    """
    with TemporaryDirectory(prefix="project-") as folder:
        project = Project(Path(folder), database, in_forks=in_forks)
        try:
            yield project
        finally:
            project.end()


def kill(process: Process) -> None:
    """Kill a command so that it can do nothing about it."""
    process.send_signal(signal.SIGKILL)
    finished(process)


def said(process: Process, words: str) -> str:
    """Wait until a command prints a line with these words, and return the line."""
    assert process.stdout
    for line in process.stdout:
        if words in line:
            return line.rstrip()
    raise AssertionError(f"never said {words!r}: {finished(process)}")


@contextmanager
def in_use(database: Database, statement: str) -> Iterator[psycopg.Connection]:
    """Have a transaction open that has run a statement."""
    with psycopg.connect(database.url()) as db:
        db.execute(statement.encode())
        yield db
