"""A process that has imported all commands, and forks for each one that is run: python fork_server.py.

It reads one request a line, as JSON, and answers each with the status, as Popen.returncode. A command sees what it
would see in a process of its own, but for the start of the interpreter, which takes longer than the command.
"""

import atexit
import json
import os
import runpy
import signal
import sys
import tempfile
from importlib import import_module
from typing import Any

from yoyo.scripts import main as yoyo

# With all that they import themselves.
IMPORTED_AHEAD = (
    "messenger_db.__main__",
    "messenger_db.commands.plan",
    "messenger_db.reference.__main__",
    "messenger_db.validation.checks",
    "messenger_db.commands.wait",
    "seeds.__main__",
    "seeds.realism.preview",
)

SECONDS = 60


def run(request: dict[str, Any]) -> None:
    """Become the command of a request."""
    signal.alarm(SECONDS)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    for number, path in enumerate(request["streams"]):
        opened = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
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


def status_of(request: dict[str, Any]) -> int:
    """Run a request as Python runs a program: with an excepthook, exit handlers and a status."""
    tempfile.tempdir = None
    atexit._clear()  # noqa: SLF001 (what Python does in a fork of its own, too)
    status: object = None
    try:
        run(request)
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


def main() -> None:
    """Serve until standard input ends."""
    for module in IMPORTED_AHEAD:
        import_module(module)
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for line in requests:
        child = os.fork()
        if child == 0:
            status = 70
            try:
                status = status_of(json.loads(line))
            finally:
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(ended), file=answers, flush=True)


if __name__ == "__main__":
    main()
