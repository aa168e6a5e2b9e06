"""The commands, run in this process on a test's database."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode

import psycopg
import pytest

from messenger_db.cli import Report
from messenger_db.errors import MessengerError

ROOT = Path(__file__).parents[2]
SHIPPED = len(list(ROOT.glob("migrations/*.rollback.sql")))


class Said(NamedTuple):
    """What a command printed; the last line is the error's, if it ended with one."""

    lines: list[str]
    error: str | None
    warnings: list[str]


class Commands:
    """Commands on one database, in a checkout that may get more migrations."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.capsys = capsys
        self.environment = monkeypatch
        self.folder = folder
        shutil.copytree(ROOT / "migrations", folder / "migrations")
        shutil.copy(ROOT / "yoyo.ini", folder)
        monkeypatch.chdir(folder)

    def on(self, db: psycopg.Connection, **settings: str) -> None:
        """Work on that database from now on, with settings such as user or schema."""
        self.environment.setenv("DATABASE_URL", url(db, **settings))

    def run(self, command: Callable[..., Report | None], *arguments: object) -> Said:
        """Run a command, and print what it reports."""
        self.capsys.readouterr()
        error = report = None
        try:
            report = command(*arguments)
        except MessengerError as raised:
            error = str(raised)
        if report:
            report.print()
        out, err = self.capsys.readouterr()
        warnings = err.splitlines()
        if report and report.exit_status:
            error = warnings.pop()
        return Said(out.splitlines(), error, warnings)

    def write(self, number: int, forward: str, rollback: str = "SELECT 1;") -> str:
        """Write a migration, 2 being the first after those of the checkout; return its name."""
        before = max(file.stem for file in self.folder.glob("migrations/*.sql") if ".rollback" not in file.name)
        name = f"{number - 1 + SHIPPED:04}_test"
        (self.folder / "migrations" / f"{name}.sql").write_text(f"-- depends: {before}\n{forward}\n")
        (self.folder / "migrations" / f"{name}.rollback.sql").write_text(f"{rollback}\n")
        return name


def url(db: psycopg.Connection, **settings: str) -> str:
    """Return the URL of a connection's database."""
    info = db.info
    settings = {"user": info.user, "password": info.password, "host": info.host, "port": str(info.port), **settings}
    return f"postgresql:///{info.dbname}?{urlencode(settings, quote_via=quote)}"


def schemas(db: psycopg.Connection) -> list[str]:
    """Return the names of all schemas but PostgreSQL's own."""
    with psycopg.connect(db.info.dsn, password=db.info.password) as other:
        rows = other.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' ORDER BY 1")
        return [name for (name,) in rows]
