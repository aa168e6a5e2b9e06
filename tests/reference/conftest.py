"""What these tests share."""

from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection


@pytest.fixture
def connection(shared_database: str) -> Iterator[Connection]:
    """A transaction on the migrated schema, in the driver that the package takes; rolled back."""
    with closing(psycopg2.connect(shared_database)) as connection:
        yield connection
