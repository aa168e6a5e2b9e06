"""Create .venv and install the project into it: python3 messenger_db/bootstrap.py.

The one module that runs before anything is installed, on whatever python3 there is: it uses the standard library alone,
and syntax that an old Python can read, so as to say that it is too old.
"""

import fcntl
import filecmp
import os
import pwd
import shutil
import subprocess
import sys
from contextlib import suppress

OLDEST = (3, 11)

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
PROJECT = os.path.join(ROOT, "pyproject.toml")
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
LOG = os.path.join(VENV, "install.log")

# Names the Python and the folder that .venv was made for, one a line: the Makefile compares both. Beside it lies the
# pyproject.toml that was installed: a branch may have another one.
STAMP = os.path.join(VENV, "installed")
INSTALLED_PROJECT = os.path.join(VENV, "pyproject.toml")

NO_NETWORK = (
    "NameResolution",
    "name resolution",
    "Failed to establish",
    "Max retries",
    "Connection",
    "No matching dist",
)


def refuse(line: str) -> None:
    """End with one line."""
    sys.exit(f"messenger-db: {line}")


def user(uid: int) -> str:
    """Return the name of a user, or the number where there is no name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def run(cure: str, *command: str) -> None:
    """Run a step of the installation; what it prints goes to the log. End with one line where it fails."""
    with open(LOG, "ab") as log:
        start = log.tell()
        if subprocess.call(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=ROOT) == 0:
            return
    with open(LOG, "rb") as log:
        log.seek(start)
        said = log.read().decode("utf-8", "replace")
    if "No space left" in said:
        cure = "the disk is full: make room for .venv"
    elif "Permission denied" in said:
        cure = f"some of .venv belongs to another user than {user(os.geteuid())}: delete it, then try again"
    elif any(sign in said for sign in NO_NETWORK):
        cure = "a package could not be fetched: is there a network? The first installation needs one"
    else:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        errors = [line for line in lines if line.lower().startswith("error: ")]
        cure = ": ".join([cure, *(errors or lines)[-1:]])
    refuse(f"{cure} (more in .venv/install.log)")


def stamped() -> str:
    """Return what the stamp says, nothing where there is none: the installation has not ended."""
    try:
        with open(STAMP, "rb") as stamp:
            return os.fsdecode(stamp.read())
    except OSError:
        return ""


def fault() -> str:
    """Say why .venv cannot be used as it is, and has to be made again; nothing where it can."""
    if not os.path.exists(VENV):
        return "it is a link that leads nowhere"
    noted = stamped()
    if not noted:
        return "the last installation was interrupted"
    python, folder = noted.rstrip("\n").split("\n", 1)
    if not os.path.exists(PYTHON):
        return f"its Python, {python}, is gone"
    if os.path.realpath(PYTHON) != python:
        return f"its Python is no longer {python}"
    return f"it was made for {folder}" if folder != ROOT else ""


def remove() -> None:
    """Delete .venv. End with one line where it belongs to somebody else, or cannot be deleted."""
    try:
        os.unlink(VENV) if os.path.islink(VENV) else shutil.rmtree(VENV)
    except OSError as error:
        owner = os.lstat(VENV).st_uid
        as_owner = f" as {user(owner)}, whom it belongs to" if owner != os.geteuid() else ""
        refuse(f".venv cannot be made again ({error.strerror}): delete it{as_owner}, then try again")


def make() -> None:
    """Make an empty .venv."""
    try:
        os.mkdir(VENV)
    except OSError as error:
        refuse(f"cannot make {VENV}: {error.strerror}")
    run("no .venv could be created", sys.executable, "-m", "venv", VENV)


def install() -> None:
    """Install the project with all that its make targets need."""
    # Nearly all that is compiled then is never imported.
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile")
    run("pip could not install the project", *pip, "--editable", f"{ROOT}[dev]")
    shutil.copyfile(PROJECT, INSTALLED_PROJECT)
    with open(STAMP, "wb") as stamp:
        stamp.write(os.fsencode(f"{os.path.realpath(PYTHON)}\n{ROOT}\n"))


def update() -> None:
    """Install what another pyproject.toml asks for."""
    if not os.access(VENV, os.W_OK):
        refuse(
            f".venv lacks what pyproject.toml asks for now, and belongs to {user(os.stat(VENV).st_uid)}: make as them"
        )
    unfinished = f"{STAMP}-before"
    os.replace(STAMP, unfinished)  # without a stamp, an interrupted installation is not taken for a whole one
    try:
        install()
    except SystemExit:
        os.replace(unfinished, STAMP)  # pip changes nothing before it has all packages
        raise


def main() -> None:
    """Make .venv where there is none that can be used, or bring it up to date."""
    if sys.version_info < OLDEST:
        refuse(f"{sys.executable} is Python {sys.version.split()[0]}: use 3.11 or newer, make PYTHON=python3.12 db-up")
    try:
        import ensurepip  # noqa: F401 (Debian leaves it out)
        import venv  # noqa: F401
    except ImportError:
        refuse("this Python has no venv: apt install python3-venv (Debian packages it separately), then try again")
    folder = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)  # two makes at once: the second waits, then finds it done
    if os.path.exists(VENV) and not os.path.isdir(VENV):
        refuse(f"{VENV} is not a folder: move it away, then try again")
    if not os.path.lexists(VENV):
        print("installing into .venv ...", file=sys.stderr)
        make()
        install()
    elif fault():
        print(f"installing into .venv again, as {fault()} ...", file=sys.stderr)
        remove()
        make()
        install()
    elif not filecmp.cmp(PROJECT, INSTALLED_PROJECT, shallow=False):
        print("installing into .venv what pyproject.toml asks for now ...", file=sys.stderr)
        update()
    else:
        with suppress(OSError):  # in another user's .venv this is looked at each time
            os.utime(STAMP)


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        refuse(f"cannot install into .venv: {error.strerror} ({error.filename}): delete .venv, then try again")
    except KeyboardInterrupt:
        refuse("the installation was interrupted: the next make begins it again")
