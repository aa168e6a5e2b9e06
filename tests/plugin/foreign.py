"""A foreign project: a virtual environment with the built wheel, and runs of pytest in a folder of their own."""

import fcntl
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import children
import psycopg
import pytest

from messenger_db.testing.server_address import Place

ROOT = Path(__file__).parents[2]

OTHER_PLUGINS = ("hypothesispytest", "cacheprovider", "timeout", "randomly", "faker", "django", "asyncio", "anyio")


def environment(folder: Path) -> Path:
    """Return the Python of a virtual environment with the wheel in it, made by the first process that asks.

    What the wheel depends on comes from the environment of these tests.
    """
    python = folder / "venv" / "bin" / "python"
    with (folder / "foreign.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not python.exists():
            build: list[str | Path]
            build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder / "wheel"]
            children.run(build, cwd=ROOT, check=True)
            (wheel,) = (folder / "wheel").iterdir()
            venv.create(folder / "unfinished", symlinks=True)
            pip: list[str | Path]
            pip = [sys.executable, "-m", "pip", "--python", folder / "unfinished", "--disable-pip-version-check"]
            children.run([*pip, "install", "--quiet", "--no-deps", "--no-index", wheel], check=True)
            (packages,) = (folder / "unfinished").glob("lib/python*/site-packages")
            (packages / "development.pth").write_text(sysconfig.get_path("purelib"))
            (folder / "unfinished").rename(folder / "venv")
    return python


class Foreign:
    """A project's folder, in which its tests run."""

    def __init__(self, pytester: pytest.Pytester, python: Path, place: Place) -> None:
        self.pytester = pytester
        self.python = python
        self.place = place
        self.with_plugins: set[str] = set()  # of those that the environment of our own tests has beside
        self.started: list[subprocess.Popen[str]] = []

    @property
    def server(self) -> list[str]:
        """The options that name the server of our own tests."""
        parameters = self.place.private or self.place.parameters
        return [f"--postgresql-{name}={value}" for name, value in parameters.items() if name != "options"]

    def write(self, text: str, name: str = "test_foreign.py") -> None:
        """Write a file of the project."""
        (self.pytester.path / name).write_text(text)

    def command(self, *words: str) -> list[str]:
        """Return how to run its tests."""
        # What the environment of our own tests has beside takes its time to import.
        left_out = [name for name in OTHER_PLUGINS if name not in self.with_plugins]
        plugins = [word for name in left_out for word in ("-p", f"no:{name}")]
        return [str(self.python), "-m", "pytest", *plugins, "-W", "error", *words]

    def run(self, *words: str) -> pytest.RunResult:
        """Run its tests on the server of our own tests."""
        return self.run_embedded(*self.server, *words)

    def run_embedded(self, *words: str) -> pytest.RunResult:
        """Run its tests on a server of their own."""
        return self.pytester.run(*children.MORTAL, *self.command(*words), timeout=children.LIMIT_SECONDS)

    def run_here(self, *words: str) -> pytest.RunResult:
        """Run its tests in this process, by the plugin as it is in the checkout: quicker."""
        return self.pytester.runpytest_inprocess(*self.command(*words)[3:])

    def has(self, module: str) -> bool:
        """Say whether the environment has a module."""
        return (
            children.run([self.python, "-c", f"import importlib.util as u; assert u.find_spec({module!r})"]).returncode
            == 0
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start its tests on a server of their own, in a process group of theirs; they write the file `ready`."""
        return self._start(self.command(*words))

    def start_on_server(self, *words: str) -> subprocess.Popen[str]:
        """Start its tests on the server of our own tests."""
        return self._start(self.command(*self.server, *words))

    def _start(self, command: list[str]) -> subprocess.Popen[str]:
        self.ready.unlink(missing_ok=True)
        nowhere = subprocess.DEVNULL
        process = children.start(command, cwd=self.pytester.path, stdout=nowhere, stderr=nowhere, process_group=0)
        self.started.append(process)
        children.until(self.ready.exists)
        return process

    def end(self) -> None:
        """End what was started."""
        for process in self.started:
            process.kill()
            process.wait()

    @property
    def ready(self) -> Path:
        """The file by which its tests say that they are waiting."""
        return self.pytester.path / "ready"

    def databases(self) -> set[str]:
        """Return the names of the databases on the server of our own tests."""
        return databases(self.place)


def databases(place: Place) -> set[str]:
    """Return the names of the databases of a server."""
    with psycopg.connect(place.private_url(place.maintenance)) as db:
        return {name for (name,) in db.execute("SELECT datname FROM pg_database").fetchall()}
