"""How long `make seed` takes for a large world, and pg_restore for a dump of the same rows on the same server.

Also what a world costs that is added to rows which are there already, when keys and indexes stay on.

Run: .venv/bin/python -m bench.seeding [MESSAGES [USERS]]   (1,000,000 by 10,000 by default; ten minutes on two cores)
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil
from psycopg import sql
from pytest_postgresql.executors import NoopExecutor

from bench.common import Database, new_database, new_server, show
from messenger_db.backend import open_backend
from messenger_db.embedded.binaries import wheel
from messenger_db.embedded.server import Server
from messenger_db.folders import migrations
from seeds.tables import TABLES

# A world that is added to another one.
ADDED, ADDED_USERS = 100_000, 2_000
FIRST = 2_000

MEGABYTE = 1_000_000
SECONDS_BETWEEN_LOOKS = 0.1


class Run(NamedTuple):
    """A program that has ended: its seconds, the processor's with the server's for it, and MB of all its processes."""

    seconds: float
    processor: float
    memory: int


def run(server: NoopExecutor, *words: str, **environment: str) -> Run:
    """Run a program that works on the server to its end."""
    before = _processor(server)
    started = time.monotonic()
    with subprocess.Popen(words, env=os.environ | environment, stdout=subprocess.DEVNULL) as process:
        memory = _most_memory(process)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - started
    if process.returncode != 0:
        raise SystemExit(f"{words[0]} failed")
    time.sleep(1)  # its session ends a moment later
    processor = _processor(server) - before + usage.ru_utime + usage.ru_stime
    return Run(seconds, processor, memory // MEGABYTE)


def _most_memory(process: subprocess.Popen[bytes]) -> int:
    """Return the most memory that the program and its processes had together until it ended, looking now and then."""
    most = 0
    while not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        with suppress(psutil.Error):
            every = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            most = max(most, sum(one.memory_full_info().pss for one in every))
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return most


def _processor(server: NoopExecutor) -> float:
    """Return the processor's seconds for sessions that have ended."""
    times = psutil.Process(Server(Path(server.host)).pid).cpu_times()
    return float(times.children_user + times.children_system)


def seed(database: Database, messages: int, users: int, seed: int = 1) -> Run:
    """Seed a world into a migrated database."""
    database.execute("CHECKPOINT")
    settings = {"MESSAGES": messages, "USERS": users, "SEED": seed}
    return run(
        database.server,
        *(sys.executable, "-m", "seeds"),
        DATABASE_URL=database.url(),
        CONFIRM=database.name,
        NOW="2026-11-01T12:00:00Z",
        **{name: str(value) for name, value in settings.items()},
    )


def migrate(database: Database) -> None:
    """Bring a database to the newest migration."""
    with open_backend(database.url()) as backend:
        backend.apply_migrations(backend.to_apply(migrations()))


def restore(database: Database, *options: str) -> Run:
    """Dump a database, and measure one job of pg_restore for it."""
    server, programs = database.server, wheel() / "bin"
    with tempfile.TemporaryDirectory(prefix="messenger-db-bench-") as folder, new_database(server) as copy:
        dump = str(Path(folder) / "dump")
        where = (f"--file={dump}", f"--dbname={database.url()}")
        run(server, str(programs / "pg_dump"), "--format=custom", *options, *where)
        copy.execute("CHECKPOINT")
        return run(server, str(programs / "pg_restore"), "--jobs=1", f"--dbname={copy.url()}", dump)


def count(database: Database) -> int:
    """Count the rows of all tables."""
    with database.connect() as db:
        query = sql.SQL("SELECT count(*) FROM {}")
        counts = [db.execute(query.format(sql.Identifier(table))).fetchone() for table in TABLES]
        return sum(row[0] for row in counts if row)


def compare(server: NoopExecutor, messages: int, users: int) -> None:
    """Print what a world takes, and what restoring its rows takes."""
    with new_database(server) as database:
        migrate(database)
        seeded = seed(database, messages, users)
        rows = count(database)
        # Without statistics pg_restore checks one of the keys by a plan that is quadratic in the messages of a chat.
        runs = {
            "make seed": seeded,
            "pg_restore --jobs=1, dump not compressed": restore(database, "--statistics", "--compress=none"),
            "pg_restore --jobs=1": restore(database, "--statistics"),
        }
    print(f"{messages:,} messages, {rows:,} rows; make seed had {seeded.memory} MB of memory at most")
    head = ["", "seconds", "rows a second", "processor seconds", "make seed to it", "by processor"]
    show(
        [
            head,
            *(
                [name, f"{it.seconds:.1f}", f"{rows / it.seconds:,.0f}", *ratios(seeded, it)]
                for name, it in runs.items()
            ),
        ]
    )


def add(server: NoopExecutor) -> None:
    """Print what a world takes in an empty database, and in one that has rows."""
    with new_database(server) as database:
        migrate(database)
        empty = seed(database, ADDED, ADDED_USERS)
    with new_database(server) as database:
        migrate(database)
        seed(database, FIRST, ADDED_USERS, seed=2)
        full = seed(database, ADDED, ADDED_USERS)
    print(f"{ADDED:,} messages")
    runs = {"into empty tables": empty, "to rows that are there": full}
    head = ["", "seconds", "processor seconds", "into empty tables to it", "by processor"]
    show([head, *([name, f"{it.seconds:.1f}", *ratios(empty, it)] for name, it in runs.items())])


def ratios(first: Run, it: Run) -> list[str]:
    """Return the processor's seconds of a run, and how the first compares with it."""
    return [f"{it.processor:.1f}", f"{first.seconds / it.seconds:.2f}", f"{first.processor / it.processor:.2f}"]


def main() -> None:
    """Measure, and print the tables."""
    messages = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
    users = int(sys.argv[2]) if sys.argv[2:] else 10_000
    with new_server() as server:
        compare(server, messages, users)
        add(server)


if __name__ == "__main__":
    main()
