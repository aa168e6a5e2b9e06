"""The manifest of the migrations is what sha256sum writes and reads."""

import subprocess
import sys
from pathlib import Path

import pytest

from messenger_db.checksums import MANIFEST, checksums, record, recorded
from messenger_db.errors import MessengerError


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


def released(folder: Path) -> None:
    """Release 0001, while 0002 is still worked on."""
    record(folder)
    *first, last = (folder / MANIFEST).read_text().splitlines(keepends=True)
    (folder / MANIFEST).write_text("".join((*first, "# Released with 0.1.0: the files above never change.\n", last)))


def test_what_was_released_is_fixed_and_the_rest_is_free(folder: Path) -> None:
    released(folder)
    subprocess.run(["sha256sum", "-c", "--strict", MANIFEST], cwd=folder, check=True)
    (folder / "0002_notes_more.sql").write_text("-- other\n")
    (folder / "0003_last.sql").write_text("-- new\n")
    before = (folder / MANIFEST).read_text()
    with pytest.raises(MessengerError, match=r"0002_notes_more\.sql is not what SHA256SUMS says"):
        record(folder)
    (folder / "0003_last.sql").unlink()
    record(folder)
    assert (folder / MANIFEST).read_text().splitlines()[:3] == before.splitlines()[:3]
    assert recorded(folder) == checksums(folder)


def test_a_released_migration_does_not_change_even_while_it_is_the_newest(folder: Path) -> None:
    (folder / "0002_notes_more.sql").unlink()
    record(folder)
    with (folder / MANIFEST).open("a") as manifest:
        manifest.write("# Released with 0.1.0: the files above never change.\n")
    record(folder)
    (folder / "0001_notes.sql").write_text("-- other\n")
    before = (folder / MANIFEST).read_text()
    with pytest.raises(MessengerError, match=r"0001_notes\.sql was released"):
        record(folder)
    assert (folder / MANIFEST).read_text() == before


def test_without_a_manifest_nothing_is_recorded(folder: Path) -> None:
    assert recorded(folder) == {}


def test_it_needs_nothing_that_an_installed_package_lacks() -> None:
    program = "import sys, messenger_db.checksums; sys.exit('pglast' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
