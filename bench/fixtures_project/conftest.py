"""The fixtures that are compared, and the clock: set-up and tear-down of each test, as pytest runs them."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from pytest_postgresql import factories

TIMES: list[tuple[float, float]] = []


def migrate(*, host: str, port: int, user: str, dbname: str, **_: object) -> None:
    """Fill pytest-postgresql's template as the plugin fills its own."""
    from messenger_db.testing.server_address import Place
    from messenger_db.testing.templates import migrate

    migrate(Place({"host": host, "port": str(port), "user": user}, "postgres", "").url(dbname))


theirs_noproc = factories.postgresql_noproc(load=[migrate])
theirs = factories.postgresql("theirs_noproc")


@pytest.fixture(scope="session")
def maintenance(pytestconfig: pytest.Config) -> Iterator[Connection]:
    """A connection that stays open, as the plugin's do."""
    host, port = pytestconfig.option.postgresql_host, pytestconfig.option.postgresql_port
    with closing(psycopg2.connect(host=host, port=port, user="postgres", dbname="postgres")) as connection:
        connection.autocommit = True
        yield connection


@pytest.fixture(scope="session")
def template(maintenance: Connection) -> str:
    """The plugin's template."""
    with maintenance.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^messenger_template_[0-9a-f]{16}$'")
        ((name,),) = cursor.fetchall()
    return str(name)


@pytest.fixture
def bare(maintenance: Connection, template: str) -> Iterator[str]:
    """The two statements, and nothing else."""
    name = f"bare_{os.getpid()}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {} {}")
    with maintenance.cursor() as cursor:
        cursor.execute(
            create.format(sql.Identifier(name), sql.Identifier(template), sql.SQL(os.environ.get("STRATEGY", "")))
        )
        yield name
        cursor.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup() -> Iterator[None]:
    """Time the set-up, and note when the test begins."""
    began = time.perf_counter()
    yield
    TIMES.append((time.time(), (time.perf_counter() - began) * 1000))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """Time the tear-down; a worker's last one is that of the whole run, and not timed."""
    began = time.perf_counter()
    yield
    if nextitem:
        ready, milliseconds = TIMES[-1]
        TIMES[-1] = (ready, milliseconds + (time.perf_counter() - began) * 1000)


def pytest_sessionfinish() -> None:
    """Write all down."""
    if TIMES:
        Path(f"times-{os.getpid()}.json").write_text(json.dumps(TIMES))
