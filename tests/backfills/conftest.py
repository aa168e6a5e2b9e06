"""The fixtures of these tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from workflow.checkouts import roomy_place
from workflow.databases import Database

from messenger_db.embedded.server import Server

from .items import Items


@pytest.fixture
def items(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Items:
    """A project with the table items and a backfill of it, on an empty database."""
    monkeypatch.setattr("messenger_db.backfilling.pacing.PAUSE_RATIO", 0.0)
    return Items(tmp_path / "project", database, monkeypatch)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of the test's own, whose autovacuum never comes round."""
    folder = Path(tempfile.mkdtemp(prefix="messenger-db-own-", dir=roomy_place()))
    server = Server(folder, {"fsync": "off", "autovacuum_naptime": "1h"})
    try:
        server.start()
        yield server
    finally:
        server.remove()
