"""The commands, in small checkouts, as processes of their own."""

import shutil
import subprocess
import sys
from pathlib import Path

from support.forks import words

ROOT = Path(__file__).parents[2]
BIN = Path(sys.prefix) / "bin"

Done = subprocess.CompletedProcess[str]


def program(command: list[str]) -> list[str]:
    """Return what starts a command as a process of its own."""
    if command[0] == "entrypoint":
        return [str(ROOT / "docker-entrypoint.sh"), *command[1:]]
    if command[0] == "bootstrap":
        return [str(BIN / "python"), "messenger_db/bootstrap.py", *command[1:]]
    name, *arguments = words(command)
    if name == "yoyo":
        return [str(BIN / "yoyo"), *arguments]
    return [str(BIN / "python"), "-m", name, *arguments]


def run_in_shell(script: str, command: list[str], folder: Path, environment: dict[str, str]) -> Done:
    """Run a command as the "$@" of a script."""
    return subprocess.run(
        ["/bin/sh", "-c", script, "sh", *program(command)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=60,
        check=False,
    )


def make_checkout(folder: Path) -> Path:
    """Make what commands need of a checkout."""
    folder.mkdir()
    shutil.copytree(ROOT / "migrations", folder / "migrations")
    for name in ("docs", "messenger_db"):
        (folder / name).mkdir()
    for name in ("messenger_db/bootstrap.py", "pyproject.toml", "yoyo.ini"):
        shutil.copy(ROOT / name, folder / name)
    return folder
