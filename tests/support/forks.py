"""Commands in forks of one process that has imported them all, for tests of what a command does.

Where make, the start of an interpreter or another user is what is tested, children.py starts a process.
"""

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import IO

import children

ROOT = Path(__file__).parents[2]

# What the Makefile runs for its targets, but for those that are commands of messenger_db itself.
MODULES = {
    "docs": "messenger_db.reference",
    "seed": "seeds",
    "seed-preview": "seeds.realism.preview",
    "seed-report": "seeds.realism.report",
}


def words(command: Sequence[str]) -> list[str]:
    """Return a command, named as in make without `db-`, with the module run for it as its first word, or yoyo."""
    name, *arguments = command
    if name == "yoyo":
        return list(command)
    return [MODULES[name], *arguments] if name in MODULES else ["messenger_db", *command]


class ForkServer:
    """The process that forks; one serves all tests of a worker."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests, theirs = socket.socketpair()
        with theirs:
            self._process = children.start(
                [sys.executable, "-P", "-m", "support.fork_server", str(theirs.fileno())],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))},
                stdout=None,
                stderr=None,
                pass_fds=[theirs.fileno()],
                process_group=0,
            )

    def start(self, request: Mapping[str, object], descriptors: Sequence[int], answer: socket.socket) -> int:
        """Fork for a request; return the process's number when it runs."""
        with self._lock:
            data = json.dumps(request).encode() + b"\n"
            sent = socket.send_fds(self._requests, [data], descriptors)
            self._requests.sendall(data[sent:])
            return int(_line(answer))

    def close(self) -> None:
        """End it."""
        self._requests.close()
        self._process.communicate()


@cache
def fork_server() -> ForkServer:
    """Return the process that forks for this one."""
    server = ForkServer()
    atexit.register(server.close)
    return server


def _line(answer: socket.socket) -> str:
    """Return the next line that the server answers."""
    line = ""
    while not line.endswith("\n"):
        part = answer.recv(1).decode()
        if not part:
            raise RuntimeError("the fork server has ended")
        line += part
    return line


class Fork:
    """A command in a fork, with what the tests need of Popen; its own alarm ends it where it hangs."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: str = "",
        terminal: int | None = None,
    ) -> None:
        self.args = list(command)
        self.returncode: int | None = None
        self._error = _temporary_file()
        self._answer, answer = socket.socketpair()
        request = {"command": words(command), "folder": str(cwd), "environment": dict(env)}
        reading, writing = os.pipe()
        self.stdout = os.fdopen(reading, encoding="utf-8", errors="surrogateescape")
        with ExitStack() as theirs:
            theirs.enter_context(answer)
            theirs.callback(os.close, writing)
            streams = [terminal] * 3 if terminal else [_reading(stdin, theirs), writing, self._error.fileno()]
            self.pid = fork_server().start(request, [*streams, answer.fileno()], self._answer)

    def poll(self) -> int | None:
        """Return the status if it has ended."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ends; return the status, which is less than 0 after a signal."""
        status = self._ended(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return status

    def _ended(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._answer], [], [], seconds)[0]:
            with self._answer:
                self.returncode = int(_line(self._answer))
        return self.returncode

    def send_signal(self, number: int, /) -> None:
        """Send a signal to it if it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def communicate(self, stdin: str | None = None, /, timeout: float | None = None) -> tuple[str, str]:
        """Wait until it ends; return what it printed and the test has not read yet."""
        assert not stdin, "it was given what it reads when it started"
        with self.stdout, self._error:
            out = self.stdout.read()
            self.wait(timeout)
            self._error.seek(0)
            return out, self._error.read()


def _temporary_file() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8", errors="surrogateescape")


def _reading(text: str, ends: ExitStack) -> int:
    """Return a descriptor from which a text is read."""
    file = ends.enter_context(_temporary_file())
    file.write(text)
    file.seek(0)
    return file.fileno()


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdin: str = "") -> children.Done:
    """Run a command in a fork, and return what it printed."""
    fork = Fork(command, cwd=cwd, env=env, stdin=stdin)
    out, err = fork.communicate()
    return subprocess.CompletedProcess(command, fork.wait(), out, err)
