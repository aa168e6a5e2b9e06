"""What happens to a running embedded server while rows are written, and a count of the rows that are kept."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

import psutil
import psycopg
from workflow.checkouts import Checkout, Done, succeeded

from .processes import postmaster

# What Docker, Podman and Kubernetes leave to root by default; CAP_SYS_PTRACE is not among them.
CONTAINER_CAPABILITIES = (
    "chown",
    "dac_override",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "net_bind_service",
    "net_raw",
    "sys_chroot",
    "mknod",
    "audit_write",
    "setfcap",
)
AS_CONTAINER_ROOT = ("setpriv", "--bounding-set", ",".join(("-all", *(f"+{name}" for name in CONTAINER_CAPABILITIES))))
IN_NAMESPACES = ("unshare", "-p", "-i", "-n", "-f", "--mount-proc")

PYTHON = ".venv/bin/python"
PATIENCE_SECONDS = 30


def missing(prefix: tuple[str, ...]) -> str:
    """Say why commands cannot run behind setpriv or unshare here; empty when they can."""
    if os.geteuid() != 0:
        return "only root can drop capabilities and make namespaces"
    if not shutil.which(prefix[0]):
        return f"there is no {prefix[0]} here"
    tried = subprocess.run([*prefix, "true"], check=False, capture_output=True, text=True)
    return tried.stderr.strip() if tried.returncode else ""


class Writer(threading.Thread):
    """Inserts rows, each in a transaction of its own, until it is told to end; connects again when it has to."""

    def __init__(self, checkout: Checkout) -> None:
        super().__init__(daemon=True)
        self.home = checkout.server_home
        self.acknowledged: list[int] = []
        self.ending = threading.Event()

    def connect(self) -> psycopg.Connection:
        """Open a session of the embedded database."""
        port = (self.home / "port").read_text()
        return psycopg.connect(host=str(self.home), port=port, user="postgres", dbname="messenger", autocommit=True)

    def run(self) -> None:
        """Insert."""
        tried = 0
        while not self.ending.is_set():
            with suppress(psycopg.Error, OSError), closing(self.connect()) as db:
                while not self.ending.is_set():
                    tried += 1
                    db.execute("INSERT INTO written VALUES (%s)", [tried])
                    self.acknowledged.append(tried)
            time.sleep(0.01)

    def goes_on(self) -> None:
        """Wait until more rows are acknowledged."""
        before, deadline = len(self.acknowledged), time.monotonic() + PATIENCE_SECONDS
        while len(self.acknowledged) < before + 20 and time.monotonic() < deadline:
            time.sleep(0.01)


@contextmanager
def writing(checkout: Checkout) -> Iterator[Writer]:
    """Have rows written to the running server."""
    writer = Writer(checkout)
    with closing(writer.connect()) as db:
        db.execute("CREATE TABLE written (number integer)")
    writer.start()
    try:
        writer.goes_on()
        yield writer
    finally:
        writer.ending.set()
        writer.join(PATIENCE_SECONDS)


def command(checkout: Checkout, name: str, prefix: tuple[str, ...] = ()) -> Done:
    """Run one of the project's commands as make does, behind setpriv or unshare."""
    return checkout.run(*prefix, PYTHON, "-m", "messenger_db", name)


@dataclass(frozen=True)
class Fault:
    """What happens to the server, and what it needs; the function says whether the commands behaved."""

    happen: Callable[[Checkout], bool]
    prefix: tuple[str, ...] = ()


def _killed(checkout: Checkout) -> bool:
    postmaster(checkout).kill()
    return command(checkout, "up").returncode == 0


def _killed_with_sessions_frozen(checkout: Checkout) -> bool:
    server = postmaster(checkout)
    for session in server.children():
        session.send_signal(signal.SIGSTOP)
    server.kill()
    return command(checkout, "up").returncode == 0


def _frozen(checkout: Checkout) -> bool:
    server = postmaster(checkout)
    server.send_signal(signal.SIGSTOP)
    try:
        done = command(checkout, "up")
    finally:
        server.send_signal(signal.SIGCONT)
    return done.returncode != 0 and len(done.stderr.splitlines()) == 1


def _looked_at_from(prefix: tuple[str, ...]) -> Callable[[Checkout], bool]:
    def look(checkout: Checkout) -> bool:
        server = postmaster(checkout).pid
        done = command(checkout, "status", prefix)
        with suppress(OSError, ValueError, IndexError, psutil.NoSuchProcess):
            return done.returncode == 0 and postmaster(checkout).pid == server
        return False

    return look


def _socket_hidden(checkout: Checkout) -> bool:
    (path,) = checkout.server_home.glob(".s.PGSQL.*[0-9]")
    hidden = path.rename(path.with_name("hidden"))
    try:
        done = command(checkout, "up")
    finally:
        hidden.rename(path)
    return done.returncode != 0 and len(done.stderr.splitlines()) == 1


FAULTS = {
    "without CAP_SYS_PTRACE": Fault(_looked_at_from(AS_CONTAINER_ROOT), AS_CONTAINER_ROOT),
    "from other namespaces": Fault(_looked_at_from(IN_NAMESPACES), IN_NAMESPACES),
    "killed": Fault(_killed),
    "killed, its sessions frozen": Fault(_killed_with_sessions_frozen),
    "frozen": Fault(_frozen),
    "socket hidden": Fault(_socket_hidden),
}


@dataclass(frozen=True)
class Count:
    """Rounds in which the commands behaved, rows whose commit was acknowledged, and those of them that are kept."""

    behaved: int
    acknowledged: int
    kept: int


def count(checkout: Checkout, fault: Fault, rounds: int) -> Count:
    """Let a fault happen to the running server while rows are written; start it afresh and count them."""
    behaved = 0
    with writing(checkout) as writer:
        for _ in range(rounds):
            with suppress(OSError, ValueError, IndexError, psutil.Error):
                behaved += fault.happen(checkout)
            writer.goes_on()
    acknowledged = set(writer.acknowledged)
    command(checkout, "stop")
    checkout.end_processes()  # also one that stop does not know of
    if command(checkout, "up").returncode != 0:
        return Count(behaved, len(acknowledged), 0)
    try:
        with psycopg.connect(succeeded(command(checkout, "url")).strip()) as db:
            kept = {number for (number,) in db.execute("SELECT number FROM written")}
    except psycopg.Error:
        kept = set()
    return Count(behaved, len(acknowledged), len(acknowledged & kept))
