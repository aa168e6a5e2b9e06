"""The folder that an embedded server lives in: closed to others, used by one command at a time, written safely.

Nothing in it is written through a link: root does not always own the folder.
"""

import errno
import fcntl
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from messenger_db.embedded import binaries
from messenger_db.errors import MessengerError


class DataFolder:
    """The folder `path`. Whoever owns it is who the server runs as: root gives a new one to a system user."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def locked(self) -> Iterator[int]:
        """Hold the folder's lock against other commands, making the folder if it is missing; yield the descriptor.

        Raises MessengerError when the folder is a link, belongs to another user or cannot be written.
        """
        lock = self._lock()
        try:
            yield lock
        finally:
            os.close(lock)

    def _lock(self) -> int:
        if self.path.is_symlink():
            raise MessengerError(f"{self.path} is a symbolic link, and what it points to is not ours: remove the link")
        try:
            while True:
                self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
                self.path.chmod(0o700)
                lock = self._open("lock", os.O_WRONLY)
                fcntl.flock(lock, fcntl.LOCK_EX)
                if _is_at(lock, self.path / "lock"):
                    return lock
                os.close(lock)  # the folder was deleted while we waited
        except PermissionError as error:
            if not self.path.exists():
                raise MessengerError(f"cannot create {self.path}: {error.strerror}") from None
            raise MessengerError(f"{self.path} belongs to another user: make clean, as that user") from None
        except OSError as error:
            raise cannot_write(self.path, error) from None

    def take_from_root(self) -> None:
        """Give to the system user what root made or copied here: PostgreSQL does not run as root.

        Only root can put anything into a closed folder of root's, so all of it is the server's.
        """
        if os.geteuid() != 0 or self.path.stat().st_uid != 0:
            return
        user = binaries.system_user()
        for folder, _, files, descriptor in os.fwalk(self.path, topdown=False):
            for name in files:
                os.chown(name, user.pw_uid, user.pw_gid, dir_fd=descriptor, follow_symlinks=False)
            if Path(folder) != self.path:
                os.chown(descriptor, user.pw_uid, user.pw_gid)
        os.chown(self.path, user.pw_uid, user.pw_gid)  # last, so that an interrupted one is done again

    def user(self) -> pwd.struct_passwd | None:
        """Return whom the server runs as, None for whoever runs this. Raises MessengerError for an unknown owner."""
        uid = self.path.stat().st_uid if os.geteuid() == 0 else os.geteuid()
        try:
            user = pwd.getpwuid(uid)
        except KeyError:
            if os.geteuid() == 0:
                raise MessengerError(
                    f"{self.path} belongs to user id {uid}, which has no name here: delete it"
                ) from None
            raise MessengerError(
                f"user id {uid} has no name on this machine, and PostgreSQL's initdb needs one: "
                "work as a user of /etc/passwd, or set DATABASE_URL"
            ) from None
        return user if os.geteuid() == 0 else None

    def append_to(self, name: str) -> IO[bytes]:
        """Open a file of the folder to write at its end."""
        return os.fdopen(self._open(name, os.O_WRONLY | os.O_APPEND), "wb")

    def write(self, name: str, text: str) -> None:
        """Write a file of the folder as a whole, or not at all."""
        new = self.path / f"{name}.new"
        new.unlink(missing_ok=True)
        with os.fdopen(self._open(new.name, os.O_WRONLY), "wb") as file:
            file.write(text.encode("ascii"))
        if user := self.user():
            os.chown(new, user.pw_uid, user.pw_gid, follow_symlinks=False)
        new.replace(self.path / name)

    def _open(self, name: str, flags: int) -> int:
        return os.open(self.path / name, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def cannot_write(folder: Path, error: OSError) -> MessengerError:
    """Return the line about a folder that cannot be written."""
    if error.errno == errno.ENOSPC:
        return MessengerError(f"the disk is full: make room for {folder}")
    return MessengerError(f"cannot write to {folder}: {error.strerror}")


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def try_lock(path: Path) -> int | None:
    """Return a descriptor that holds the lock of a file; None when another process holds it.

    A process that inherits the descriptor holds the lock too, until it ends. Every namespace of the kernel sees it.
    Raises OSError when the file cannot be opened or its file system has no locks.
    """
    lock = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    except OSError:
        os.close(lock)
        raise
    return lock
