"""Commands in checkouts whose environment is bad."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

Done = subprocess.CompletedProcess[str]


class ForkServer:
    """Runs commands without starting an interpreter for each."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("fork_server.py")],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str, folder: Path, environment: dict[str, str], stdin: str = os.devnull) -> Done:
        """Run a command, its first word a module's name or yoyo, in that folder."""
        streams = [self.scratch / "out", self.scratch / "err"]
        request = {
            "command": command,
            "folder": str(folder),
            "environment": environment,
            "streams": [stdin, *map(str, streams)],
        }
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        status = int(self.process.stdout.readline())
        out, err = (stream.read_text(encoding="utf-8", errors="surrogateescape") for stream in streams)
        return subprocess.CompletedProcess(command, status, out, err)

    def close(self) -> None:
        """End it."""
        self.process.communicate()


def make_checkout(folder: Path) -> Path:
    """Make what commands need of a checkout."""
    folder.mkdir()
    shutil.copytree(ROOT / "migrations", folder / "migrations")
    shutil.copy(ROOT / "yoyo.ini", folder)
    (folder / "docs").mkdir()
    return folder
