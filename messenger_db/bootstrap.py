"""What makes .venv and installs the project into it: python3 messenger_db/bootstrap.py EXTRA.

The one module that runs before anything is installed, on whatever python3 there is: it uses the standard library alone,
and syntax that an old Python can read, so as to say that it is too old.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys

OLDEST = (3, 11)

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
LOG = os.path.join(VENV, "install.log")

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
    elif any(sign in said for sign in NO_NETWORK):
        cure = "a package could not be fetched: is there a network? The first installation needs one"
    refuse(f"{cure} (more in .venv/install.log)")


def main() -> None:
    """Install the project with the extras named on the command line."""
    if sys.version_info < OLDEST:
        refuse(f"{sys.executable} is Python {sys.version.split()[0]}: take 3.11 or newer, make PYTHON=python3.12 db-up")
    try:
        import ensurepip  # noqa: F401, PLC0415 (Debian leaves it out)
        import venv  # noqa: F401, PLC0415
    except ImportError:
        refuse("this Python has no venv: apt install python3-venv (Debian packages it apart), then try again")
    folder = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)  # two makes at once: the second waits, then finds it done
    extras = sys.argv[1]
    done = os.path.join(VENV, f"installed-{extras}")
    if os.path.exists(done) and os.path.getmtime(done) > os.path.getmtime(os.path.join(ROOT, "pyproject.toml")):
        return
    print("installing into .venv ...", file=sys.stderr)
    if not (os.path.isdir(VENV) and any(name.startswith("installed-") for name in os.listdir(VENV))):
        shutil.rmtree(VENV, ignore_errors=True)  # what an interrupted installation left
        os.mkdir(VENV)
        run("no .venv could be made", sys.executable, "-m", "venv", VENV)
    pip = (os.path.join(VENV, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run("pip could not install the project", *pip, "--editable", f"{ROOT}[{extras}]")
    with open(done, "w"):
        pass


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        refuse(f"cannot install into {VENV}: {error.strerror} ({error.filename})")
    except KeyboardInterrupt:
        # pip has ended by now; this program ends by the signal, as make wants to know.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
