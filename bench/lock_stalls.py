"""How long a writer stands still while a column is added to its table: this package's yoyo and stock yoyo.

A reader holds the table for five seconds first, as a report or a backup would, so that the change has to wait.

Run: .venv/bin/python -m bench.lock_stalls   (about a minute)
"""

import threading
import time
from statistics import median

import psycopg
from pytest_postgresql.executors import NoopExecutor

from bench.common import Database, finished, in_use, new_database, new_project, new_server, show

ROUNDS = 3
WRITERS = 2
READER_SECONDS = 5.0


def write(url: str, ended: threading.Event, stalls: list[float]) -> None:
    """Insert rows one by one, and note how long each took."""
    with psycopg.connect(url, autocommit=True) as db:
        while not ended.wait(0.002):
            started = time.monotonic()
            db.execute("INSERT INTO things VALUES (1)")
            stalls.append(time.monotonic() - started)


def longest_stall(server: NoopExecutor, tool: str) -> float:
    """Return the longest that an insert took while that tool applied a migration, if any did."""
    with new_database(server) as database, new_project(database) as project:
        project.write("0001_things", "CREATE TABLE things (id bigint);\n", "DROP TABLE things;\n")
        finished(project.start("apply"))
        database.execute("INSERT INTO things SELECT generate_series(1, 100000)")
        project.write("0002_seen", "ALTER TABLE things ADD a int;\n", "ALTER TABLE things DROP a;\n")
        ended, stalls = threading.Event(), list[float]()
        writers = [threading.Thread(target=write, args=(database.url(), ended, stalls)) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        try:
            apply(database, {"this package": project.start, "stock yoyo": project.start_stock}.get(tool))
        finally:
            ended.set()
            for writer in writers:
                writer.join()
        return max(stalls)


def apply(database: Database, start: object) -> None:
    """Apply what waits while a reader holds the table."""
    process = None
    with in_use(database, "SELECT FROM things LIMIT 1"):
        if callable(start):
            process = start("apply")
        time.sleep(READER_SECONDS)
    if process and finished(process).returncode != 0:
        raise SystemExit("the apply failed")


def main() -> None:
    """Measure in turn, and print the table."""
    tools = ("no migration", "this package", "stock yoyo")
    found: dict[str, list[float]] = {tool: [] for tool in tools}
    with new_server() as server:
        for _ in range(ROUNDS):
            for tool in tools:
                found[tool].append(longest_stall(server, tool))
    rows = [[tool, f"{median(found[tool]):.2f} s", f"{max(found[tool]):.2f} s"] for tool in tools]
    show([["", "longest stall, median", f"longest stall of {ROUNDS} rounds"], *rows])


if __name__ == "__main__":
    main()
