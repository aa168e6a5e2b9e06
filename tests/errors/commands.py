"""The commands, in small checkouts, as processes of their own or in forks."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.prefix) / "bin"

# What the Makefile runs for its targets, but for those that are commands of messenger_db itself.
MODULES = {
    "docs": "messenger_db.reference",
    "seed": "seeds",
    "seed-preview": "seeds.realism.preview",
    "seed-report": "seeds.realism.report",
}

Done = subprocess.CompletedProcess[str]


class ForkServer:
    """Runs commands without starting an interpreter for each."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("fork_server.py")],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, command: list[str], folder: Path, environment: dict[str, str]) -> Done:
        """Run a command in that folder, by its words behind `make` or `make db-`, or those of yoyo."""
        streams = [os.devnull, str(self.scratch / "out"), str(self.scratch / "err")]
        request = {
            "command": words(command),
            "folder": str(folder),
            "environment": environment,
            "streams": streams,
        }
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        status = int(self.process.stdout.readline())
        out, err = (Path(stream).read_text(encoding="utf-8", errors="surrogateescape") for stream in streams[1:])
        return subprocess.CompletedProcess(command, status, out, err)

    def close(self) -> None:
        """End it."""
        self.process.communicate()


def words(command: list[str]) -> list[str]:
    """Return a command with the module that is run for it as its first word, or yoyo."""
    name, *arguments = command
    if name == "yoyo":
        return command
    return [MODULES[name], *arguments] if name in MODULES else ["messenger_db", *command]


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
