"""How far behind a replica is that serves reads, and whether senders who wait for their WAL position see their sends.

A primary takes the mission's load, and a streaming replica follows it on the same machine. A sender notes the primary's
WAL position after each send. Then they read the history of the chat from the replica: at once, and again after
pg_last_wal_replay_lsn() has reached that position.

Run: .venv/bin/python -m bench.read_your_writes [SENDS]   (1000 by default, about a minute)
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import psycopg
import psycopg2
from hot_paths.calls import call
from hot_paths.people import send
from pytest_postgresql.executors import NoopExecutor

from bench.common import Database, new_server, show
from bench.live_messages import p99
from messenger_db.backend import open_backend
from messenger_db.embedded import binaries
from messenger_db.folders import migrations
from messenger_db.hot_paths import names
from messenger_db.rehearsal.generated_world import DATABASE, MESSAGES_PER_USER, WorldSize, fill
from messenger_db.rehearsal.mix import callers
from messenger_db.rehearsal.traffic import Traffic
from messenger_db.rehearsal.users import mix_sessions

MESSAGES = 20_000
LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"
LONGEST_SECONDS = 10.0


@contextmanager
def new_standby(primary: NoopExecutor) -> Iterator[Path]:
    """Start a streaming replica of a server; yield the folder of its socket, whose port is the primary's."""
    user = binaries.system_user() if os.geteuid() == 0 else None
    home = Path(tempfile.mkdtemp(prefix="messenger-db-standby-"))
    programs = binaries.programs(user, Path(primary.host))

    def run(program: str, *words: str) -> None:
        identity: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        subprocess.run([programs / program, f"--pgdata={home}/data", *words], check=True, cwd=home, **identity)

    if user:
        os.chown(home, user.pw_uid, user.pw_gid)
    where = (f"--host={primary.host}", f"--port={primary.port}", f"--username={primary.user}")
    run("pg_basebackup", *where, "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast")
    settings = (f"port={primary.port}", f"unix_socket_directories={home}", "listen_addresses=")
    try:
        run("pg_ctl", "--silent", "start", "--wait", f"--log={home}/log", f"--options=-c {' -c '.join(settings)}")
        yield home
    finally:
        run("pg_ctl", "--silent", "stop", "--mode=immediate")
        shutil.rmtree(home)


def waited(replica: psycopg.Connection, position: str) -> float:
    """Return the seconds until a replica has replayed up to a position."""
    started = time.monotonic()
    reached = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
    while replica.execute(reached, [position]).fetchone() != (True,):
        if time.monotonic() - started > LONGEST_SECONDS:
            raise SystemExit(f"the replica has not reached {position} in {LONGEST_SECONDS:.0f} s")
        time.sleep(0.0005)
    return time.monotonic() - started


def history(replica: psycopg.Connection, chat_id: UUID, user_id: UUID) -> set[UUID]:
    """Return the ids of the newest messages of a chat."""
    page = call(replica, "history_before", chat_id=chat_id, before_id=LAST, user_id=user_id)
    return {message["id"] for message in page}


def measure(primary: Database, standby: Database, sends: int) -> list[object]:
    """Send, and read from the replica; return what was found."""
    with closing(psycopg2.connect(primary.url())) as connection:
        people = callers(connection)
    draw = random.Random(1)
    stale = missing = 0
    waits: list[float] = []
    with Traffic(primary.url(), mix_sessions(people, names())), primary.connect() as db, standby.connect() as replica:
        time.sleep(3.0)  # plans are there
        for _ in range(sends):
            caller = draw.choice(people)
            chat_id, user_id = UUID(caller.chat_id), UUID(caller.user_id)
            message_id = send(db, chat_id, user_id)["message_id"]
            if message_id is None:
                continue
            row = db.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone() or ("",)
            stale += message_id not in history(replica, chat_id, user_id)
            waits.append(waited(replica, row[0]))
            missing += message_id not in history(replica, chat_id, user_id)
            time.sleep(0.01)
    milliseconds = [f"{1000 * seconds:.1f} ms" for seconds in (median(waits), p99(waits), max(waits))]
    return [len(waits), stale, *milliseconds, missing]


def main() -> None:
    """Measure, and print the table."""
    sends = int(sys.argv[1]) if sys.argv[1:] else 1000
    with new_server() as server:
        primary = Database(server, DATABASE)
        with primary.maintenance() as db:
            db.execute(f"CREATE DATABASE {DATABASE}")
        with open_backend(primary.url()) as backend:
            backend.apply_migrations(backend.to_apply(migrations()))
        fill(primary.url(), WorldSize(MESSAGES, MESSAGES // MESSAGES_PER_USER))
        with new_standby(server) as home:
            replica = NoopExecutor(str(home), server.port, user="postgres", options="", dbname="postgres")
            head = ["sends", "not there at once", "waited, median", "99 % within", "longest", "not there afterwards"]
            show([head, measure(primary, Database(replica, DATABASE), sends)])


if __name__ == "__main__":
    main()
