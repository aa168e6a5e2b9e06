"""The processes that tests start: each has a limit of time, and ends with the process that started it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol

Done = subprocess.CompletedProcess[str]


class Process(Protocol):
    """What tests need of Popen."""

    args: Any
    pid: int
    returncode: int | Any

    @property
    def stdout(self) -> IO[str] | None:
        """What the command prints."""

    def poll(self) -> int | None:
        """Return the status if it has ended."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ends; return the status."""

    def send_signal(self, sig: int, /) -> None:
        """Send a signal to it if it runs."""

    def communicate(self, stdin: str | None = None, /, timeout: float | None = None) -> tuple[str, str]:
        """Wait until it ends; return what it printed and nobody has read yet."""


LIMIT_SECONDS = 120

# Linux kills what it has started when its parent dies. Other systems have nothing like it, and a child of the child is
# on its own: it ends when it has done its work.
SETPRIV = shutil.which("setpriv") if sys.platform == "linux" else None
MORTAL = (SETPRIV, "--pdeathsig", "KILL", "--") if SETPRIV else ()


def start(command: Sequence[str | Path], **options: Any) -> subprocess.Popen[str]:
    """Start a command, at pipes unless `options`, which are those of Popen, say otherwise."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*MORTAL, *command], **{**pipes, "text": True, **options})


def until(holds: Callable[[], object]) -> float:
    """Wait until something holds, and return how many seconds that took; at the limit the test fails."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() < started + LIMIT_SECONDS
        time.sleep(0.02)
    return time.monotonic() - started


def finished(process: Process, stdin: str | None = None) -> Done:
    """Wait for a command that reads `stdin`, and return what it printed; kill it, with its group, at the limit."""
    try:
        out, err = process.communicate(stdin, timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            is_leader = os.getpgid(process.pid) == process.pid
            os.killpg(process.pid, signal.SIGKILL) if is_leader else process.send_signal(signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=10)
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def run(command: Sequence[str | Path], *, stdin: str = "", **options: Any) -> Done:
    """Run a command, and return what it printed. Raises CalledProcessError where it fails and `check=True` is given."""
    check = options.pop("check", False)
    done = finished(start(command, stdin=subprocess.PIPE, **options), stdin)
    if check:
        done.check_returncode()
    return done
