"""The fixtures of these tests."""

from pathlib import Path

import pytest
from workflow.databases import Database

from .items import Items


@pytest.fixture
def items(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Items:
    """A project with the table items and a backfill of it, on an empty database."""
    monkeypatch.setattr("messenger_db.backfilling.pacing.PAUSE_RATIO", 0.0)
    return Items(tmp_path / "project", database, monkeypatch)
