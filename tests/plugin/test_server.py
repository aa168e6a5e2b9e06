"""The server of a run that names none: on memory, shared by all workers, gone when the run is, however that ends."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from messenger_db.testing.embedded import ENOUGH_BYTES, MEMORY

from .foreign import Foreign, until

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


def test_a_small_memory_is_not_used(foreign: Foreign, folder: Path) -> None:
    small = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=64m tmpfs /dev/shm && "$@"', "sh"]
    if subprocess.run([*small, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no other /dev/shm can be mounted here")
    foreign.write(SERVER + TWO)
    foreign.pytester.run(*small, *foreign.command()).assert_outcomes(passed=2)
    data = Path(foreign.ready.read_text())
    assert data.is_relative_to(folder)
    assert is_gone(data, folder)
