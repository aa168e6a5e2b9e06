"""What the tests of the commands share."""

from pathlib import Path

import pytest

from .commands import Commands


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Commands:
    """Commands in a copy of the checkout's migrations."""
    return Commands(capsys, monkeypatch, tmp_path / "checkout")
