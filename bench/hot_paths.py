"""What each hot path costs at 10^5 and 10^6 messages, compared with a plain layout; then the load of a messenger.

Run: make bench   (about half an hour on two cores); SIZES=100000 for one size, SCALE=10000000 for one more.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bench.cases import CASES, CONSTANTS, Case, Cost, cost, timed_of
from bench.common import Database, new_database, new_server
from bench.layouts import LAYOUTS, OURS, PLAIN, Layout, checkpoint, fill, shares, sizes
from bench.load import Shares, steps
from bench.pgbench import Latencies, Pace, Transaction, run
from bench.processor import microseconds, mix_microseconds, sessions
from bench.results import DatasetResults, PathResult, SendResult
from bench.results_page import Machine, show_results, write_results

SIZES = (100_000, 1_000_000)
ROUNDS = 2
SECONDS = 1  # of each path, layout and round
CLIENTS = 2
# Latencies are taken of these, processor time of all.
CLOCKED = (OURS, PLAIN)

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
    if not sys.platform.startswith("linux"):
        raise SystemExit("make bench needs Linux: it reads the processor time of the server's processes in /proc")
    asked = asked_for()
    started = time.monotonic()
    with new_server(SETTINGS) as server:
        machine = Machine.of(Database(server, "postgres"), SETTINGS)
        datasets = []
        for messages in asked:
            with new_database(server) as database:
                datasets.append(measure(database, messages, with_load=messages == max(asked)))
    minutes = (time.monotonic() - started) / 60
    show_results(datasets)
    write_results(machine, datasets, minutes)


def asked_for() -> list[int]:
    """Return the sizes that SIZES and SCALE name, ascending. Ends the program with a line when they name none."""
    words = [*os.environ.get("SIZES", "").split(","), os.environ.get("SCALE", "")]
    if not all(word.strip().isdecimal() for word in words if word):
        raise SystemExit("SIZES and SCALE are numbers of messages: make bench SIZES=100000,1000000")
    sizes_asked = [int(word) for word in words[:-1] if word] or list(SIZES)
    return sorted({*sizes_asked, *(int(word) for word in words[-1:] if word)})


def measure(database: Database, messages: int, *, with_load: bool) -> DatasetResults:
    """Measure one size."""
    with told(f"{messages:,} messages: filling"):
        fill(database, messages)
    callers = rows(database)
    shared = shares(database)
    with told("pages and WAL of single calls"):
        costs = all_costs(database, callers)
    with told("processor time of each path"), sessions(database, LAYOUTS) as opened:
        used = {case.name: microseconds(opened, case, callers) for case in CASES}
    with told("processor time of sends and of the mix"):
        sends = all_sends(database, shared, callers)
    with told("latencies of each path"):
        latencies = {case.name: in_turn(database, case, callers) for case in CASES}
    paths = {
        case.name: {
            layout.name: PathResult(
                used[case.name][layout.name],
                latencies[case.name].get(layout.name),
                costs[case.name, layout.name],
            )
            for layout in LAYOUTS
        }
        for case in CASES
    }
    with told("load"):
        load = steps(database, LAYOUTS, shared, callers) if with_load else {}
    size = sizes(database)
    return DatasetResults(messages, {one.name: size[one.schema] for one in LAYOUTS}, shared, paths, sends, load)


def all_sends(database: Database, shared: Shares, people: int) -> dict[str, SendResult]:
    """Return the processor time of sends by layout: alone and with the mix, by any plans and by generic ones."""
    found = []
    for mode in ("auto", "force_generic_plan"):
        with sessions(database, LAYOUTS, plan_cache_mode=mode) as opened:
            found += [mix_microseconds(opened, shared, people, others=others) for others in (False, True)]
    return {layout.name: SendResult(*(one[layout.name] for one in found)) for layout in LAYOUTS}


def in_turn(database: Database, case: Case, callers: int) -> dict[str, Latencies]:
    """Run a path on both layouts by turns, some rounds."""
    found: dict[str, list[Transaction]] = {layout.name: [] for layout in CLOCKED}
    variables = {**CONSTANTS, "is_prepared": 0, "rows": callers, "size": case.size}
    with database.connect() as db:
        for _ in range(ROUNDS):
            for layout in CLOCKED:
                checkpoint(db)
                done = run(layout.url(database), [case.script(layout)], variables, Pace(CLIENTS, SECONDS))
                found[layout.name] += timed_of(done)
    return {name: Latencies.of(transactions) for name, transactions in found.items()}


def all_costs(database: Database, callers: int) -> dict[tuple[str, str], Cost]:
    """Return pages and WAL of a call, by path and layout."""
    with without_full_pages(database):
        return {
            (case.name, layout.name): found for layout in LAYOUTS for case, found in costs_of(database, layout, callers)
        }


def costs_of(database: Database, layout: Layout, callers: int) -> Iterator[tuple[Case, Cost]]:
    """Yield the cost of a call of each path of a layout."""
    with psycopg.connect(layout.url(database), autocommit=True) as db:
        for case in CASES:
            yield case, cost(db, layout, case, callers)


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
        raise SystemExit("the dataset is too small: no chat has enough messages")
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
