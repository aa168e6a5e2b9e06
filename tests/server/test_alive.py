"""A server that may be alive is used or refused; nothing is started next to it and nothing of it is deleted."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from children import LIMIT_SECONDS
from workflow.checkouts import Checkout, refusal, succeeded
from workflow.databases import contents

from .faults import AS_CONTAINER_ROOT, FAULTS, IN_NAMESPACES, Fault, count, missing
from .processes import postmaster


def or_skip(prefix: tuple[str, ...]) -> tuple[str, ...]:
    if prefix and (reason := missing(prefix)):
        pytest.skip(reason)
    return prefix


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_no_acknowledged_row_is_lost(stopped: Checkout, fault: Fault) -> None:
    or_skip(fault.prefix)
    succeeded(stopped.target("db-up"))
    rows = count(stopped, fault, rounds=1)
    assert rows.wrong == []
    assert rows.kept == rows.acknowledged > 0


def test_the_workflow_as_root_of_a_container(stopped: Checkout) -> None:
    prefix = or_skip(AS_CONTAINER_ROOT)
    succeeded(stopped.run(*prefix, "make", "db-up"))
    server = postmaster(stopped).pid
    for target in ("db-status", "seed", "db-up"):
        succeeded(stopped.run(*prefix, "make", target))
        assert postmaster(stopped).pid == server
    assert "is stopped" in succeeded(stopped.run(*prefix, "make", "db-stop"))
    assert stopped.processes() == []


def test_the_workflow_from_other_namespaces(stopped: Checkout) -> None:
    prefix = or_skip(IN_NAMESPACES)
    succeeded(stopped.target("db-up"))
    server = postmaster(stopped).pid
    assert "applied" in succeeded(stopped.run(*prefix, "make", "db-status"))
    succeeded(stopped.run(*prefix, "make", "seed"))
    for target in ("db-stop", "clean"):
        assert "run this command there" in refusal(stopped.run(*prefix, "make", target))
    assert postmaster(stopped).pid == server
    assert contents(stopped.url())["messages"]


def test_a_server_that_is_visible_from_outside_of_its_namespace_is_stopped_there(stopped: Checkout) -> None:
    prefix = or_skip(IN_NAMESPACES)
    starter = stopped.popen(*prefix, "sh", "-c", "make db-up && read line")
    assert starter.stdout
    assert "nothing to apply" in starter.stdout.readline()
    assert "nothing to apply" in succeeded(stopped.target("db-up"))
    assert "is stopped" in succeeded(stopped.target("db-stop"))
    assert not (stopped.server_home / "data" / "postmaster.pid").exists()
    starter.communicate("\n", timeout=LIMIT_SECONDS)


@contextmanager
def frozen(process: psutil.Process) -> Iterator[None]:
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def files(checkout: Checkout) -> set[Path]:
    return {path for path in checkout.server_home.rglob("*") if "pg_wal" not in path.parts}


def test_a_frozen_server_is_left_as_it_is(stopped: Checkout) -> None:
    succeeded(stopped.target("db-up"))
    server = postmaster(stopped)
    before = files(stopped)
    with frozen(server):
        for target in ("db-status", "db-stop", "clean"):
            assert f"kill -CONT {server.pid}" in refusal(stopped.make(target))
    assert files(stopped) >= before
    assert "is at the newest" in succeeded(stopped.target("db-up"))
    assert postmaster(stopped) == server


def noted(checkout: Checkout, **changed: str) -> None:
    """Change what the note says of where the server was started."""
    note = checkout.server_home / "started"
    note.write_text(json.dumps(json.loads(note.read_text()) | changed))


def crashed(checkout: Checkout) -> Path:
    """Start the server and let it end as with its kernel; return its pid file."""
    succeeded(checkout.target("db-up"))
    server = postmaster(checkout)
    sessions = server.children()
    server.kill()
    for process in sessions:
        with suppress(psutil.NoSuchProcess):  # it ends by itself
            process.kill()
    return checkout.server_home / "data" / "postmaster.pid"


def test_a_server_of_another_machine_may_be_alive(stopped: Checkout) -> None:
    pid_file = crashed(stopped)
    noted(stopped, boot_id="another", host="elsewhere")
    for target in ("db-up", "db-status", "db-stop", "clean"):
        said = refusal(stopped.make(target))
        assert "another machine, elsewhere" in said
        assert f"delete {pid_file}" in said
    pid_file.unlink()
    succeeded(stopped.target("db-up"))
    assert "users" in contents(stopped.url())


@pytest.mark.parametrize("changed", [{"boot_id": "another"}, {"host": "another container"}], ids=str)
def test_after_a_restart_it_recovers(stopped: Checkout, changed: dict[str, str]) -> None:
    crashed(stopped)
    noted(stopped, **changed)
    done = stopped.target("db-up")
    assert done.returncode == 0
    assert "it recovers by itself" in done.stderr


def without_a_lock(checkout: Checkout) -> subprocess.Popen[bytes]:
    """Start the server as a version did that held no lock and wrote no note."""
    succeeded(checkout.target("db-up"))
    words = postmaster(checkout).cmdline()
    succeeded(checkout.target("db-stop"))
    home = checkout.server_home
    (home / "started").unlink()
    owner = home.stat()
    as_owner = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": ()} if os.geteuid() == 0 else {}
    return subprocess.Popen(words, cwd=home, stderr=subprocess.DEVNULL, **as_owner)  # type: ignore[call-overload,no-any-return]


def test_a_server_of_a_version_without_a_lock_is_used_and_stopped(stopped: Checkout) -> None:
    prefix = () if missing(IN_NAMESPACES) else IN_NAMESPACES
    with without_a_lock(stopped) as server:
        while not list(stopped.server_home.glob(".s.PGSQL.*[0-9]")):
            assert server.poll() is None
        succeeded(stopped.run(*prefix, "make", "db-status"))
        succeeded(stopped.target("db-up"))
        assert postmaster(stopped).pid == server.pid
        with frozen(psutil.Process(server.pid)):
            assert "does not answer" in refusal(stopped.target("db-up"))
        assert "is stopped" in succeeded(stopped.target("db-stop"))
        assert server.wait(LIMIT_SECONDS) == 0


def test_nothing_of_the_callers_environment_reaches_it(stopped: Checkout) -> None:
    secret = {"PGPASSWORD": "hidden", "AWS_SECRET_ACCESS_KEY": "hidden", "PGOPTIONS": "-c work_mem=1MB"}
    succeeded(stopped.target("db-up", TZ="Asia/Tokyo", LC_TIME="C", **secret))
    environment = postmaster(stopped).environ()
    assert environment["TZ"] == "Asia/Tokyo"
    # PostgreSQL adds its own.
    assert {name for name in environment if not name.startswith(("PG_", "LC_"))} <= {
        "PATH",
        "LANG",
        "TZ",
        "PGDATA",
        "PGSYSCONFDIR",
        "PGLOCALEDIR",
    }
    assert "hidden" not in environment.values()


def test_a_password_file_that_was_lost_is_made_anew(started: Checkout) -> None:
    file = started.server_home / "password"
    lost = file.read_text()
    for lose in (file.unlink, lambda: file.write_text("")):
        lose()
        succeeded(started.target("db-up"))
        assert file.stat().st_uid == started.server_home.stat().st_uid
        password = file.read_text()
        assert password not in {lost, ""}
        place = f"host=127.0.0.1 port={(started.server_home / 'port').read_text()} user=postgres"
        psycopg.connect(place, password=password).close()
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(place, password=lost)


# As in a command: writing to a program that has ended ends the process.
ASKED_TOO_LATE = """
import signal
import socket
from messenger_db.embedded import socket_probe
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
near, far = socket.socketpair()
far.close()
print(socket_probe._answers(near))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no MSG_NOSIGNAL")
def test_a_server_that_ends_while_it_is_asked_is_an_answer() -> None:
    done = subprocess.run([sys.executable, "-c", ASKED_TOO_LATE], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("torn", [b"99999999", b"-5", b"", b"\xff\x00", b"0", b"65536", "²".encode(), b"1"], ids=str)
def test_a_torn_port_file_heals(started: Checkout, torn: bytes) -> None:
    port = started.server_home / "port"
    before = port.read_text()
    port.write_bytes(torn)
    succeeded(started.command("status"))
    assert port.read_text() == before


@pytest.mark.parametrize("torn", [b"99999999", b"-5", b"", b"\xff\x00"], ids=str)
def test_a_stopped_server_with_a_torn_port_file_gets_another_port(stopped: Checkout, torn: bytes) -> None:
    (stopped.server_home / "port").write_bytes(torn)
    succeeded(stopped.command("up"))
    assert "users" in contents(stopped.url())
