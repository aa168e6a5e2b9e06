"""Databases for the tests: pytest-postgresql's fixtures, on a template that holds the migrated schema."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from pytest_postgresql import factories
from pytest_postgresql.executors import NoopExecutor
from pytest_postgresql.janitor import DatabaseJanitor

from messenger_db.backend import open_backend
from messenger_db.migrate import migrations
from messenger_db.server import Server

ROOT = Path(__file__).parent.parent

pytest_plugins = ["workflow.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """Start a server for this run, unless --postgresql-host names one; xdist's workers share it."""
    options = config.option
    if hasattr(config, "workerinput"):
        options.postgresql_host, options.postgresql_port = config.workerinput["postgresql"]
    elif not options.postgresql_host:
        # Nothing here outlives the run, so nothing need survive a crash.
        unsafe = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
        server = Server(Path(tempfile.mkdtemp(prefix="messenger-db-tests-")), unsafe)
        config.add_cleanup(server.remove)
        server.start()
        options.postgresql_host, options.postgresql_port = str(server.home), str(server.port)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist where the server is."""
    options = node.config.option
    node.workerinput["postgresql"] = (options.postgresql_host, options.postgresql_port)


def migrate(*, host: str, port: int, user: str, password: str | None, dbname: str, **_: object) -> None:
    """Put the schema into the template database of pytest-postgresql."""
    parts = {"host": host, "port": port, "user": user, "password": password or ""}
    with open_backend(f"postgresql:///{dbname}?{urlencode(parts)}") as backend:
        backend.apply_migrations(backend.to_apply(migrations()))


postgresql_noproc = factories.postgresql_noproc(load=[migrate])
postgresql = factories.postgresql("postgresql_noproc")

empty_noproc = factories.postgresql_noproc(dbname="empty", load=[])
empty_postgresql = factories.postgresql("empty_noproc")


@pytest.fixture(scope="session")
def shared_database(postgresql_noproc: NoopExecutor) -> Iterator[str]:
    """One migrated database a worker, for tests that roll back all they do: its connection string."""
    server = postgresql_noproc
    janitor = DatabaseJanitor(
        user=server.user,
        host=server.host,
        port=server.port,
        password=server.password,
        dbname=f"{server.dbname}_shared",
        template_dbname=server.template_dbname,
    )
    with janitor:
        yield psycopg.conninfo.make_conninfo(
            host=server.host, port=server.port, user=server.user, password=server.password, dbname=janitor.dbname
        )


@pytest.fixture
def db(shared_database: str) -> Iterator[psycopg.Connection]:
    """A transaction on the migrated schema, rolled back when the test ends."""
    with psycopg.connect(shared_database) as connection:
        yield connection
        connection.rollback()
