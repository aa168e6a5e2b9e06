"""Who a run's folder belongs to: each process of the run holds a lock in it, which the kernel releases at its end."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

from messenger_db.testing.keep_failed import KEPT

OWNER = "owner"


def hold(folder: Path) -> None:
    """Hold the folder of a run until this process ends.

    Raises BlockingIOError while another run removes it, FileNotFoundError after that.
    """
    # A bare descriptor: nothing closes it before the process ends.
    file = os.open(folder / OWNER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    # Written under the lock, so that the note is never found without a lock of its first writer.
    if os.fstat(file).st_size == 0:
        os.write(file, _here().encode("ascii"))


def hold_abandoned(folder: Path) -> IO[str] | None:
    """Hold the folder of another run if it is certain that no process of that run lives, until the file is closed.

    Return None otherwise: for a folder that belongs to another user, that was made in another container or before the
    machine's last start, that has kept databases, or while any process has the number of the run's main one.
    """
    *_, main, _mark = folder.name.split("-")
    if not main.isdecimal() or psutil.pid_exists(int(main)):
        return None
    with suppress(OSError):
        if folder.lstat().st_uid != os.geteuid() or (folder / KEPT).exists():
            return None
        file = (folder / OWNER).open("r+")
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            noted = file.read()
            if noted and noted == _here():
                return file
        file.close()
    return None


def _here() -> str:
    """Return what two processes that see the same processes and files have in common, nothing where it is unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()} {Path('/proc/self/ns/mnt').readlink()}"
    except OSError:
        return ""
