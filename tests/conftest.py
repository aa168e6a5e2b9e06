"""Databases for the tests: made by the fixtures that other projects use, and handed out for psycopg 3."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from pytest_postgresql.executors import NoopExecutor
from support.splitting import parse_once, split_once
from workflow.databases import new_database

from messenger_db.testing.templates import NO_ROWS

if TYPE_CHECKING:
    from messenger_db.testing.own_database import OwnDatabase
    from messenger_db.testing.session import Run


# Here and not in each folder's conftest.py, where a session would have one of each for every folder.
pytest_plugins = ["pytester", "workflow.fixtures", "drift.fixtures"]

TESTS = Path(__file__).parent

split_once()
parse_once()

# A shell lets what it runs in the background ignore Ctrl-C, and so would all that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Let each worker of a whole run begin to import elsewhere: what one has compiled, the others find compiled."""
    worker, workers = os.environ.get("PYTEST_XDIST_WORKER", ""), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if not worker or session.config.args != session.config.getini("testpaths"):
        return
    packages = [folder.parent for folder in sorted(TESTS.glob("*/__init__.py"))]
    names = [f"{package.name}.{file.stem}" for package in packages for file in sorted(package.glob("test_*.py"))]
    first = len(names) * int(worker.removeprefix("gw")) // workers
    for name in (*names[first:], *names[:first]):
        with suppress(Exception, pytest.skip.Exception):  # pytest tells of it when it comes to the file
            import_module(name)


class MigratedServer(NoopExecutor):
    """The tests' server, as pytest-postgresql describes one."""

    migrated = ""

    @property
    def template_dbname(self) -> str:
        """The template that holds the migrated schema."""
        return self.migrated


@pytest.fixture(scope="session")
def postgresql_noproc(_messenger_run: "Run") -> NoopExecutor:
    """The tests' server."""
    parameters = _messenger_run.place.private or _messenger_run.place.parameters
    server = MigratedServer(
        host=parameters["host"],
        port=parameters["port"],
        user=parameters["user"],
        password=parameters.get("password"),
        options="",
        dbname="tests",
    )
    server.migrated = _messenger_run.template()
    return server


@pytest.fixture
def postgresql(_messenger_database: "OwnDatabase") -> Iterator[psycopg.Connection]:
    """A connection to a migrated database of the test's own."""
    with psycopg.connect(_messenger_database.private_url) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def empty_postgresql(postgresql_noproc: NoopExecutor) -> Iterator[psycopg.Connection]:
    """A connection to an empty database of the test's own."""
    with new_database(postgresql_noproc) as database, psycopg.connect(database.url()) as connection:
        yield connection
        connection.rollback()


@pytest.fixture(scope="session")
def shared_database(_messenger_run: "Run", request: pytest.FixtureRequest) -> Iterator[str]:
    """One migrated database a worker, for tests that roll back all they do: its URL."""
    with _messenger_run.take(request.session, NO_ROWS, connected=False) as database:
        yield database.private_url


@pytest.fixture
def db(shared_database: str) -> Iterator[psycopg.Connection]:
    """A transaction on the migrated schema, rolled back when the test ends."""
    with psycopg.connect(shared_database) as connection:
        yield connection
        connection.rollback()
