"""Names from the catalog and the server reach no terminal with their control characters."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from pytest_postgresql.executors import NoopExecutor
from support import forks
from workflow.databases import Database

from messenger_db.advisory_locks import MIGRATIONS
from messenger_db.sql import QUERIES

from .commands import BIN, Done, run_in_shell
from .test_bad_environments import is_plain

ODD = "\x1b[31m\n\"'%é"
SHOWN = r"\x1b[31m\n"


@pytest.fixture
def odd_role(postgresql_noproc: NoopExecutor) -> Iterator[str]:
    """A role with an odd name."""
    name = f"role{ODD}{os.getpid()}"
    with Database(postgresql_noproc, "postgres").connect() as db:
        db.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
        yield name
        db.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture
def odd(postgresql_noproc: NoopExecutor, odd_role: str, migrated: Database) -> Iterator[Database]:  # noqa: ARG001
    """A migrated database with an odd name, and odd names in it; what the role has there goes before the role."""
    database = Database(postgresql_noproc, f"{migrated.name}{ODD}")
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    with migrated.maintenance() as db:
        db.execute(rename.format(*map(sql.Identifier, (migrated.name, database.name))))
    with database.connect() as db:
        for text in (
            "CREATE TABLE {} (id integer)",
            "ALTER TABLE users ADD CONSTRAINT {} CHECK (id IS NOT NULL)",
            "CREATE INDEX {} ON users (bio)",
            "ALTER TABLE chats ADD {} integer",
        ):
            db.execute(sql.SQL(text).format(sql.Identifier(f"odd{text[7:9]}{ODD}")))
    yield database
    with migrated.maintenance() as db:
        db.execute(rename.format(*map(sql.Identifier, (database.name, migrated.name))))


class Commands:
    """Runs commands on a database, and checks that what they print is fit for a terminal."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    def __call__(self, command: str, **environment: str) -> Done:
        """Run a command."""
        plain = {"PATH": f"{BIN}:{os.environ['PATH']}", "DATABASE_URL": self.url}
        done = forks.run(command.split(), cwd=self.folder, env=plain | environment)
        assert is_plain(done.stdout + done.stderr), command
        assert "Traceback" not in done.stderr
        assert len(done.stderr.splitlines()) <= 1
        return done


def test_names_are_escaped(folder: Path, odd: Database, odd_role: str) -> None:
    run = Commands(folder, odd.url())
    assert SHOWN in run("status").stdout
    drift = run("check")
    assert len(drift.stdout.splitlines()) == 4
    assert all(SHOWN in line for line in drift.stdout.splitlines())
    assert SHOWN in drift.stderr
    assert SHOWN in run("down").stderr
    assert SHOWN in run("up").stdout
    assert run("plan").stdout.startswith("-- nothing to apply")
    assert SHOWN in run("seed-report").stderr
    assert run("wait").returncode == 0
    assert f"role{SHOWN}" in run("grant", ROLE=odd_role).stdout
    with odd.connect() as db:
        db.execute(sql.SQL("ALTER ROLE {} SUPERUSER").format(sql.Identifier(odd_role)))
        assert f"role{SHOWN}" in run("grant", ROLE=odd_role).stderr
        db.execute("INSERT INTO _yoyo_migration VALUES (md5('x'), %s, now())", [f"0000{ODD}"])
        assert f"0000{SHOWN}" in run("status").stdout
        assert f"0000{SHOWN}" in run("check").stderr
        assert f"0000{SHOWN}" in run("adopt").stderr
        run("yoyo list")
        db.execute("DROP TABLE _yoyo_migration, _yoyo_log, _yoyo_version, _yoyo_sums")
        assert len(run("adopt").stdout.splitlines()) == 4


def test_the_holder_of_the_lock_is_escaped(folder: Path, odd: Database, odd_role: str) -> None:
    run = Commands(folder, odd.url())
    server = odd.server
    with psycopg.connect(
        host=server.host,
        port=server.port,
        password=server.password,
        dbname=odd.name,
        user=odd_role,
        application_name="",
    ) as db:
        db.execute(QUERIES["advisory_locks.try"].text.encode(), MIGRATIONS._asdict())
        done = run("grant nobody", MIGRATION_WAIT_SECONDS="1")
    assert f"role{SHOWN}" in done.stdout
    assert f"role{SHOWN}" in done.stderr


def test_a_schema_is_escaped(folder: Path, database: Database) -> None:
    with database.connect() as db:
        db.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(ODD)))
    run = Commands(folder, database.url(schema=ODD))
    assert run("up").returncode == 0
    assert SHOWN in run("status").stdout
    assert SHOWN in run("check").stdout


def test_where_the_terminal_takes_ascii_only(folder: Path, odd: Database) -> None:
    url = odd.url().replace(quote("é"), "é")
    environment = {"DATABASE_URL": url, "PYTHONIOENCODING": "ascii"}
    status = run_in_shell('"$@"', ["status"], folder, environment)
    assert (status.returncode, status.stderr) == (0, "")
    assert r"\xe9" in status.stdout
    # For another program, which must get what is meant.
    assert run_in_shell('"$@"', ["url"], folder, environment).stdout == f"{url}\n"
