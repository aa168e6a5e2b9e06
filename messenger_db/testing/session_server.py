"""The server of one run: started by the first process that needs it, shared by all, gone when the run is."""

import fcntl
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
from psycopg2 import sql
from pytest_postgresql.config import PostgreSQLConfig

from messenger_db.embedded import binaries
from messenger_db.embedded.server import Server
from messenger_db.errors import MessengerError
from messenger_db.sql import QUERIES
from messenger_db.testing import owner
from messenger_db.testing.keep_failed import KEPT
from messenger_db.testing.server_address import Place

MEMORY = Path("/dev/shm")  # noqa: S108 (it is memory; what is made there is closed to others)
ENOUGH_BYTES = 1 << 30

# Nothing here outlives the run, so nothing need survive a crash. Each DROP DATABASE searches the whole buffer pool, and
# the files lie in memory anyway: a small pool is quicker.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "log_checkpoints": "off",
    "shared_buffers": "32MB",
    "max_connections": "300",
}

# In the folder of a run: where its server is, its password, what a process holds while it looks, and the process that
# removes the server after a crash.
HOME, PASSWORD, LOCK, WATCHDOG = "home", "password", "lock", "watchdog"


def place(folder: Path, main: int, settings: PostgreSQLConfig) -> Place:
    """Return the server of the run with that folder, starting it if no other process has.

    `main` is the process that the run ends with. Raises MessengerError where the server does not start, or libpq would
    lead those who connect by the URL of a test's database to another one.
    """
    for name in ("PGHOSTADDR", "PGSERVICE"):
        if os.environ.get(name):
            raise MessengerError(
                f"no test database: {name} is set, and libpq would take it for the address of this run's own server: "
                "unset it, or name a server by MESSENGER_TEST_DATABASE_URL"
            )
    # Root's server runs as another user, who must get through.
    folder.mkdir(mode=0o711, exist_ok=True)
    with _alone(folder):
        is_first = not (folder / HOME).exists()
        if is_first:
            _write(folder / HOME, str(_home(folder)))
        owner.hold(folder)
        if is_first:
            _remove_abandoned(folder.parent)
        if not (folder / PASSWORD).exists():
            _start(folder, main, settings)
    server = _server(folder)
    options = {"options": settings.options} if settings.options else {}
    private = {"host": str(server.home), "port": str(server.port), "user": settings.user, **options}
    public = private | {"host": "127.0.0.1", "password": (folder / PASSWORD).read_text()}
    return Place(public, "postgres", "nobody: it is this run's own", private)


def end(folder: Path) -> None:
    """Remove the server of a run, with all that is in it, and the folder."""
    with _alone(folder):
        _end_watchdog(folder)
        if (folder / HOME).exists():
            _server(folder).remove()
    shutil.rmtree(folder)


def end_unless_kept(folder: Path) -> None:
    """Remove the server of a run, unless databases in it are kept."""
    if not (folder / KEPT).exists():
        end(folder)
        return
    with _alone(folder):
        _end_watchdog(folder)


def _remove_abandoned(parent: Path) -> None:
    """Remove the servers of runs that were killed together with their watchdogs, and their folders in `parent`."""
    for folder in parent.glob("messenger-db-*-*"):
        if file := owner.hold_abandoned(folder):
            # What cannot be removed is not this run's failure.
            with file, suppress(MessengerError, OSError):
                end(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _server(folder: Path) -> Server:
    return Server(Path((folder / HOME).read_text()), SETTINGS)


def _start(folder: Path, main: int, settings: PostgreSQLConfig) -> None:
    server = _server(folder)
    # First of all, so that no crash leaves anything.
    watchdog = subprocess.Popen(
        [sys.executable, "-P", "-m", "messenger_db.testing.watchdog", str(main), folder],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is not for it
    )
    watchdog.returncode = 0  # it goes on when this process ends: Popen need not warn of that
    (folder / WATCHDOG).write_text(str(watchdog.pid))
    server.start()
    password = settings.password or secrets.token_hex(16)
    # Over loopback, any driver gets in by password. One iteration: a random one needs no stretching, which takes longer
    # than all the rest of connecting.
    own = Place({"host": str(server.home), "port": str(server.port), "user": "postgres"}, "postgres", "")
    with closing(own.maintain()) as connection, connection.cursor() as cursor:
        QUERIES["servers.set_scram_iterations"].execute(cursor)
        superuser = QUERIES["servers.alter_superuser" if settings.user == "postgres" else "servers.create_superuser"]
        superuser.naming(role=sql.Identifier(settings.user)).execute(cursor, password=password)
    _write(folder / PASSWORD, password)


def _write(file: Path, text: str) -> None:
    """Write a file as a whole, or not at all."""
    new = file.with_name(f"{file.name}.new")
    new.touch(mode=0o600)
    new.write_text(text)
    new.rename(file)


def _home(folder: Path) -> Path:
    """Return where the server's data go: in memory, where there is enough of it, else in the folder itself."""
    try:
        facts = os.statvfs(MEMORY)
    except OSError:
        return folder / "server"
    roomy = facts.f_bavail * facts.f_frsize >= ENOUGH_BYTES and os.access(MEMORY, os.W_OK)
    # Where root's server cannot reach the wheel, a copy of its programs goes beside the data.
    copies = os.geteuid() == 0 and not binaries.can_enter(binaries.system_user(), binaries.wheel() / "bin")
    runs = not (copies and facts.f_flag & os.ST_NOEXEC)
    return MEMORY / folder.name if roomy and runs else folder / "server"


def _end_watchdog(folder: Path) -> None:
    with suppress(OSError, ValueError, psutil.Error):
        watchdog = psutil.Process(int((folder / WATCHDOG).read_text()))
        # The watchdog itself comes here too.
        if watchdog.pid != os.getpid() and str(folder) in watchdog.cmdline():
            watchdog.kill()
            watchdog.wait(10)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / HOME).exists():  # noqa: PLR2004 (the program and the folder)
        raise MessengerError("say the folder that the run printed")
    end(Path(sys.argv[1]))
