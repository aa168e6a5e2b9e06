"""Copies of the checkout, in which commands run as a user runs them."""

import atexit
import os
import pty
import pwd
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import children
import psutil
from support import forks

from messenger_db.numbering import ids
from messenger_db.testing.session_server import MEMORY

Done = children.Done

ROOT = Path(__file__).parents[2]
*_, NEWEST = ids(ROOT / "migrations")
SHIPPED = (
    ".env.example",
    ".squawk.toml",
    "LICENSE",
    "Makefile",
    "README.md",
    "backfills",
    "examples",
    "messenger_db",
    "migrations",
    "pyproject.toml",
    "seeds",
    "yoyo.ini",
)
MUCH_BYTES = 4 << 30
ELSEWHERE = Path("/var/lib/messenger-db")
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"


class Checkout:
    """A copy of the checkout in a folder of its own, and commands in it; None as user is whoever runs the tests."""

    def __init__(self, base: Path, folder: Path, user: pwd.struct_passwd | None) -> None:
        self.base = base
        self.folder = folder
        self.user = user
        self.home = base / "home"

    def popen(
        self, *command: str, below: str = "", terminal: int = subprocess.PIPE, **environment: str
    ) -> subprocess.Popen[str]:
        """Start a command in the folder, or in one below it; at a terminal if there is one, else at pipes."""
        return children.start(
            command,
            cwd=self.folder / below,
            env=self._environment(environment),
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            user=self.user.pw_uid if self.user else None,
            group=self.user.pw_gid if self.user else None,
            extra_groups=[] if self.user else None,
        )

    def _environment(self, settings: dict[str, str]) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", **settings}

    def run(self, *command: str, stdin: str = "", below: str = "", **environment: str) -> Done:
        """Run a command in the folder, or in one below it."""
        return children.finished(self.popen(*command, below=below, terminal=subprocess.PIPE, **environment), stdin)

    def make(self, *words: str, stdin: str = "", **environment: str) -> Done:
        """Run make with the words that a user types behind it."""
        return self.run("make", *words, stdin=stdin, **environment)

    def target(self, target: str, *settings: str, stdin: str = "", **environment: str) -> Done:
        """Run in a fork what make runs for a target, with the settings that a user types behind it: quicker.

        As another user, make runs.
        """
        if self.user:
            return self.make("-s", target, *settings, stdin=stdin, **environment)
        typed = dict(setting.split("=", 1) for setting in settings)
        return self.command(target.removeprefix("db-"), stdin=stdin, **environment | typed)

    def command(self, *words: str, stdin: str = "", **environment: str) -> Done:
        """Run the command messenger-db, in a fork."""
        return forks.run(words, cwd=self.folder, env=self._environment(environment), stdin=stdin)

    def yoyo(self, *words: str, below: str = "", **environment: str) -> Done:
        """Run the yoyo command, in a fork."""
        return forks.run(["yoyo", *words], cwd=self.folder / below, env=self._environment(environment))

    def at_terminal(self, answer: str, *command: str, **environment: str) -> tuple[int, str]:
        """Run a command at a terminal, type one line; return the exit status and what the terminal shows."""
        terminal, theirs = pty.openpty()
        process = self.popen(*command, terminal=theirs, **environment)
        os.close(theirs)
        os.write(terminal, f"{answer}\n".encode())
        shown = b""
        # Reading fails with EIO when the last process has left the terminal.
        with suppress(OSError):
            while select.select([terminal], [], [], 60)[0]:
                shown += os.read(terminal, 4096)
        os.close(terminal)
        return process.wait(60), shown.decode()

    def url(self) -> str:
        """Return the URL of the embedded database."""
        return succeeded(self.target("db-url")).strip()

    def write_migration(self, name: str, forward: str, rollback: str) -> None:
        """Write both halves of a migration that follows the newest one before it."""
        migrations = self.folder / "migrations"
        (migrations / f"{name}.sql").write_text(
            f"-- depends: {max(id_ for id_ in ids(migrations) if id_ < name)}\n{forward}"
        )
        (migrations / f"{name}.rollback.sql").write_text(rollback)

    @property
    def server_homes(self) -> list[Path]:
        """The folders that the embedded server of this checkout may have."""
        elsewhere = (ELSEWHERE, self.home / ".local" / "state" / "messenger-db")
        homes = [self.folder / ".postgres", *(home for other in elsewhere for home in other.glob(f"{self.mark}*"))]
        return [home for home in homes if home.is_dir()]

    @property
    def server_home(self) -> Path:
        """The folder of the embedded server, which there must be."""
        (home,) = self.server_homes
        return home

    @property
    def mark(self) -> str:
        """What the names of all folders of this checkout begin with, and of no other one's."""
        return self.base.name

    def processes(self) -> list[psutil.Process]:
        """Return the living processes that work in this checkout's folders."""
        folders = [self.base, *self.server_homes]
        return [process for process in psutil.process_iter() if _is_within(process, folders)]

    def end_processes(self) -> None:
        """End all processes, the embedded server too."""
        for process in self.processes():
            with suppress(psutil.Error):
                process.send_signal(signal.SIGQUIT)  # PostgreSQL ends at once and gives back its shared memory
        deadline = time.monotonic() + 20
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.02)
        for process in self.processes():
            process.kill()

    def end(self) -> None:
        """End all processes and delete all folders."""
        self.end_processes()
        for home in (*self.server_homes, self.base):
            shutil.rmtree(home)
        with suppress(OSError):
            ELSEWHERE.rmdir()


YOYO = str(Path(sys.prefix) / "bin" / "yoyo")
MESSENGER_DB = str(Path(sys.prefix) / "bin" / "messenger-db")


def _is_within(process: psutil.Process, folders: list[Path]) -> bool:
    try:
        place = Path(process.cwd())
    except (psutil.Error, OSError):
        return False
    return any(place.is_relative_to(folder) for folder in folders)


@contextmanager
def new_checkout(
    *, suffix: str = "", base_mode: int = 0o755, user: pwd.struct_passwd | None = None, venv: bool = True
) -> Iterator[Checkout]:
    """Make a copy of the checkout; when done with, end what runs in it and delete it."""
    # Not in pytest's folder, which is closed to other users: root's server is one.
    base = Path(tempfile.mkdtemp(prefix="checkout-", dir=roomy_place()))
    checkout = Checkout(base, base / f"{base.name}{suffix}", user)
    try:
        checkout.home.mkdir()
        copy_folder(_shipped(), checkout.folder)
        if venv:
            _link_venv(checkout.folder / ".venv", interpreter(user))
        if user:
            for path in (base, *base.rglob("*")):
                os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
        base.chmod(base_mode)
        yield checkout
    finally:
        checkout.end()


@cache
def roomy_place() -> str:
    """Return where checkouts and servers are made: in memory, where there is much, as each has a thousand files."""
    with suppress(OSError):
        facts = os.statvfs(MEMORY)
        if facts.f_bavail * facts.f_frsize >= MUCH_BYTES and not facts.f_flag & os.ST_NOEXEC:
            return str(MEMORY)
    return "/tmp"  # noqa: S108 (what is made there is closed to others)


def copy_folder(folder: Path, to: Path) -> None:
    """Copy a folder with owners, modes and times, to a path where nothing is yet."""
    children.run(["cp", "-a", folder, to], check=True)


@cache
def _shipped() -> Path:
    """Return a folder of what is shipped, for copies, with the bytecode that there is."""
    folder = Path(tempfile.mkdtemp(prefix="shipped-", dir=roomy_place()))
    atexit.register(shutil.rmtree, folder)
    folder.chmod(0o755)
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            # What ends in a number is bytecode that another process is writing.
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc.*"))
        elif (ROOT / name).exists():
            shutil.copy2(ROOT / name, folder / name)
    return folder


def interpreter(user: pwd.struct_passwd | None) -> Path | None:
    """Return a Python for that user: the tests' own, else the machine's of the same version; None without one."""
    own = Path(sys.prefix) / "bin" / "python"
    if user is None:
        return own
    for python in (own, Path("/usr/local/bin", PYTHON), Path("/usr/bin", PYTHON)):
        tried = children.run(
            ["/bin/sh", "-c", '"$1" -c ""', "sh", python],
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
            cwd="/",
        )
        if tried.returncode == 0:
            return python
    return None


def _link_venv(venv: Path, python: Path | None) -> None:
    """Make a .venv of links to the one that runs the tests, so that make installs nothing."""
    prefix = Path(sys.prefix)
    venv.mkdir()
    for name in ("lib", "lib64", "include"):
        if (prefix / name).exists():
            (venv / name).symlink_to(prefix / name)
    if python == prefix / "bin" / "python":
        (venv / "bin").symlink_to(prefix / "bin")
        (venv / "pyvenv.cfg").symlink_to(prefix / "pyvenv.cfg")
    elif python:
        (venv / "bin").mkdir()
        (venv / "bin" / "python").symlink_to(python)
        (venv / "pyvenv.cfg").write_text(f"home = {python.parent}\n")
    shutil.copy2(ROOT / "pyproject.toml", venv)
    stamp_venv(venv)


def stamp_venv(venv: Path) -> None:
    """Say of a .venv that it was made for the folder that it is in."""
    (venv / "installed").write_text(f"{(venv / 'bin' / 'python').resolve()}\n{venv.parent}\n")


# What make seed prints of its progress where it takes longer than ten seconds.
PROGRESS = re.compile(r"^(?:[\d,]+ of [\d,]+ messages, [\d,]+ per second, \d+ s left|[a-z ]+ \.\.\.)\n", re.MULTILINE)


def lines(text: str) -> list[str]:
    """Return the lines of what was printed on stderr, without make's own and those of progress."""
    return [line for line in PROGRESS.sub("", text).splitlines() if not line.startswith("make: ")]


def refusal(done: Done) -> str:
    """Return the one line with which a command must have failed."""
    assert done.returncode != 0, done.stdout
    said = lines(done.stderr)
    assert len(said) == 1, done.stderr
    assert said[0].startswith("messenger-db: ")
    return said[0]


def failure(done: Done) -> str:
    """Return the one line with which a command must have failed, and what it says below the line, indented."""
    assert done.returncode != 0, done.stdout
    first, *below = lines(done.stderr)
    assert first.startswith("messenger-db: ")
    assert all(line.startswith("  ") for line in below), done.stderr
    return "\n".join((first, *below))


def succeeded(done: Done) -> str:
    """Return what a command printed that must have succeeded, without a word on stderr but for progress."""
    assert (done.returncode, PROGRESS.sub("", done.stderr)) == (0, "")
    return done.stdout
