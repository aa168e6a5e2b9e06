"""The manifest of the migrations is what sha256sum writes and reads."""

import subprocess
import sys
from pathlib import Path

import pytest

from messenger_db.checksums import MANIFEST, Release, as_text, checksums, checksums_of, record, recorded
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
    assert (folder / "SHA256SUMS").read_text() == done.stdout


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
    before = (folder / MANIFEST).read_text()
    (folder / "0003_last.sql").write_text("-- new\n")
    (folder / "0002_notes_more.sql").write_text("-- other\n")
    record(folder)
    assert recorded(folder) == checksums(folder)
    (folder / "0002_notes_more.sql").unlink()
    record(folder)
    assert recorded(folder) == checksums(folder)
    assert (folder / MANIFEST).read_text().splitlines()[:3] == before.splitlines()[:3]


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


def test_they_are_sorted_by_name_in_whatever_order_the_folder_has_them(folder: Path) -> None:
    for number in (7, 4, 9, 3, 8, 6, 5):
        (folder / f"000{number}_notes.sql").write_text("-- a\n")
    assert list(checksums(folder)) == sorted(checksums(folder))
    assert as_text({"0002_b.sql": "2", "0001_a.sql": "1"}, Release("", frozenset())) == "1  0001_a.sql\n2  0002_b.sql\n"


def test_without_a_manifest_nothing_is_recorded(folder: Path) -> None:
    assert recorded(folder) == {}


@pytest.mark.parametrize("older", ["0001_notes.sql", "0001_notes.rollback.sql"])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_released_migration_that_has_changed_is_refused_and_nothing_recorded(
    folder: Path, older: str, is_there: bool
) -> None:
    released(folder)
    before = (folder / MANIFEST).read_bytes()
    (folder / older).write_text("-- other\n") if is_there else (folder / older).unlink()
    (folder / "0002_notes_more.sql").write_text("-- more\n")
    with pytest.raises(MessengerError, match=f"{older} was released, and is not what {MANIFEST} says"):
        record(folder)
    assert (folder / MANIFEST).read_bytes() == before
    assert {path.name for path in folder.glob(f"{MANIFEST}*")} == {MANIFEST}


def test_two_lines_of_releases_are_refused_as_nothing_tells_which_files_they_are_for(folder: Path) -> None:
    released(folder)
    with (folder / MANIFEST).open("a") as manifest:
        manifest.write("# Released with 0.2.0: the files above never change.\n")
    with pytest.raises(MessengerError, match="keep that of the newest release"):
        record(folder)


def test_a_folder_that_is_not_one_and_a_manifest_that_cannot_be_read_are_refused(folder: Path) -> None:
    with pytest.raises(MessengerError, match="missing is not a folder"):
        checksums(folder / "missing")
    (folder / MANIFEST).mkdir()
    with pytest.raises(MessengerError, match=f"{MANIFEST} cannot be read \\(Is a directory\\)"):
        recorded(folder)


def test_only_files_of_migrations_and_whole_lines_count(folder: Path) -> None:
    (folder / "0003_folder.sql").mkdir()
    record(folder)
    expected = recorded(folder)
    assert set(expected) == {"0001_notes.rollback.sql", "0001_notes.sql", "0002_notes_more.sql"}
    manifest = folder / MANIFEST
    manifest.write_bytes(b"# \xff\n" + b"0" * 63 + b"  0001_short.sql\n" + manifest.read_bytes())
    assert recorded(folder) == expected


def test_a_missing_file_of_a_pair_has_an_empty_checksum(folder: Path) -> None:
    whole, half = checksums_of(str(folder / "0001_notes.sql")), checksums_of(str(folder / "0002_notes_more.sql"))
    assert whole == tuple(checksums(folder)[f"0001_notes{half}.sql"] for half in ("", ".rollback"))
    assert half == (checksums(folder)["0002_notes_more.sql"], "")


def test_it_needs_nothing_that_an_installed_package_lacks() -> None:
    program = "import sys, messenger_db.checksums; sys.exit('pglast' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
