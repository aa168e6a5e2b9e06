"""Copies of the checkout, each with a worker in it, and the mutants that they try."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from messenger_db.connection import leave_out_environment
from messenger_db.embedded.server import Server
from messenger_db.testing.session_server import SETTINGS
from tools.mutation.python.lines import ROOT, STATE
from tools.mutation.python.variants import Mutant
from tools.mutation.report import Fate

# A test has five times as long as it took without a mutant, and half a minute at least.
SLOWER, LEAST_SECONDS = 5, 30

# The mutants that a test noticed, a line each: a run that was ended goes on where it was.
KILLED = STATE / "killed.jsonl"

HUNG = "(it hung)"


class Trial(NamedTuple):
    """A mutant, and the tests that run its lines with their seconds, in the order in which they are to run."""

    mutant: Mutant
    tests: dict[str, float]


@contextmanager
def test_server() -> Iterator[dict[str, str]]:
    """Start a server for all tests, and yield the environment that leads them to it."""
    leave_out_environment()
    server = Server(Path(tempfile.mkdtemp(prefix="messenger-db-mutants-")), SETTINGS)
    try:
        server.start()
        yield os.environ | {"MESSENGER_TEST_DATABASE_URL": server.url_by_loopback("postgres")}
    finally:
        server.remove()


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Start a worker in a copy of the checkout, with a .venv in which the package is that copy's."""
    folder = Path(tempfile.mkdtemp(prefix="mutants-"))
    try:
        folder.chmod(0o755)  # tests become other users
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        _copy_venv(folder / ".venv")
        process = subprocess.Popen(
            [folder / ".venv" / "bin" / "python", "-m", "tools.mutation.python.worker"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        with process:
            try:
                yield process
            finally:
                process.terminate()
    finally:
        shutil.rmtree(folder)


def _copy_venv(venv: Path) -> None:
    """Make a .venv of links to the one that runs this, but for what names its folder."""
    own = Path(sys.prefix)
    packages = next((own / "lib").glob("python*/site-packages"))
    copied = venv / packages.relative_to(own)
    copied.mkdir(parents=True)
    for entry in packages.iterdir():
        if entry.suffix == ".pth" and str(ROOT) in entry.read_text():
            (copied / entry.name).write_text(f"{venv.parent}\n")
        else:
            (copied / entry.name).symlink_to(entry)
    (venv / "bin").mkdir()
    for entry in (own / "bin").iterdir():
        if entry.is_symlink() or entry.read_bytes()[:2] != b"#!":
            (venv / "bin" / entry.name).symlink_to(entry.readlink() if entry.is_symlink() else entry)
        else:
            (venv / "bin" / entry.name).write_text(entry.read_text().replace(str(own), str(venv)))
            (venv / "bin" / entry.name).chmod(0o755)
    for name in ("pyvenv.cfg", "pyproject.toml"):
        if (own / name).exists():
            shutil.copy2(own / name, venv)
    (venv / "installed").write_text(f"{(venv / 'bin' / 'python').resolve()}\n{venv.parent}\n")


def _asked(process: subprocess.Popen[str], path: str, source: str, tests: dict[str, float]) -> str:
    limit = max(LEAST_SECONDS, SLOWER * max(tests.values()))
    request = {
        "path": path,
        "source": source,
        "tests": [*tests],
        "limit": limit,
        "total": limit + SLOWER * (LEAST_SECONDS + sum(tests.values())),
    }
    assert process.stdin  # noqa: S101 (for mypy)
    assert process.stdout  # noqa: S101
    process.stdin.write(f"{json.dumps(request)}\n")
    process.stdin.flush()
    return str(json.loads(process.stdout.readline()))


def run(trials: Sequence[Trial], workers: int, environment: dict[str, str]) -> Iterator[Fate]:
    """Yield what becomes of each mutant; nothing where no test runs its lines, which makes it a survivor."""
    # The workers end before the threads that wait for their answers.
    with ThreadPoolExecutor(workers) as pool, ExitStack() as stack:
        free: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        for _ in range(workers):
            free.put(stack.enter_context(worker(environment)))

        def tried(trial: Trial) -> Fate:
            mutant, tests = trial
            process = free.get()
            killer = _asked(process, mutant.path, mutant.source, tests) if tests else ""
            free.put(process)
            return Fate(mutant.kind, mutant.name, killer or None)

        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        for trial, fate in zip(trials, pool.map(tried, trials), strict=True):
            if fate.killer:
                with KILLED.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([_digest(trial.mutant), fate.killer]) + "\n")
            print("." if fate.killer else f"\nnot noticed: {fate.name}\n", end="", file=sys.stderr, flush=True)
            yield fate


def known(trials: Sequence[Trial]) -> dict[str, Fate]:
    """Return those fates, by name, that an earlier run has found: of mutants that a test noticed, unchanged since."""
    if not KILLED.exists():
        return {}
    killers = dict(map(json.loads, KILLED.read_text(encoding="utf-8").splitlines()))
    return {
        mutant.name: Fate(mutant.kind, mutant.name, killers[_digest(mutant)])
        for mutant, tests in trials
        if killers.get(_digest(mutant)) in tests or killers.get(_digest(mutant), "").endswith(HUNG)
    }


def _digest(mutant: Mutant) -> str:
    return hashlib.sha256(f"{mutant.path}\0{mutant.source}".encode()).hexdigest()
