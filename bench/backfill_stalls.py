"""How long people wait while all messages get a value: by a backfill, by one UPDATE, and with neither.

Each round takes the three in turn, each on a copy of the same database, while one session sends, one edits messages of
any age and one reads.

Run: .venv/bin/python -m bench.backfill_stalls [MESSAGES [ROUNDS]]   (100000 and 3 by default, about five minutes)
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

from pytest_postgresql.executors import NoopExecutor

from bench.backfill_kills import BACKFILL, COLUMNS
from bench.common import Database, Project, finished, new_database, new_project, new_server, show
from bench.live_messages import Chats, Waits, fill_chats, load, p99

IDLE_SECONDS = 15.0

UPDATE = "UPDATE messages SET content_length = char_length(content), fills = fills + 1"

KINDS = ("neither", "backfill", "one UPDATE")


def idle(_: Project) -> None:
    """Let the load go on alone."""
    time.sleep(IDLE_SECONDS)


def backfill(project: Project, **settings: str) -> None:
    """Run the backfill."""
    process = project.start_command("backfill", **settings)
    _, error = process.communicate()
    if process.returncode != 0:
        raise SystemExit(error)


def update(project: Project) -> None:
    """Do it in one statement."""
    project.database.execute(UPDATE)


ACTIONS: dict[str, Callable[[Project], None]] = dict(zip(KINDS, (idle, backfill, update), strict=True))


@contextmanager
def new_copy(server: NoopExecutor, template: Database) -> Iterator[Project]:
    """Make a copy of the database, with a project for it."""
    with new_database(server, template.name) as database, new_project(database) as project:
        write_files(project)
        yield project


def write_files(project: Project) -> None:
    """Write the migrations and the backfill."""
    project.copy_shipped()
    project.write("0002_content_length", COLUMNS, "SELECT 1;\n")
    (project.folder / "backfills").mkdir()
    (project.folder / "backfills" / "0001_fill_content_length.sql").write_text(BACKFILL)


def fill_template(template: Database, messages: int) -> Chats:
    """Fill the database that is copied: the messages are older than the column."""
    with new_project(template) as project:
        project.copy_shipped()
        apply(project)
        chats = fill_chats(template, messages)
    with new_project(template) as project:
        write_files(project)
        apply(project)
    template.execute("CHECKPOINT")
    return chats


def apply(project: Project) -> None:
    """Apply the migrations."""
    done = finished(project.start("apply"))
    if done.returncode != 0:
        raise SystemExit(done.stderr)


def measured(project: Project, chats: Chats, kind: str) -> tuple[Waits, float]:
    """Return how long the calls took during an action, and how long that took."""
    with load(project.database, chats) as waits:
        time.sleep(1.0)  # connections and plans are there
        for calls in (waits.sends, waits.edits, waits.reads):
            calls.clear()
        started = time.monotonic()
        ACTIONS[kind](project)
        return waits, time.monotonic() - started


def main() -> None:
    """Measure in turn, and print the tables."""
    messages = int(sys.argv[1]) if sys.argv[1:] else 100_000
    rounds = int(sys.argv[2]) if sys.argv[2:] else 3
    found: dict[str, list[tuple[Waits, float]]] = {kind: [] for kind in KINDS}
    with new_server({"max_wal_size": "4GB", "shared_buffers": "256MB"}) as server, new_database(server) as template:
        chats = fill_template(template, messages)
        for _ in range(rounds):
            for kind in KINDS:
                with new_copy(server, template) as project:
                    found[kind].append(measured(project, chats, kind))
                print(kind, row(kind, found[kind][-1:]), file=sys.stderr, flush=True)
        head = ["", "seconds", "writers, p99", "writers, longest", "readers, p99", "readers, longest", "calls"]
        show([head, *(row(kind, found[kind]) for kind in KINDS)])


def row(kind: str, found: list[tuple[Waits, float]]) -> list[object]:
    """Return a row of the table: medians of the rounds, and the longest of all."""

    def middle(calls: str) -> str:
        return f"{1000 * median(p99(getattr(waits, calls)) for waits, _ in found):.0f} ms"

    def longest(calls: str) -> str:
        return f"{max(max(getattr(waits, calls), default=0.0) for waits, _ in found):.2f} s"

    return [
        kind,
        f"{median(seconds for _, seconds in found):.1f}",
        middle("writes"),
        longest("writes"),
        middle("reads"),
        longest("reads"),
        sum(len(waits.writes) + len(waits.reads) for waits, _ in found),
    ]


if __name__ == "__main__":
    main()
