"""What the tests of the schema share."""

import psycopg
import pytest

from .cases.world import build_world


@pytest.fixture
def world(db: psycopg.Connection) -> psycopg.Connection:
    """Open a transaction in which every table has rows."""
    build_world(db)
    return db
