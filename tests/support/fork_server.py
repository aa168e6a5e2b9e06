"""A process that has imported all commands, and forks for each one that is run; forks.py starts it, and talks to it.

It reads one request a line, as JSON, from a socket, together with the command's three standard streams and a socket of
its own, to which it writes the process's number, then its status, as Popen.returncode. A command sees what it would see
in a process of its own, but for the start of the interpreter, which takes longer than the command.
"""

import atexit
import ctypes
import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
import tempfile
from importlib import import_module
from typing import Any

from yoyo.scripts import main as yoyo

from support.splitting import parse_once, read_migrations, split_once

# With all that they import themselves.
IMPORTED_AHEAD = (
    "messenger_db.__main__",
    "messenger_db.commands.adopt",
    "messenger_db.commands.check",
    "messenger_db.commands.grant",
    "messenger_db.commands.new",
    "messenger_db.commands.plan",
    "messenger_db.commands.shell",
    "messenger_db.commands.status",
    "messenger_db.commands.up_down",
    "messenger_db.commands.wait",
    "messenger_db.reference.__main__",
    "messenger_db.validation.checks",
    "seeds.__main__",
    "seeds.realism.preview",
)

SECONDS = 120

PR_SET_PDEATHSIG = 1


def run(request: dict[str, Any], streams: list[int]) -> None:
    """Become the command of a request."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.alarm(SECONDS)
    os.setsid()
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, errors="backslashreplace", closefd=False)
    module, *arguments = request["command"]
    sys.argv = [module, *arguments]
    if module == "yoyo":
        sys.exit(yoyo.main())
    # As a program it is not imported yet.
    for name in (module, f"{module}.__main__"):
        sys.modules.pop(name, None)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def status_of(request: dict[str, Any], streams: list[int]) -> int:
    """Run a request as Python runs a program: with an excepthook, exit handlers and a status."""
    tempfile.tempdir = None
    atexit._clear()  # noqa: SLF001 (what Python does in a fork of its own, too)
    status: object = None
    try:
        run(request, streams)
    except SystemExit as end:
        status = end.code
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
        status = 1
    if not isinstance(status, int | None):
        print(status, file=sys.stderr)
        status = 1
    atexit._run_exitfuncs()  # noqa: SLF001 (the same)
    sys.stdout.flush()
    return status or 0


def next_request(requests: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return a request and its descriptors; None where nobody asks any more."""
    line, descriptors = b"", []
    while not line.endswith(b"\n"):
        part, received, _, _ = socket.recv_fds(requests, 65536, 4)
        if not part:
            return None
        line += part
        descriptors += received
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    return json.loads(line), descriptors


def start(request: dict[str, Any], streams: list[int]) -> int:
    """Start a command; return the process's number."""
    child = os.fork()
    if child == 0:
        status = 70
        try:
            status = status_of(request, streams)
        finally:
            os._exit(status)
    return child


def main() -> None:
    """Serve until nobody asks any more."""
    for module in IMPORTED_AHEAD:
        import_module(module)
    split_once()
    parse_once()
    read_migrations()
    gc.collect()
    gc.freeze()  # a collection in a fork would copy all pages
    requests = socket.socket(fileno=int(sys.argv[1]))
    ended, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    signal.set_wakeup_fd(wakeup)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([requests.fileno(), ended], [], [])
        if ended in ready:
            os.read(ended, 4096)
            for child in list(running):
                if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
                    answer = running.pop(child)
                    os.write(answer, f"{status}\n".encode())
                    os.close(answer)
        if requests.fileno() in ready:
            asked = next_request(requests)
            if not asked:
                return
            request, (*streams, answer) = asked
            child = start(request, streams)
            running[child] = answer
            os.write(answer, f"{child}\n".encode())
            for stream in streams:
                os.close(stream)


if __name__ == "__main__":
    main()
