"""Whether a backfill that is killed again and again changes each message once, while people send more.

`messenger-db backfill` is killed with SIGKILL at random moments, a quarter of them of its start and the others after
its first batch began, until it is complete; then all begins anew. A counter column shows how often each message was
changed.

Run: .venv/bin/python -m bench.backfill_kills [KILLS]   (300 by default; about four minutes on two cores)
"""

import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
from pytest_postgresql.executors import NoopExecutor
from safety.projects import new_project

from bench.common import Project, finished, kill, new_database, new_server, show, until
from bench.live_messages import Chats, fill_chats, load

LANES = 3
MESSAGES = 6_000
SEED = 20261126
BATCH_MS = "30"
LONGEST_LIFE_SECONDS = 0.3
AT_WORK = (False, True, True, True)

COLUMNS = """\
ALTER TABLE messages
    ADD COLUMN content_length int,
    ADD COLUMN fills int NOT NULL DEFAULT 0;

CREATE FUNCTION set_content_length() RETURNS trigger
    LANGUAGE plpgsql
    AS 'BEGIN NEW.content_length := pg_catalog.char_length(NEW.content); RETURN NEW; END';

CREATE TRIGGER messages_set_content_length
    BEFORE INSERT OR UPDATE OF content ON messages
    FOR EACH ROW
    EXECUTE FUNCTION set_content_length();
"""

BACKFILL = """\
-- depends: 0002_content_length
-- table: messages
-- key: id
-- covered: trigger messages_set_content_length

UPDATE messages
SET
    content_length = char_length(messages.content),
    fills = messages.fills + 1
FROM batch
WHERE messages.id = batch.id;
"""

OPEN = """
    SELECT FROM pg_stat_activity
    WHERE datname = %s AND application_name = 'messenger-db' AND xact_start IS NOT NULL
"""

FOUND = """
    SELECT
        count(*) FILTER (WHERE fills = 0),
        count(*) FILTER (WHERE fills > 1),
        (SELECT count(*) FROM messages WHERE content_length IS DISTINCT FROM char_length(content))
    FROM messages
    WHERE id <= %s
"""

AGAIN = """
    DROP TABLE IF EXISTS _yoyo_backfills;
    ALTER TABLE messages DISABLE TRIGGER messages_set_content_length;
    UPDATE messages SET content_length = NULL, fills = 0;
    ALTER TABLE messages ENABLE TRIGGER messages_set_content_length;
"""


class Lane:
    """One database, and the backfills that are killed on it."""

    def __init__(self, project: Project, seed: str) -> None:
        self.project = project
        self.moments = random.Random(seed)
        self.counts: Counter[str] = Counter()
        project.copy_shipped()
        project.write("0002_content_length", COLUMNS, "SELECT 1;\n")
        (project.folder / "backfills").mkdir()
        (project.folder / "backfills" / "0001_fill_content_length.sql").write_text(BACKFILL)
        if finished(project.start("apply")).returncode != 0:
            raise SystemExit("the apply failed")

    def run(self, kills: int, messages: int = MESSAGES) -> Counter[str]:
        """Kill so many backfills, and count."""
        chats = fill_chats(self.project.database, messages)
        with self.project.database.connect() as db:
            while self.counts["killed"] < kills:
                db.execute(AGAIN)
                self.fill(db, chats, kills)
        return self.counts

    def fill(self, db: psycopg.Connection, chats: Chats, kills: int) -> None:
        """Run a backfill to its end, killing it meanwhile, and look at every message."""
        [newest] = db.execute("SELECT max(id::text) FROM messages").fetchall()
        with load(self.project.database, chats, pause=0.02) as waits:
            while self.counts["killed"] < kills and self.kill_one(db):
                pass
            done = finished(self.project.start_command("backfill"))
        missed, twice, wrong = db.execute(FOUND, newest).fetchall()[0]
        self.counts.update(
            {
                "rounds": 1,
                "stuck": done.returncode != 0,
                "missed": missed,
                "twice": twice,
                "wrong": wrong,
                "sends": len(waits.sends),
                "edits": len(waits.edits),
            }
        )

    def kill_one(self, db: psycopg.Connection) -> bool:
        """Start a backfill and kill it; return whether it was not complete before."""
        process = self.project.start_command("backfill", BACKFILL_BATCH_MS=BATCH_MS)
        if self.moments.choice(AT_WORK):
            until(lambda: process.poll() is not None or self.is_open(db))
        time.sleep(self.moments.uniform(0, LONGEST_LIFE_SECONDS))
        is_open = self.is_open(db)
        kill(process)
        if process.returncode == 0:
            return False
        self.counts.update({"killed": 1, "in a batch": is_open})
        return True

    def is_open(self, db: psycopg.Connection) -> bool:
        """Say whether a session of the backfill is in a transaction."""
        return db.execute(OPEN, [self.project.database.name]).rowcount > 0


def measure(server: NoopExecutor, kills: int) -> Counter[str]:
    """Kill so many backfills, on several databases at a time."""

    def lane(number: int) -> Counter[str]:
        with new_database(server) as database, new_project(database) as project:
            return Lane(project, f"{SEED} {number}").run(kills // LANES)

    with ThreadPoolExecutor(LANES) as pool:
        return sum(pool.map(lane, range(LANES)), Counter())


def main() -> None:
    """Measure, and print the table."""
    kills = int(sys.argv[1]) if sys.argv[1:] else 300
    with new_server() as server:
        counts = measure(server, kills)
    words = ("killed", "in a batch", "rounds", "sends", "edits", "stuck", "missed", "twice", "wrong")
    show([["", *words], [f"messenger-db backfill, {MESSAGES:,} messages", *(counts[word] for word in words)]])


if __name__ == "__main__":
    main()
