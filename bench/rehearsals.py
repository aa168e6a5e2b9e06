"""Whether a rehearsal finds what made-up migrations do, and its stalls are those of another database of that size.

Each case of tests/rehearsal/cases.toml is rehearsed in a copy of one generated world. Three of them are then applied to
copies of another world with the mission's load, where a writer and a reader of this program's own note their longest
waits.

Run: .venv/bin/python -m bench.rehearsals   (ten minutes; MESSAGES=100000, CASES=index,NULL runs those with a word)
"""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import LiteralString

import psycopg
from psycopg import sql
from rehearsal.expected import Case, cases, found, rehearsed
from yoyo import read_migrations

from bench.common import show
from messenger_db.advisory_locks import alone
from messenger_db.backend import open_backend
from messenger_db.folders import migrations
from messenger_db.hot_paths import names
from messenger_db.rehearsal.generated_world import DATABASE, fill, throw_away_server, world_size
from messenger_db.rehearsal.migration_report import MigrationReport
from messenger_db.rehearsal.mix import callers
from messenger_db.rehearsal.run_among_users import COOL_SECONDS, WARM_SECONDS
from messenger_db.rehearsal.traffic import Traffic
from messenger_db.rehearsal.users import mix_sessions

MESSAGES = "100000"
COPY = "rehearsal_copy"

# The cases that are applied elsewhere too, with the table whose users are asked.
APPLIED = {
    "a column with a volatile default": "messages",
    "an index": "messages",
    "all rows are updated": "message_reactions",
}
TOUCH_SECONDS = 0.002


@contextmanager
def copied(url: str) -> Iterator[str]:
    """Yield the URL of a copy of a database, which is dropped afterwards."""
    maintenance = url.replace(f"/{DATABASE}?", "/postgres?")
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(COPY))
    with psycopg.connect(maintenance, autocommit=True) as db:
        db.execute(drop)
        db.execute(create.format(sql.Identifier(COPY), sql.Identifier(DATABASE)))
        try:
            yield url.replace(f"/{DATABASE}?", f"/{COPY}?")
        finally:
            db.execute(drop)


def touch(url: str, table: str, form: LiteralString, ended: threading.Event, waits: list[float]) -> None:
    """Run a statement on rows that are there, again and again, and note how long each run took."""
    with psycopg.connect(url, autocommit=True) as db:
        statement = sql.SQL(form).format(sql.Identifier(table))
        sample = sql.SQL("SELECT ctid::text FROM {} TABLESAMPLE SYSTEM (5) LIMIT 1000").format(sql.Identifier(table))
        rows = db.execute(sample).fetchall()
        while True:
            for row in rows:
                if ended.wait(TOUCH_SECONDS):
                    return
                began = time.monotonic()
                db.execute(statement, row)
                waits.append(time.monotonic() - began)


def stalls_elsewhere(url: str, case: Case, table: str) -> dict[str, float]:
    """Apply a case to a copy, and return the longest waits of a reader and of a writer of a table."""
    statements: dict[str, LiteralString] = {
        "readers": "SELECT created_at FROM {} WHERE ctid = %s",
        "writers": "UPDATE {} SET created_at = created_at WHERE ctid = %s",
    }
    ended = threading.Event()
    waits: dict[str, list[float]] = {kind: [] for kind in statements}
    with copied(url) as copy, TemporaryDirectory() as folder, open_backend(copy, create=False) as backend:
        case.write(Path(folder))
        threads = [
            threading.Thread(target=touch, args=(copy, table, statements[kind], ended, waits[kind]))
            for kind in statements
        ]
        for thread in threads:
            thread.start()
        try:
            with Traffic(copy, mix_sessions(callers(backend.connection), names())):
                time.sleep(WARM_SECONDS)
                with alone(backend.connection, backend.target):
                    backend.apply_one(read_migrations(folder)[0])
                time.sleep(COOL_SECONDS)
        finally:
            ended.set()
            for thread in threads:
                thread.join()
    return {kind: max(found) for kind, found in waits.items()}


def expected_stalls(report: MigrationReport, table: str) -> dict[str, float]:
    """Return the longest stalls of a table that a rehearsal found, by kind."""
    return {
        stall.kind: stall.seconds
        for statement in report.statements
        for stall in statement.stalls
        if stall.table == table
    }


def main() -> None:
    """Rehearse all cases, print those whose effects are not the expected ones, and the table of stalls."""
    messages = int(os.environ.get("MESSAGES", MESSAGES))
    words = os.environ.get("CASES", "").split(",")
    wrong, reports = 0, dict[str, MigrationReport]()
    chosen = [case for case in cases() if any(word in case.name for word in words)]
    rows: list[list[object]] = [["migration", "users of", "rehearsed", "then measured", "ratio"]]
    with world(messages) as url:
        for case in chosen:
            began = time.monotonic()
            with copied(url) as copy:
                reports[case.name] = rehearsed(copy, case)
            facts = found(reports[case.name], case)
            wrong += facts != case.expected()
            print(f"{time.monotonic() - began:6.1f} s  {case.name}", flush=True)
            if facts != case.expected():
                print(f"    found    {facts}\n    expected {case.expected()}", flush=True)
    with world(messages) as other:
        for case in chosen:
            if table := APPLIED.get(case.name):
                there = stalls_elsewhere(other, case, table)
                for kind, seconds in expected_stalls(reports[case.name], table).items():
                    measured = there[kind]
                    ratio = f"{seconds / measured:.2f}"
                    rows.append([case.name, f"{table}, {kind}", f"{seconds:.2f} s", f"{measured:.2f} s", ratio])
    show(rows)
    print(f"{len(chosen) - wrong} of {len(chosen)} as expected")
    sys.exit(1 if wrong else 0)


@contextmanager
def world(messages: int) -> Iterator[str]:
    """Yield the URL of a filled database on a server of its own."""
    with throw_away_server() as url:
        with open_backend(url, create=False) as backend:
            backend.apply_migrations(backend.to_apply(migrations()))
        fill(url, world_size(messages, {}))
        yield url


if __name__ == "__main__":
    main()
