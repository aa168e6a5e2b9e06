"""What the tests of bad environments share."""

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict
from pytest_postgresql.executors import NoopExecutor
from workflow.databases import Database

from .commands import make_checkout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small checkout."""
    return make_checkout(tmp_path / "checkout")


@pytest.fixture(scope="session")
def shared(postgresql_noproc: NoopExecutor, shared_database: str) -> Database:
    """A migrated database, for commands that leave it as it is."""
    return Database(postgresql_noproc, str(conninfo_to_dict(shared_database)["dbname"]))
