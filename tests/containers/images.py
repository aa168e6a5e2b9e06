"""The image's /app in a folder, and the entrypoint run there."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import children
import psutil

Done = children.Done

ROOT = Path(__file__).parents[2]
APP = ("docker-entrypoint.sh", "yoyo.ini", "migrations", "backfills")


class Image:
    """The folder, and what runs in it."""

    def __init__(self, app: Path) -> None:
        self.app = app
        self.entrypoint: tuple[str, ...] = ("./docker-entrypoint.sh",)
        self._started: list[subprocess.Popen[str]] = []

    def popen(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        """Start the entrypoint with a command behind it."""
        process = children.start(
            [*self.entrypoint, *command],
            cwd=self.app,
            env={"PATH": f"{sys.prefix}/bin:{os.environ['PATH']}", **environment},
        )
        self._started.append(process)
        return process

    def run(self, *command: str, **environment: str) -> Done:
        """Run the entrypoint with a command behind it, to its end."""
        process = self.popen(*command, **environment)
        return children.finished(process)

    def end(self) -> None:
        """End what still runs."""
        for started in self._started:
            with started as process:
                if process.poll() is None:
                    for child in psutil.Process(process.pid).children(recursive=True):
                        child.kill()
                    process.kill()


@contextmanager
def new_image(app: Path) -> Iterator[Image]:
    """Lay out the folder; when done with, end what runs in it."""
    app.mkdir()
    for name in APP:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, app / name)
        else:
            shutil.copy2(ROOT / name, app / name)
    image = Image(app)
    try:
        yield image
    finally:
        image.end()
