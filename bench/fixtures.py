"""What a test pays for a database of its own, beside bare CREATE DATABASE and DROP and pytest-postgresql's fixture."""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.common import show
from messenger_db.connection import leave_out_environment
from messenger_db.embedded.server import Server
from messenger_db.testing.session_server import MEMORY, SETTINGS

PROJECT = Path(__file__).with_name("fixtures_project")

TESTS = int(os.environ.get("TESTS", "500"))
COLD_RUNS = 5
IDLE_RUNS = 20

# What a test uses, and what else is set.
KINDS = {
    "bare CREATE and DROP DATABASE": ("bare", {}),
    "the same, STRATEGY FILE_COPY": ("bare", {"STRATEGY": "STRATEGY FILE_COPY"}),
    "messenger_db_url": ("messenger_db_url", {}),
    "messenger_db": ("messenger_db", {}),
    "messenger_db, 10,000 messages": ("messenger_db", {"MESSAGES": "10000"}),
    "messenger_async_db": ("messenger_async_db", {}),
    "messenger_tx": ("messenger_tx", {}),
    "pytest-postgresql": ("theirs", {}),
}
WORK = ("nothing", "waits", "computes")
WORKERS = (1, 4)


class Project:
    """A copy of the project with the tests that are timed."""

    def __init__(self, folder: Path) -> None:
        self.folder = shutil.copytree(PROJECT, folder / "project")

    def pytest(self, *words: str, **environment: str) -> float:
        """Run its tests; return the seconds that took."""
        plugins = ("no:randomly", "no:hypothesispytest", "no:cacheprovider")
        command = [sys.executable, "-m", "pytest", "-q", *(word for name in plugins for word in ("-p", name)), *words]
        began = time.monotonic()
        done = subprocess.run(
            command, cwd=self.folder, env=os.environ | environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            sys.exit(done.stdout + done.stderr)
        return time.monotonic() - began

    def times(self) -> list[tuple[float, float]]:
        """Return when each test was ready and its set-up and tear-down in milliseconds, and forget them."""
        found = []
        for file in self.folder.glob("times-*.json"):
            found += json.loads(file.read_text())
            file.unlink()
        return found


def tolls(project: Project, server: list[str]) -> None:
    """Print what each kind costs a test: its set-up and tear-down."""
    project.pytest(*server, "test_timed.py", USES="messenger_db", TESTS="1")
    project.times()
    rows = [["", "workers", *(f"{work}: median, 95 %" for work in WORK)]]
    for name, (uses, more) in KINDS.items():
        for workers in WORKERS:
            cells = []
            for work in WORK:
                words = ["test_timed.py", *server, *(["-n", str(workers)] if workers > 1 else [])]
                project.pytest(*words, USES=uses, WORK=work, TESTS=str(TESTS), **more)
                toll = sorted(toll for _, toll in project.times())
                cells.append(f"{statistics.median(toll):.1f} ms, {toll[len(toll) * 95 // 100]:.1f} ms")
            rows.append([name, str(workers), *cells])
            print(*rows[-1], sep="  ", file=sys.stderr)
    show(rows)


def first_tests(project: Project, server: list[str]) -> None:
    """Print how long it takes from the start of pytest until the first test has its database."""
    rows = [["", f"seconds, {COLD_RUNS} runs"]]
    for name, words in (("cold: no server, no template", []), ("warm: the template is on the server", server)):
        seconds = []
        for _ in range(COLD_RUNS):
            began = time.time()
            project.pytest(*words, "test_timed.py", USES="messenger_db", TESTS="1")
            ((ready, _),) = project.times()
            seconds.append(ready - began)
        rows.append([name, " ".join(f"{each:.2f}" for each in sorted(seconds))])
    show(rows)


def idle(project: Project) -> None:
    """Print what a run pays that does not use the plugin: processor time, to which other work adds little."""
    kinds = {
        "neither plugin": ["-p", "no:postgresql", "-p", "no:messenger-db"],
        "pytest-postgresql": ["-p", "no:messenger-db"],
        "pytest-postgresql and this one": [],
    }
    seconds: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(IDLE_RUNS):
        for name, words in kinds.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            project.pytest(*words, "test_idle.py", "--noconftest")
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    show(
        [["", f"median of {IDLE_RUNS}"]]
        + [[name, f"{statistics.median(s) * 1000:.0f} ms"] for name, s in seconds.items()]
    )


def main() -> None:
    """Run what is named on the command line, everything if nothing is."""
    wanted = sys.argv[1:] or ["tolls", "first", "idle"]
    with tempfile.TemporaryDirectory(prefix="messenger-db-bench-") as folder:
        project = Project(Path(folder))
        leave_out_environment()
        server = Server(MEMORY / Path(folder).name, SETTINGS)
        try:
            server.start()
            words = [f"--postgresql-host={server.home}", f"--postgresql-port={server.port}"]
            if "tolls" in wanted:
                tolls(project, words)
            if "first" in wanted:
                first_tests(project, words)
            if "idle" in wanted:
                idle(project)
        finally:
            server.remove()


if __name__ == "__main__":
    main()
