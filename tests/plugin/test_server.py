"""The server of a run that names none: on memory, shared by all workers, gone when the run is, however that ends."""

import fcntl
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import children
import psutil
import pytest
from children import until

from messenger_db.testing import owner, session_server
from messenger_db.testing.keep_failed import KEPT
from messenger_db.testing.session_server import ENOUGH_BYTES, MEMORY, WATCHDOG

from .foreign import Foreign

SERVER = """
import os
import pathlib
import time

def show(connection, name):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return cursor.fetchone()[0]

def say(connection):
    assert show(connection, "fsync") == "off"
    written = pathlib.Path(f"unfinished-{os.getpid()}")
    written.write_text(show(connection, "data_directory"))
    written.rename("ready")
"""

WAITS = """
def test_waits(messenger_db):
    say(messenger_db)
    time.sleep(60)
"""

TWO = """
def test_one(messenger_db):
    say(messenger_db)

def test_two(messenger_tx):
    assert pathlib.Path("ready").read_text() == show(messenger_tx, "data_directory")
"""


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files, where nothing may be left; root's server gets in too."""
    folder = Path(tempfile.mkdtemp(prefix="foreign-", dir="/tmp"))
    folder.chmod(0o755)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("PYTEST_DEBUG_TEMPROOT", str(folder.parent))
    yield folder
    for run in folder.glob("messenger-db-*"):
        session_server.end(run)
    shutil.rmtree(folder)


def is_gone(data: Path, folder: Path) -> bool:
    watched = [process for process in psutil.process_iter() if _works_for(process, data, folder)]
    return not data.parent.exists() and not list(folder.glob("messenger-db-*")) and not watched


def _works_for(process: psutil.Process, data: Path, folder: Path) -> bool:
    try:
        return process.cwd() == str(data) or any(str(folder) in word for word in process.cmdline())
    except (psutil.Error, OSError):
        return False


def test_workers_share_it_and_it_is_gone_afterwards(foreign: Foreign, folder: Path) -> None:
    foreign.write(SERVER + TWO)
    foreign.run_embedded("-n2", "--dist=each").assert_outcomes(passed=4)
    data = Path(foreign.ready.read_text())
    facts = os.statvfs(MEMORY)
    if facts.f_bavail * facts.f_frsize >= ENOUGH_BYTES:
        assert data.is_relative_to(MEMORY)
    assert is_gone(data, folder)


@pytest.mark.parametrize(("signal_", "workers"), [("SIGKILL", "2"), ("SIGINT", "0")])
def test_it_is_gone_after(foreign: Foreign, folder: Path, signal_: str, workers: str) -> None:
    foreign.write(SERVER + WAITS)
    process = foreign.start("-n", workers)
    data = Path(foreign.ready.read_text())
    assert data.exists()
    if signal_ == "SIGINT":
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.kill()
    process.wait()
    until(lambda: is_gone(data, folder))


def abandon(foreign: Foreign, folder: Path) -> tuple[Path, Path]:
    """Kill a run and its watchdog; return the data of its server and its folder."""
    process = foreign.start()
    data = Path(foreign.ready.read_text())
    (run,) = folder.glob("messenger-db-*")
    watchdog = psutil.Process(int((run / WATCHDOG).read_text()))
    watchdog.kill()
    process.kill()
    process.wait()
    until(lambda: not watchdog.is_running() or watchdog.status() == psutil.STATUS_ZOMBIE)
    return data, run


def is_abandoned(run: Path) -> bool:
    """Say whether the next run would remove that one."""
    file = owner.hold_abandoned(run)
    if file:
        file.close()
    return file is not None


ELSEWHERE = """
import pathlib, sys
from messenger_db.testing import owner

assert owner.hold_abandoned(pathlib.Path(sys.argv[1])) is None
"""


def test_the_next_run_removes_what_a_killed_run_and_its_watchdog_left(foreign: Foreign, folder: Path) -> None:
    foreign.write(SERVER + WAITS)
    data, run = abandon(foreign, folder)
    assert (data / "postmaster.pid").exists()

    # Only where it is certain that the run is dead.
    assert is_abandoned(run)
    with (run / owner.OWNER).open() as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        assert not is_abandoned(run), "a process of the run lives"
    (run / KEPT).touch()
    assert not is_abandoned(run), "databases in it are kept"
    (run / KEPT).unlink()
    alive = run.rename(run.with_name(f"messenger-db-{os.getpid()}-0"))
    assert not is_abandoned(alive), "its main process may live"
    alive.rename(run)
    for namespace in ("--pid", "--mount"):
        unshare = ("unshare", "--fork", namespace)
        if children.run([*unshare, "true"]).returncode == 0:
            # Its processes, or its memory, may be in another container.
            children.run([*unshare, sys.executable, "-c", ELSEWHERE, run], check=True)
    if os.geteuid() == 0:
        os.chown(run, 1, 1)
        assert not is_abandoned(run), "it belongs to another user"
        os.chown(run, 0, 0)
    noted = (run / owner.OWNER).read_text()
    for unknown in ("", f"another{noted}"):
        (run / owner.OWNER).write_text(unknown)
        assert not is_abandoned(run), "it is not known which machine's it is"
    (run / owner.OWNER).write_text(noted)
    assert is_abandoned(run)

    process = foreign.start()
    assert not run.exists()
    assert not data.exists()
    (living,) = folder.glob("messenger-db-*")
    assert not is_abandoned(living)
    process.kill()
    process.wait()
    until(lambda: is_gone(data, folder))


def test_a_small_memory_is_not_used(foreign: Foreign, folder: Path) -> None:
    small = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=64m tmpfs /dev/shm && "$@"', "sh"]
    if children.run([*small, "true"]).returncode != 0:
        pytest.skip("no other /dev/shm can be mounted here")
    foreign.write(SERVER + TWO)
    foreign.pytester.run(*small, *foreign.command()).assert_outcomes(passed=2)
    data = Path(foreign.ready.read_text())
    assert data.is_relative_to(folder)
    assert is_gone(data, folder)
