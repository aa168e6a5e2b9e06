"""What the measurements share: a server of their own, and the projects of tests/safety."""

import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType, MappingProxyType

from children import until
from pytest_postgresql.executors import NoopExecutor
from safety.projects import PAUSE, Project, executor_of, finished, in_use, kill, said
from safety.projects import new_project as new_project_in_forks
from workflow.databases import Database, new_database

from messenger_db.connection import leave_out_environment
from messenger_db.embedded.server import Server

__all__ = [
    "PAUSE",
    "Database",
    "Project",
    "finished",
    "in_use",
    "kill",
    "new_database",
    "new_project",
    "new_server",
    "said",
    "show",
    "until",
]

# The start of a command is measured with it.
new_project = partial(new_project_in_forks, in_forks=False)


def _end(number: int, _: FrameType | None) -> None:
    """End the program as an error would, so that it removes its server; another signal does not stop that."""
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


# Each measurement imports this module, which is how they all leave nothing behind.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
for _number in ENDING:
    signal.signal(_number, _end)


@contextmanager
def new_server(settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[NoopExecutor]:
    """Start a server, with PostgreSQL's own settings but these; when done with, delete it."""
    leave_out_environment()
    server = Server(Path(tempfile.mkdtemp(prefix="messenger-db-bench-")), settings)
    try:
        server.start()
        yield executor_of(server)
    finally:
        server.remove()


def show(rows: Sequence[Sequence[object]]) -> None:
    """Print a table, its head in the first row."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in texts) for column in range(len(texts[0]))]
    for row in texts:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        if row is texts[0]:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
