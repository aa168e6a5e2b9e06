"""How often a killed migration leaves a database that needs repair: this package's yoyo and stock yoyo.

`yoyo apply` and `yoyo rollback` by turns, each killed with SIGKILL at a random moment, then the same command again.
It is stuck when that fails, and tables and marks differ when a table is there without the mark of its migration, or the
other way round, after that.

Run: .venv/bin/python -m bench.kill_recovery [KILLS]   (300 each by default; about seven minutes on two cores)
"""

import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
from pytest_postgresql.executors import NoopExecutor

from bench.common import PAUSE, Database, Project, finished, kill, new_database, new_project, new_server, show, until

# Databases at a time; stock yoyo's are waiting most of the time, for the lock of a process that is dead.
LANES, STOCK_LANES = 5, 10
SEED = 20261122
SLOW_SECONDS = 0.45

APPLY: tuple[str, ...] = ("apply",)
ROLLBACK: tuple[str, ...] = ("rollback", "--all")

# What is killed, and whether at any moment or after its first statement began.
TURNS = ((APPLY, True), (ROLLBACK, True), (APPLY, False), (ROLLBACK, False))

# A session of the command that is killed, with a statement or a transaction open.
OPEN = """
    SELECT FROM pg_stat_activity
    WHERE datname = %s
        AND backend_type = 'client backend'
        AND state IN ('active', 'idle in transaction')
"""


class Lane:
    """One database, and the commands that are killed on it, one after the other."""

    def __init__(self, project: Project, *, stock: bool, seed: str) -> None:
        self.project = project
        self.start = project.start_stock if stock else project.start
        self.moments = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.database = project.database
        project.copy_shipped()
        pause = PAUSE.format(seconds=SLOW_SECONDS / 3)
        made = [f"CREATE TABLE bench_{table} (id bigint);\n" for table in "abcd"]
        dropped = [f"DROP TABLE bench_{table};\n" for table in "abcd"]
        project.write("9999_slow", pause.join(made), pause.join(dropped))

    def prepare(self) -> None:
        """Learn what the migrations make, and how long the commands take that nobody kills."""
        self.seconds = {APPLY: self.undisturbed(APPLY)}
        self.all = self.project.tables()
        self.seconds[ROLLBACK] = self.undisturbed(ROLLBACK)

    def undisturbed(self, command: tuple[str, ...]) -> float:
        """Run a command, and return how long it took."""
        started = time.monotonic()
        done = finished(self.start(*command))
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return time.monotonic() - started

    def begin_again(self, command: tuple[str, ...]) -> None:
        """Make the database anew, as the command needs it."""
        self.database.drop()
        with self.database.maintenance() as db:
            db.execute(f'CREATE DATABASE "{self.database.name}"'.encode())
        if command == ROLLBACK:
            self.undisturbed(APPLY)

    def agrees(self) -> bool:
        """Say whether the tables are those of the migrations that are marked."""
        slow = {table for table in self.all if table.startswith("bench_")}
        made = dict(zip(self.project.ids(), (self.all - slow, slow), strict=True))
        return self.project.tables() == {table for id_ in self.project.marks() for table in made[id_]}

    def run(self, kills: int) -> Counter[str]:
        """Kill so many commands, and count."""
        self.prepare()
        with Database(self.database.server, "postgres").connect() as db:
            for number in range(kills):
                command, early = TURNS[number % len(TURNS)]
                self.kill_one(db, command, early=early)
                done = finished(self.start(*command))
                stuck = done.returncode != 0
                done_all = self.project.marks() == (self.project.ids() if command == APPLY else [])
                wrong = not self.agrees() or not (stuck or done_all)
                self.counts.update({f"{command[0]} stuck": stuck, f"{command[0]} wrong": wrong, command[0]: 1})
                if stuck or wrong:
                    self.begin_again(TURNS[(number + 1) % len(TURNS)][0])
        return self.counts

    def kill_one(self, db: psycopg.Connection, command: tuple[str, ...], *, early: bool) -> None:
        """Start a command and kill it at a random moment: of its whole run, or after its first statement began."""
        process = self.start(*command)
        if not early:
            until(lambda: process.poll() is not None or self.is_open(db))
        time.sleep(self.moments.uniform(0, self.seconds[command] if early else SLOW_SECONDS))
        self.counts[f"{command[0]} open"] += self.is_open(db)
        kill(process)

    def is_open(self, db: psycopg.Connection) -> bool:
        """Say whether a statement or a transaction is open in the database."""
        return db.execute(OPEN, [self.database.name]).rowcount > 0


def measure(server: NoopExecutor, kills: int, *, stock: bool) -> Counter[str]:
    """Kill so many commands, on several databases at a time."""
    lanes = STOCK_LANES if stock else LANES

    def lane(number: int) -> Counter[str]:
        with new_database(server) as database, new_project(database) as project:
            return Lane(project, stock=stock, seed=f"{SEED} {number}").run(kills // lanes)

    with ThreadPoolExecutor(lanes) as pool:
        return sum(pool.map(lane, range(lanes)), Counter())


def main() -> None:
    """Measure, and print the table."""
    kills = int(sys.argv[1]) if sys.argv[1:] else 300
    rows: list[list[object]] = [["", "killed", "statement or transaction open", "stuck", "tables and marks differ"]]
    with new_server() as server:
        for name, stock in (("this package", False), ("stock yoyo", True)):
            counts = measure(server, kills, stock=stock)
            for word in ("apply", "rollback"):
                numbers = [counts[f"{word}{what}"] for what in ("", " open", " stuck", " wrong")]
                rows.append([f"{name}, {word}", *numbers])
                print(*rows[-1], file=sys.stderr, flush=True)
    show(rows)


if __name__ == "__main__":
    main()
