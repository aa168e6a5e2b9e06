"""The manifest of the migrations is what sha256sum writes and reads."""

import subprocess
import sys
from pathlib import Path

import pytest

from messenger_db.checksums import MANIFEST, checksums, record, recorded


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("0001_notes.sql", "0001_notes.rollback.sql", "0002_notes_more.sql", "README.md"):
        (tmp_path / name).write_text(f"-- {name}\n")
    return tmp_path


def test_it_is_recorded_as_sha256sum_writes_it(folder: Path) -> None:
    record(folder)
    files = ("0001_notes.rollback.sql", "0001_notes.sql", "0002_notes_more.sql")
    done = subprocess.run(["sha256sum", *files], cwd=folder, capture_output=True, text=True, check=True)
    assert (folder / MANIFEST).read_text() == done.stdout


def test_sha256sum_checks_it(folder: Path) -> None:
    record(folder)
    subprocess.run(["sha256sum", "-c", MANIFEST], cwd=folder, check=True)


def test_what_is_recorded_is_read_again_until_a_file_changes(folder: Path) -> None:
    record(folder)
    assert recorded(folder) == checksums(folder)
    (folder / "0001_notes.sql").write_text("-- other\n")
    assert {name for name, value in checksums(folder).items() if recorded(folder)[name] != value} == {"0001_notes.sql"}


def test_without_a_manifest_nothing_is_recorded(folder: Path) -> None:
    assert recorded(folder) == {}


def test_it_needs_nothing_that_an_installed_package_lacks() -> None:
    program = "import sys, messenger_db.checksums; sys.exit('pglast' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
