"""Whether the change feed loses a change when its reader and the server are killed again and again.

People send, read, react, edit, leave and are purged by the hot paths; triggers note each row that they change, in the
same transaction. Meanwhile `python -m examples.follow_feed` writes the feed into a file and is killed with SIGKILL at
random moments, and now and then the server is. In the end, the file must have what was noted, each change with its
chat, and add up to the rows of the tables.

Run: .venv/bin/python -m bench.feed_kills [CHANGES]   (100,000 by default; about a minute on two cores)
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from hot_paths.traffic import Session, new_town
from psycopg import sql

from bench.common import show, until
from messenger_db.backend import open_backend
from messenger_db.change_feed import FORMS
from messenger_db.commands.feed import feed
from messenger_db.connection import leave_out_environment
from messenger_db.embedded.server import Server
from messenger_db.folders import migrations

ROOT = Path(__file__).parents[1]
CHANGES, PEOPLE, WRITERS = 100_000, 8, 3
SEED = 20261126
LAST = "the_last_one"
LEAST = 3  # readers killed

# What tells a row of a table, and its chat where it has one.
KEYS = {
    "attachments": ("id", "chat_id"),
    "chat_participants": ("chat_id", "user_id"),
    "chats": ("id",),
    "contacts": ("user_id", "contact_id"),
    "message_delivery": ("message_id", "user_id", "chat_id"),
    "message_reactions": ("message_id", "user_id", "emoji", "chat_id"),
    "messages": ("id", "chat_id"),
    "unread_messages": ("message_id", "user_id", "chat_id"),
    "user_sessions": ("id", "user_id"),
    "users": ("id",),
}

NOTED = """
    CREATE SCHEMA noted;
    CREATE TABLE noted.changes (relation text, kind text, key jsonb);
    CREATE FUNCTION noted.note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO noted.changes
        SELECT
            TG_TABLE_NAME,
            lower(TG_OP),
            jsonb_agg(to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END) -> name ORDER BY place)
        FROM unnest(TG_ARGV) WITH ORDINALITY AS part (name, place);
        RETURN NULL;
    END $$;
"""
NOTE = """
    CREATE TRIGGER zz_note
        AFTER INSERT OR UPDATE OR DELETE ON {table}
        FOR EACH ROW
        EXECUTE FUNCTION noted.note({key});
"""
ADD_LAST = "INSERT INTO users (username, password_hash) VALUES (%s, '$2b$12$' || repeat('a', 53))"


@dataclass
class Run:
    """A server whose database has a feed, the file that its readers write, and how long each of both lives."""

    server: Server
    file: Path
    reader_seconds: tuple[float, float]
    server_seconds: tuple[float, float]
    lives: random.Random = field(default_factory=lambda: random.Random(SEED))
    counts: Counter[str] = field(default_factory=Counter)
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """The URL of the database, also after the server has moved to another port."""
        return self.server.url("messenger")

    def measure(self, changes: int) -> Counter[str]:
        """Make at least so many changes, and count what was killed and what is wrong in the file."""
        self.prepare()
        writers = [threading.Thread(target=self.write, args=[number]) for number in range(WRITERS)]
        threads = [*writers, threading.Thread(target=self.kill_readers), threading.Thread(target=self.kill_servers)]
        with psycopg.connect(self.url, autocommit=True) as db:
            self.town = new_town(db, PEOPLE)
        for thread in threads:
            thread.start()
        try:
            while self.noted() < changes or self.counts["readers killed"] < LEAST or not self.counts["servers killed"]:
                time.sleep(0.1)
        finally:
            self.is_over.set()
            for thread in threads:
                thread.join()
        with psycopg.connect(self.url, autocommit=True) as db:
            db.execute(ADD_LAST, [LAST])
        self.read(None)
        self.compare()
        return self.counts

    def prepare(self) -> None:
        """Apply the migrations, set the feed up, note each change from now on, and let the slot begin."""
        backend = open_backend(self.url)
        if pending := backend.to_apply(migrations()):
            backend.apply_migrations(pending)
        backend.connection.close()
        feed(remove=False)
        with psycopg.connect(self.url) as db:
            db.execute(NOTED)
            for table, key in KEYS.items():
                names = sql.SQL(", ").join(map(sql.Literal, key))
                db.execute(sql.SQL(NOTE).format(table=sql.Identifier(table), key=names))
            db.commit()
            db.execute("SELECT pg_create_logical_replication_slot('bench', 'pgoutput')")

    def write(self, number: int) -> None:
        """Do what people do, on a connection that is opened again when the server was killed."""
        while not self.is_over.is_set():
            with suppress(psycopg.OperationalError), psycopg.connect(self.url, autocommit=True) as db:
                session = Session(db, self.town, f"{SEED} {number}")
                while not self.is_over.is_set() and not db.closed:
                    session.act()
            self.is_over.wait(0.05)

    def noted(self) -> int:
        """Return how many changes were noted; 0 while no server can say."""
        with suppress(psycopg.OperationalError), psycopg.connect(self.url) as db:
            [(count,)] = db.execute("SELECT count(*) FROM noted.changes").fetchall()
            return int(count)
        return 0

    def read(self, seconds: float | None) -> None:
        """Let a reader append to the file; kill it so long after its first line, or when it has written the last."""
        with self.file.open("ab") as out:
            out.write(b"\n")  # the reader before was killed in the middle of a line
            out.flush()
            environment = {**os.environ, "DATABASE_URL": self.url}
            words = [sys.executable, "-m", "examples.follow_feed", "bench"]
            reader = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.DEVNULL)
        before = self.file.stat().st_size
        try:
            if seconds is None:
                until(lambda: LAST in self.file.read_text(errors="replace"))
            else:
                until(lambda: self.file.stat().st_size > before or self.is_over.is_set())
                self.is_over.wait(seconds)
        finally:
            reader.kill()
            reader.wait()

    def kill_readers(self) -> None:
        """Kill one reader after the other."""
        while not self.is_over.is_set():
            self.read(self.lives.uniform(*self.reader_seconds))
            self.counts["readers killed"] += not self.is_over.is_set()

    def kill_servers(self) -> None:
        """Kill one server after the other, and start the next.

        A crash takes back what a slot has confirmed since it was saved, and would make good what a reader has lost:
        before every second kill, it is saved.
        """
        while not self.is_over.wait(self.lives.uniform(*self.server_seconds)):
            if self.counts["servers killed"] % 2 == 0:
                with psycopg.connect(self.url, autocommit=True) as db:
                    db.execute("CHECKPOINT")
            os.kill(self.server.pid or 0, signal.SIGKILL)
            self.server.start()
            self.counts["servers killed"] += 1

    def compare(self) -> None:
        """Count what the file has, and how it differs from what was noted and from the tables."""
        transactions, read = self.transactions(), Counter[str]()
        rows: dict[str, dict[str, dict[str, Any]]] = {table: {} for table in KEYS}
        for lsn in sorted(transactions):
            for kind, table, row, _ in transactions[lsn]:
                if table not in KEYS:
                    continue
                key = json.dumps([row.get(name) for name in KEYS[table]])
                read[f"{kind} {table} {key}"] += 1
                self.counts["without a chat"] += "chat_id" in KEYS[table] and not row.get("chat_id")
                if kind == "delete":
                    rows[table].pop(key, None)
                else:
                    rows[table].setdefault(key, {}).update(row)
        with psycopg.connect(self.url, options=FORMS) as db:
            changes = db.execute("SELECT kind, relation, key FROM noted.changes").fetchall()
            noted = Counter(f"{kind} {table} {json.dumps(key)}" for kind, table, key in changes)
            self.counts["other rows"] = sum(differing(db, table, found) for table, found in rows.items())
        self.counts.update(
            {
                "transactions": len(transactions),
                "changes": noted.total(),
                "lost": (noted - read).total(),
                "invented": (read - noted).total(),
            }
        )

    def transactions(self) -> dict[int, list[Any]]:
        """Return the changes in the file by the transactions' lsn; those that came again count once."""
        found: dict[int, list[Any]] = {}
        for line in self.file.read_text(errors="replace").splitlines():
            try:
                transaction = json.loads(line)
            except ValueError:
                self.counts["torn lines"] += bool(line)
                continue
            before = found.setdefault(transaction["lsn"], transaction["changes"])
            self.counts["came again"] += before is not transaction["changes"]
            self.counts["came again otherwise"] += before != transaction["changes"]
        return found


def differing(db: psycopg.Connection, table: str, found: dict[str, dict[str, Any]]) -> int:
    """Return how many rows of the table are not what the feed adds up to, where it has texts, or are in one alone."""
    columns = list(next(iter(found.values()), {}))
    if not columns:
        return 0
    texts = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column)) for column in columns)
    rows = [
        dict(zip(columns, row, strict=True))
        for row in db.execute(sql.SQL("SELECT {} FROM {}").format(texts, sql.Identifier(table)))
    ]
    there = {json.dumps([row[name] for name in KEYS[table]]): row for row in rows}
    return sum(
        not (key in there and key in found)
        or any(value != there[key][column] for column, value in found[key].items() if isinstance(value, str | None))
        for key in there.keys() | found.keys()
    )


def main() -> None:
    """Measure, and print the table."""
    changes = int(sys.argv[1]) if sys.argv[1:] else CHANGES
    leave_out_environment()
    server = Server(Path(tempfile.mkdtemp(prefix="messenger-db-bench-")))
    file = Path(tempfile.mkstemp(prefix="messenger-db-bench-", suffix=".jsonl")[1])
    try:
        server.start()
        with psycopg.connect(server.url("postgres"), autocommit=True) as db:
            db.execute("CREATE DATABASE messenger ENCODING 'UTF8' TEMPLATE template0")
        os.environ["DATABASE_URL"] = server.url("messenger")
        counts = Run(server, file, (0.0, 0.8), (1.0, 4.0)).measure(changes)
    finally:
        server.remove()
        file.unlink()
    words = ("changes", "transactions", "readers killed", "servers killed", "torn lines", "came again")
    wrong = ("came again otherwise", "lost", "invented", "without a chat", "other rows")
    show([words + wrong, [counts[word] for word in words + wrong]])


if __name__ == "__main__":
    main()
