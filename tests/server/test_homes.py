"""A checkout whose server lives elsewhere finds its data again, and never those of another one."""

import shutil
from pathlib import Path

import pytest
from workflow.checkouts import Checkout, new_checkout, refusal, stamp_venv, succeeded
from workflow.databases import contents

from messenger_db.embedded.data_folder import DataFolder
from messenger_db.embedded.home import find, forget, note
from messenger_db.errors import MessengerError

from .processes import postmaster
from .test_recovery import is_at_work, started_with_one_line

LONG = "-" + "x" * 100


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The folder of the folders that are outside of checkouts."""
    return tmp_path / "state"


@pytest.fixture
def old(tmp_path: Path, state: Path) -> Path:
    """A checkout that has a folder in `state`."""
    return used(tmp_path / "old", state)


def used(checkout: Path, state: Path) -> Path:
    """Do what a start does with a checkout and its folder; return the checkout."""
    checkout.mkdir(exist_ok=True)
    folder = DataFolder(find(checkout, state))
    with folder.locked():
        note(checkout, folder)
    return checkout


def test_a_renamed_checkout_keeps_its_folder(old: Path, state: Path) -> None:
    home = find(old, state)
    new = old.rename(old.with_name("new"))
    assert find(new, state) == home
    assert find(used(new, state), state) == home
    assert find(used(new.rename(old.with_name("newer")), state), state) == home


def test_a_copy_gets_a_folder_of_its_own(old: Path, state: Path) -> None:
    home = find(old, state)
    copy = Path(shutil.copytree(old, old.with_name("copy")))
    assert find(copy, state) != home
    assert find(used(copy, state), state) != home
    assert find(old, state) == home


def test_a_copy_whose_original_is_gone_is_the_original(old: Path, state: Path) -> None:
    home = find(old, state)
    copy = Path(shutil.copytree(old, old.with_name("copy")))
    shutil.rmtree(old)
    assert find(used(copy, state), state) == home


def test_a_new_checkout_at_the_old_path_does_not_take_the_folder(old: Path, state: Path) -> None:
    home = find(old, state)
    renamed = old.rename(old.with_name("renamed"))
    old.mkdir()
    assert find(old, state) != home
    assert find(used(old, state), state) != home
    assert find(used(renamed, state), state) == home


def test_without_its_file_a_checkout_finds_its_folder_by_path_and_inode(old: Path, state: Path) -> None:
    home = find(old, state)
    renamed = used(old.rename(old.with_name("renamed")), state)
    (renamed / ".postgres").unlink()
    assert find(renamed, state) == home
    used(renamed, state)
    assert find(renamed.rename(old), state) == home


def test_of_two_copies_that_name_a_deleted_folder_one_takes_it(old: Path, state: Path) -> None:
    shutil.rmtree(find(old, state))
    copy = Path(shutil.copytree(old, old.with_name("copy")))
    folder = DataFolder(find(copy, state))
    used(old, state)
    with folder.locked(), pytest.raises(MessengerError, match="belongs to another checkout"):
        note(copy, folder)
    assert find(copy, state) != find(old, state) == folder.path


def test_a_note_that_cannot_be_read_is_nobodys(old: Path, state: Path) -> None:
    (find(old, state) / "checkout").write_text("{")
    with pytest.raises(MessengerError, match="cannot be read"):
        find(old, state)


def test_a_file_that_is_not_ours_is_left_alone(old: Path, state: Path) -> None:
    for text in ("", "folder: ../../etc-12345678\n", "notes"):
        (old / ".postgres").write_text(text)
        with pytest.raises(MessengerError, match="is not a folder: move it away"):
            find(old, state)
        assert (old / ".postgres").read_text() == text


def test_only_a_file_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / ".postgres" / "data").mkdir(parents=True)
    forget(tmp_path)
    assert (tmp_path / ".postgres" / "data").exists()


def test_a_checkout_is_renamed_while_its_server_runs_elsewhere() -> None:
    with new_checkout(suffix=LONG) as checkout:
        succeeded(checkout.make("db-up"))
        home, server = checkout.server_home, postmaster(checkout)
        assert home.parent != checkout.folder
        before = contents(checkout.url())
        renamed = Checkout(checkout.base, checkout.folder.rename(checkout.base / f"{checkout.mark}-short"), None)
        stamp_venv(renamed.folder / ".venv")
        # It fits into the checkout now, and stays where the data are.
        assert "restarted: its programs were replaced" in started_with_one_line(renamed.make("db-status"))
        assert (renamed.server_home, is_at_work(server)) == (home, False)
        assert contents(renamed.url()) == before
        succeeded(renamed.make("clean"))
        assert (renamed.server_homes, renamed.processes()) == ([], [])
        assert not (renamed.folder / ".postgres").exists()


def test_data_in_a_checkout_whose_path_got_too_long_are_not_given_up(stopped: Checkout) -> None:
    moved = Checkout(stopped.base, stopped.folder.rename(stopped.base / f"{stopped.mark}{LONG}"), None)
    stamp_venv(moved.folder / ".venv")
    for target in ("db-up", "clean"):
        said = refusal(moved.make(target))
        assert "too long for a Unix socket: rename the checkout back, or make db-stop" in said
    succeeded(moved.run("sh", "-c", said.rpartition(", then ")[2]))
    assert "nothing to apply" in succeeded(moved.make("db-up"))
    assert "users" in contents(moved.url())


def test_clean_without_a_venv_stops_the_server_first(stopped: Checkout) -> None:
    succeeded(stopped.make("db-up"))
    server = postmaster(stopped)
    (stopped.folder / ".venv" / "installed").unlink()
    succeeded(stopped.make("clean"))
    assert not is_at_work(server)
    assert (stopped.server_homes, stopped.processes()) == ([], [])


def test_clean_that_cannot_stop_the_server_leaves_its_data(stopped: Checkout) -> None:
    succeeded(stopped.make("db-up"))
    shutil.rmtree(stopped.folder / ".venv")
    assert stopped.make("clean", "PYTHON=false").returncode != 0
    assert is_at_work(postmaster(stopped))
    assert (stopped.server_home / "data" / "PG_VERSION").exists()
