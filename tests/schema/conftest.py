"""What the tests of the schema share."""

from collections.abc import Iterator

import psycopg
import pytest
from pytest_postgresql.executors import NoopExecutor
from workflow.databases import new_database

from .cases.world import build_world


@pytest.fixture(scope="session")
def peopled(postgresql_noproc: NoopExecutor) -> Iterator[psycopg.Connection]:
    """A connection to a database in which every table has rows: made once, as a thousand tests begin there."""
    with (
        new_database(postgresql_noproc, postgresql_noproc.template_dbname) as database,
        psycopg.connect(database.url()) as db,
    ):
        build_world(db)
        db.commit()
        yield db


@pytest.fixture
def world(peopled: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """A transaction in which every table has rows, rolled back when the test ends."""
    with peopled.transaction(force_rollback=True):
        yield peopled
