"""What each hot path costs at 10^5 and 10^6 messages, and beside it on a plain layout; then the load of a messenger.

Run: make bench   (about twelve minutes on two cores); SIZES=100000 for one size, SCALE=10000000 for one more.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from common import Database, new_database, new_server
from found import Found, World
from layouts import LAYOUTS, OURS, PLAIN, checkpoint, fill, shares, sizes
from load import search
from paths import CONSTANTS, PATHS, Cost, Measured, cost, timed_of
from pgbench import Latencies, Pace, Transaction, run
from results import Machine, show_results, write_results

SIZES = (100_000, 1_000_000)
ROUNDS = 2
SECONDS = 2  # of each path, layout and round
CLIENTS = 2

SETTINGS = {
    "shared_buffers": "512MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "random_page_cost": "1.1",
    "jit": "off",
}


def main() -> None:
    """Measure all sizes, print the tables and write the results."""
    asked = asked_for()
    started = time.monotonic()
    with new_server(SETTINGS) as server:
        machine = Machine.of(Database(server, "postgres"), SETTINGS)
        worlds = []
        for messages in asked:
            with new_database(server) as database:
                worlds.append(measure(database, messages, with_load=messages == max(asked)))
    show_results(worlds)
    write_results(machine, worlds, (time.monotonic() - started) / 60)


def asked_for() -> list[int]:
    """Return the sizes that SIZES and SCALE name, ascending. Ends the program with a line when they name none."""
    words = [*os.environ.get("SIZES", "").split(","), os.environ.get("SCALE", "")]
    if not all(word.strip().isdecimal() for word in words if word):
        raise SystemExit("SIZES and SCALE are numbers of messages: make bench SIZES=100000,1000000")
    sizes_asked = [int(word) for word in words[:-1] if word] or list(SIZES)
    return sorted({*sizes_asked, *(int(word) for word in words[-1:] if word)})


def measure(database: Database, messages: int, *, with_load: bool) -> World:
    """Measure one size."""
    with told(f"{messages:,} messages: filling"):
        fill(database, messages)
    with told("pages and WAL of single calls"):
        costs = all_costs(database)
    paths = {}
    for measured in PATHS:
        with told(measured.name):
            latencies = in_turn(database, measured)
        paths[measured.name] = {
            layout.name: Found(latencies[layout.name], costs[measured.name, layout.name], CLIENTS) for layout in LAYOUTS
        }
    shared = shares(database)
    with told("load"):
        load = search(database, LAYOUTS, shared, rows(database)) if with_load else {}
    return World(messages, {one.name: sizes(database)[one.schema] for one in LAYOUTS}, shared, paths, load)


def in_turn(database: Database, measured: Measured) -> dict[str, Latencies]:
    """Run a path on each layout in turn, some rounds."""
    found: dict[str, list[Transaction]] = {layout.name: [] for layout in LAYOUTS}
    variables = {**CONSTANTS, "is_prepared": 0, "rows": rows(database), "size": measured.size}
    with database.connect() as db:
        for _ in range(ROUNDS):
            for layout in LAYOUTS:
                checkpoint(db)
                done = run(layout.url(database), [measured.script(layout)], variables, Pace(CLIENTS, SECONDS))
                found[layout.name] += timed_of(done)
    return {name: Latencies.of(transactions) for name, transactions in found.items()}


def all_costs(database: Database) -> dict[tuple[str, str], Cost]:
    """Return pages and WAL of a call, by path and layout."""
    with (
        psycopg.connect(OURS.url(database), autocommit=True) as ours,
        psycopg.connect(PLAIN.url(database), autocommit=True) as plain,
        without_full_pages(database),
    ):
        sessions = {OURS.name: ours, PLAIN.name: plain}
        return {
            (measured.name, layout.name): cost(sessions[layout.name], layout, measured, rows(database))
            for layout in LAYOUTS
            for measured in PATHS
        }


@contextmanager
def without_full_pages(database: Database) -> Iterator[None]:
    """Let the WAL hold no full-page images, whose number depends on the last checkpoint alone."""
    with database.connect() as db:
        db.execute("ALTER SYSTEM SET full_page_writes = off")
        db.execute("SELECT pg_reload_conf()")
        db.execute("CHECKPOINT")
        yield
        db.execute("ALTER SYSTEM RESET full_page_writes")
        db.execute("SELECT pg_reload_conf()")
        db.execute("CHECKPOINT")


def rows(database: Database) -> int:
    """Return how many calls there are to choose from."""
    with database.connect() as db:
        row = db.execute("SELECT count(*) FROM bench_calls").fetchone()
    if not row or not row[0]:
        raise SystemExit("the world is too small: no chat has enough messages")
    return int(row[0])


@contextmanager
def told(what: str) -> Iterator[None]:
    """Tell what is going on, and how long it took."""
    started = time.monotonic()
    print(f"{what} ...", end=" ", file=sys.stderr, flush=True)
    yield
    print(f"{time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
