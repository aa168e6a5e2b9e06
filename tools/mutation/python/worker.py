"""Tries mutants in a copy of the checkout: one request a line, as JSON, and one answer.

Everything but the package itself is imported once, and each mutant's pytest is a fork: starting Python and importing
takes longer than most tests.
"""

import ctypes
import json
import os
import signal
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

import psutil
import pytest

AHEAD = (
    "psycopg",
    "psycopg2.extras",
    "yoyo.scripts.main",
    "pytest_postgresql.plugin",
    "pytest_timeout",
    "sqlparse",
    "hypothesis",
    "aiosql",
)
OPTIONS = ("-x", "-q", "--tb=native", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist")
WARNINGS = ("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning")
SET_CHILD_SUBREAPER = 36
HANG = "Timeout (>"


class Chosen:
    """A pytest plugin that runs some tests in a given order, and notes the one that fails."""

    def __init__(self, tests: list[str]) -> None:
        self.failed = ""
        self._rank = {test: rank for rank, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the others out."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self._rank), key=lambda item: self._rank[item.nodeid]
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        if report.failed and not self.failed:
            self.failed = f"{report.nodeid}{' (it hung)' if HANG in report.longreprtext else ''}"


def run(tests: list[str], limit: float, answer: int) -> None:
    """Run tests in this process, which ends with them."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open("pytest.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
    os.dup2(1, 2)
    chosen = Chosen(tests)
    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    code = pytest.main([*OPTIONS, *WARNINGS, f"--timeout={limit:.0f}", *files], plugins=[chosen])
    failed = chosen.failed or ("" if code == pytest.ExitCode.OK else f"pytest, which ends with {int(code)}")
    os.write(answer, failed.encode())
    sys.stdout.flush()
    os._exit(0)


def tried(tests: list[str], limit: float, total: float) -> str:
    """Return the test that fails, or nothing. `limit` seconds are for a test, `total` for all of them."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            run(tests, limit, write)
        finally:
            os._exit(70)
    os.close(write)
    deadline = time.monotonic() + total
    ended = 0
    while not ended and time.monotonic() < deadline:
        time.sleep(0.02)
        ended, _ = os.waitpid(pid, os.WNOHANG)
    if not ended:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    end_strays()
    with os.fdopen(read) as pipe:
        failed = pipe.read()
    if not ended:
        return "the time for all its tests (it hung)"
    return failed


def end_strays() -> None:
    """End what the tests have left: this process is the parent of all that have lost theirs."""
    while strays := psutil.Process().children(recursive=True):
        for stray in strays:
            with suppress(psutil.Error):
                # PostgreSQL ends at once, too, and gives back its shared memory.
                stray.send_signal(signal.SIGQUIT if stray.name().startswith("postgres") else signal.SIGKILL)
        _, alive = psutil.wait_procs(strays, timeout=5)
        for stray in alive:
            with suppress(psutil.Error):
                stray.kill()
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def leave(number: int, _frame: FrameType | None) -> None:
    """End, with all that was started."""
    end_strays()
    os._exit(128 + number)


def main() -> None:
    """Serve until standard input ends."""
    ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGTERM, leave)
    sys.dont_write_bytecode = True
    for module in AHEAD:
        import_module(module)
    written = time.time()
    for line in sys.stdin:
        request: dict[str, Any] = json.loads(line)
        file = Path(request["path"])
        original = file.read_text(encoding="utf-8")
        # A second later each: Python takes a compiled file of the same second and size for this one's.
        written += 2
        file.write_text(request["source"], encoding="utf-8")
        os.utime(file, (written, written))
        try:
            failed = tried(request["tests"], request["limit"], request["total"])
        finally:
            file.write_text(original, encoding="utf-8")
            os.utime(file, (written + 1, written + 1))
        print(json.dumps(failed), flush=True)


if __name__ == "__main__":
    main()
