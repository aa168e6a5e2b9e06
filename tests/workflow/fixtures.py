"""The fixtures of the tests that run commands."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from pytest_postgresql.executors import NoopExecutor

from .checkouts import Checkout, copy_folder, new_checkout, succeeded
from .databases import Database, missing_database, new_database, new_role, reused_databases


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the tests of embedded servers, so that one worker of xdist makes what they share, and begins with them."""
    for item in items:
        if {"started", "stopped"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("embedded"))


@pytest.fixture
def checkout() -> Iterator[Checkout]:
    """A fresh copy of the checkout."""
    with new_checkout() as checkout:
        yield checkout


@pytest.fixture(scope="session")
def untouched() -> Iterator[Checkout]:
    """A copy of the checkout for tests that leave it as it is."""
    with new_checkout() as checkout:
        before = _files(checkout)
        yield checkout
        assert _files(checkout) == before


def _files(checkout: Checkout) -> set[Path]:
    return {path for path in checkout.base.rglob("*") if "__pycache__" not in path.parts}


@pytest.fixture(scope="session")
def started() -> Iterator[Checkout]:
    """A copy whose embedded database is migrated, for tests that leave it so."""
    with new_checkout() as checkout:
        succeeded(checkout.make("db-up"))
        yield checkout


@pytest.fixture(scope="session")
def stopped_home() -> Iterator[Path]:
    """The folder of an embedded server that is migrated and stopped."""
    with new_checkout() as checkout:
        succeeded(checkout.make("db-up"))
        succeeded(checkout.make("db-stop"))
        yield checkout.server_home


@pytest.fixture
def stopped(checkout: Checkout, stopped_home: Path) -> Checkout:
    """A copy of the checkout with an embedded server that is migrated and stopped: copied, as initdb takes its time."""
    home = checkout.folder / ".postgres"
    copy_folder(stopped_home, home)
    with socket.create_server(("127.0.0.1", 0)) as free:
        (home / "port").write_text(str(free.getsockname()[1]))
    return checkout


@pytest.fixture(scope="session")
def empty_databases(postgresql_noproc: NoopExecutor) -> Iterator[Callable[[], AbstractContextManager[Database]]]:
    """Where the next empty database comes from."""
    with reused_databases(postgresql_noproc) as empty_databases:
        yield empty_databases


@pytest.fixture
def database(empty_databases: Callable[[], AbstractContextManager[Database]]) -> Iterator[Database]:
    """An empty database that is not the embedded one."""
    with empty_databases() as database:
        yield database


@pytest.fixture
def migrated(postgresql_noproc: NoopExecutor) -> Iterator[Database]:
    """A migrated database that is not the embedded one."""
    with new_database(postgresql_noproc, postgresql_noproc.template_dbname) as database:
        yield database


@pytest.fixture
def missing(postgresql_noproc: NoopExecutor) -> Iterator[Database]:
    """A database that does not exist."""
    with missing_database(postgresql_noproc) as database:
        yield database


@pytest.fixture
def role(postgresql_noproc: NoopExecutor) -> Iterator[str]:
    """A role that may log in and do nothing else."""
    with new_role(postgresql_noproc) as role:
        yield role
