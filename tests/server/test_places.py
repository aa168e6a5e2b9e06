"""Where the embedded server lives, and as whom."""

import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from workflow.checkouts import ELSEWHERE, Checkout, interpreter, new_checkout, refusal, succeeded
from workflow.databases import contents

from messenger_db.embedded.server import Server
from messenger_db.errors import MessengerError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that the server cannot enter")


@pytest.fixture
def ordinary() -> Iterator[Checkout]:
    """A checkout that an ordinary user owns and works in, while root runs the tests."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    user = pwd.getpwnam("nobody")
    if not interpreter(user):
        pytest.skip("there is no Python here that an ordinary user may run")
    with new_checkout(user=user) as checkout:
        yield checkout


def owners_and_modes(*places: Path) -> dict[Path, tuple[int, int, int]]:
    """Return owner, group and mode of these folders, of all in them but bytecode, and of all above them."""
    paths = {path for place in places for path in (place, *place.parents, *place.rglob("*"))}
    return {
        path: (path.lstat().st_uid, path.lstat().st_gid, stat.S_IMODE(path.lstat().st_mode))
        for path in paths
        if "__pycache__" not in path.parts
    }


def test_an_ordinary_user_has_a_server_of_their_own_with_which_root_works_too(ordinary: Checkout) -> None:
    assert "applied 0001_initial_schema" in succeeded(ordinary.target("db-up"))
    assert ordinary.server_home == ordinary.folder / ".postgres"
    assert "nothing to apply" in succeeded(ordinary.target("db-up"))
    assert {process.username() for process in ordinary.processes()} == {"nobody"}

    root = Checkout(ordinary.base, ordinary.folder, None)
    assert "nothing to apply" in succeeded(root.target("db-up"))
    succeeded(root.target("db-stop"))
    succeeded(root.target("db-up"))
    assert {process.username() for process in ordinary.processes()} == {"nobody"}

    succeeded(ordinary.target("seed"))
    succeeded(ordinary.target("db-stop"))
    assert ordinary.processes() == []


def test_a_folder_of_another_user_is_refused(ordinary: Checkout) -> None:
    folder = ordinary.folder / ".postgres"
    folder.mkdir(mode=0o700)
    said = refusal(ordinary.target("db-up"))
    assert f"{folder} belongs to another user" in said
    assert owners_and_modes(folder)[folder] == (0, 0, 0o700)


def test_a_link_in_the_place_of_the_folder_is_not_followed(checkout: Checkout, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    link = checkout.folder / ".postgres"
    link.symlink_to(kept)
    before = owners_and_modes(kept)
    for target in ("db-up", "db-stop", "clean"):
        assert "is a symbolic link" in refusal(checkout.make(target))
    assert owners_and_modes(kept) == before
    link.unlink()


def test_a_checkout_in_a_read_only_folder_is_refused(ordinary: Checkout) -> None:
    os.chown(ordinary.folder, 0, 0)
    assert str(ordinary.folder) in refusal(ordinary.target("db-up"))


@as_root
def test_a_checkout_that_only_root_can_enter_has_its_data_elsewhere() -> None:
    with new_checkout(base_mode=0o700) as checkout:
        before = owners_and_modes(checkout.base)
        succeeded(checkout.target("db-up"))
        home = checkout.server_home
        assert home.parent == ELSEWHERE
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert checkout.processes()
        assert "users" in contents(checkout.url())
        assert "embedded" in succeeded(checkout.target("db-status"))
        assert "rolled back" in succeeded(checkout.target("db-down"))
        after = owners_and_modes(checkout.base)
        # The file names the folder.
        assert after.pop(checkout.folder / ".postgres")[:2] == (0, 0)
        assert (checkout.folder / ".postgres").read_text() == f"folder: {home.name}\n"
        assert after == before
        succeeded(checkout.make("clean"))
        assert (checkout.server_homes, checkout.processes()) == ([], [])


@as_root
def test_a_checkout_of_root_changes_nothing_but_its_own_folder(checkout: Checkout) -> None:
    before = owners_and_modes(checkout.base)
    succeeded(checkout.target("db-up"))
    after = owners_and_modes(checkout.base)
    home = checkout.folder / ".postgres"
    assert {path: kept for path, kept in after.items() if not path.is_relative_to(home)} == before


def test_a_path_too_long_for_a_socket() -> None:
    with new_checkout(suffix="-" + "x" * 100) as checkout:
        succeeded(checkout.target("db-up"))
        assert not checkout.server_home.is_relative_to(checkout.folder)
        assert "users" in contents(checkout.url())
        succeeded(checkout.make("clean"))
        assert checkout.server_homes == []


def test_a_path_with_odd_characters() -> None:
    with new_checkout(suffix=""" b'c"d %41 [é]*? $HOME;#""") as checkout:
        succeeded(checkout.target("db-up"))
        assert checkout.server_home == checkout.folder / ".postgres"
        assert "users" in contents(checkout.url())
        assert "nothing to apply" in succeeded(checkout.target("db-up"))
        assert "chats" in succeeded(checkout.target("db-shell", stdin="\\dt\n"))
        assert "rolled back" in succeeded(checkout.target("db-down"))


def test_a_path_with_a_comma_which_parts_hosts_for_libpq() -> None:
    with new_checkout(suffix=" a,b") as checkout:
        succeeded(checkout.target("db-up"))
        assert "users" in contents(checkout.url())
        succeeded(checkout.make("clean"))
        assert checkout.server_homes == []


def test_two_checkouts_side_by_side_do_not_meet(stopped: Checkout, started: Checkout) -> None:
    succeeded(stopped.target("db-up"))
    assert (stopped.server_home / "port").read_text() != (started.server_home / "port").read_text()
    with psycopg.connect(stopped.url()) as db:
        db.execute("CREATE TABLE mine ()")
    assert "mine" in contents(stopped.url())
    assert "mine" not in contents(started.url())
    succeeded(stopped.target("db-stop"))
    assert "users" in contents(started.url())


def test_a_folder_without_a_server_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all")
    mode = tmp_path.stat().st_mode
    with pytest.raises(MessengerError, match="does not hold a server of this package"):
        Server(tmp_path, {}).remove()
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    assert tmp_path.stat().st_mode == mode
