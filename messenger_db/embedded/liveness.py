"""Whether a server is alive that the data of a folder belong to; where that cannot be seen, it counts as alive.

A server is alive as long as the lock of data/PG_VERSION is held: PostgreSQL inherits the locked descriptor, and so does
each of its processes. Data, pid file and socket are changed by nobody but a holder of that lock.
"""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from messenger_db.embedded import binaries, processes
from messenger_db.embedded.data_folder import try_lock
from messenger_db.embedded.origin import Origin, cluster_name
from messenger_db.embedded.socket_probe import Reached, reach
from messenger_db.errors import MessengerError

START_SECONDS = 60
FIRST_ANSWER_SECONDS, ANSWER_SECONDS = 1, 5

# In a pid file, counted from 0.
PID_LINE, STATUS_LINE = 0, 7


class Noted(NamedTuple):
    """What a pid file says: None or empty where it is torn or missing."""

    pid: int | None
    status: str


class Liveness:
    """What the folder `home` of a server and the machine tell of it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "data"
        self.log = home / "log"
        self.note = home / "started"
        self.pid_file = self.data / "postmaster.pid"
        self.version_file = self.data / "PG_VERSION"

    def reach(self) -> Reached | None:
        """Return the server that listens, whether or not it answers; None when none does."""
        return reach(self.home, FIRST_ANSWER_SECONDS)

    def running(self) -> Reached | None:
        """Return the server that answers, None when surely none is alive.

        Raises MessengerError for one that may be alive and does not answer.
        """
        started = time.monotonic()
        while True:
            reached = self.reach()
            status = self._noted().status
            if reached and reached.answers and status != "stopping":
                return reached
            if not reached and not self.is_held():
                self._refuse_unseen()
                return None
            with suppress(OSError):
                processes.end_orphans(cluster_name(self.data), self.uid())
            patience = ANSWER_SECONDS if status == "ready" else START_SECONDS  # else it starts, or stops
            if time.monotonic() > started + patience or (reached and processes.is_frozen(reached.pid)):
                raise MessengerError(self.silence(reached))
            time.sleep(0.01)

    def silence(self, reached: Reached | None) -> str:
        """Return the line about a server that may be alive and does not answer."""
        alive = f"the server of {self.data} is alive and does not answer"
        pid = (reached.pid if reached else None) or self._visible_postmaster()
        if pid is None:
            return f"{alive}, and its process is not visible here: stop it where it was started (another container?)"
        if processes.is_frozen(pid):
            return f"{alive}, because a signal has stopped process {pid}: kill -CONT {pid} wakes it"
        return f"{alive}: kill -INT {pid} ends it, then try again (its log is {self.log})"

    def _visible_postmaster(self) -> int | None:
        with suppress(OSError):
            return processes.postmaster(cluster_name(self.data), self.uid())
        return None

    def is_held(self) -> bool:
        """Return whether a process holds the lock of the data. Raises MessengerError when that cannot be seen."""
        try:
            lock = try_lock(self.version_file)
        except FileNotFoundError:
            return False  # these are not data that a server could work on
        except OSError as error:
            raise MessengerError(f"cannot lock {self.version_file}: {error.strerror}") from None
        if lock is None:
            return True
        os.close(lock)
        return False

    def _refuse_unseen(self) -> None:
        """Refuse where a server may be alive that neither holds a lock of this kernel nor listens here."""
        if not self.pid_file.exists():
            return
        origin = Origin.read(self.note)
        if origin is None:
            # Started by a version that held no lock.
            pid = self.noted_pid()
            if pid and processes.is_postgres(pid, self.uid()):
                raise MessengerError(
                    f"process {pid} may be the server of {self.data} and does not answer: kill -INT {pid} ends it; "
                    f"if it is another one's, delete {self.pid_file}"
                )
        elif origin.is_another_machine():
            raise MessengerError(
                f"the server of {self.data} was started on another machine, {origin.host}, and not stopped there: "
                f"make db-stop there; if it no longer runs, delete {self.pid_file}"
            )

    def lost(self, running: Reached) -> str:
        """Return what a running server has lost that it cannot work without; empty when nothing, or it is elsewhere."""
        if not self.data.exists():
            return "its data were deleted"
        if running.pid:
            self.refuse_other_version()
        if not self.pid_file.exists():
            return "its pid file was deleted"  # within a minute, it would end by itself
        origin = Origin.read(self.note)
        return origin.lost(self.home) if origin and running.pid else ""

    def refuse_other_version(self) -> None:
        """Raise MessengerError for data that the installed PostgreSQL cannot work on."""
        try:
            theirs = self.version_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise MessengerError(f"the data in {self.home} are damaged: make clean deletes them") from None
        ours = binaries.wheel_version()
        if ours.split(".")[0] != theirs:
            raise MessengerError(
                f"the data in {self.home} are PostgreSQL {theirs}'s and the installed server is {ours}: "
                f"install {theirs} again, or make clean deletes them and make db-up makes new ones"
            )

    def is_ready(self, launched: int | None) -> bool:
        """Say whether the server takes connections; give the process id of one just launched.

        Until that one writes its own pid file, the one of a killed server may be there and say that it is ready.
        """
        noted = self._noted()  # read once: the next time it may be another server's
        return noted.status == "ready" and launched in {None, noted.pid}

    def noted_pid(self) -> int | None:
        """Return the process id in the pid file, as the server's own namespace counts; None for a torn file."""
        return self._noted().pid

    def _noted(self) -> Noted:
        try:
            lines = self.pid_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        pid, status = (lines[number].strip() if number < len(lines) else "" for number in (PID_LINE, STATUS_LINE))
        return Noted(int(pid) if pid.isascii() and pid.isdigit() else None, status)

    def uid(self) -> int:
        """Return the user that the server runs as."""
        return self.home.stat().st_uid
