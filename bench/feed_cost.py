"""What the ways to hear of a message cost a send: the change feed, with and without a reader, and a NOTIFY trigger.

The servers have PostgreSQL's own settings, fsync included. The variants take turns, in an order drawn anew in each
round, so that other work on the machine meets all of them; the figures are medians over the rounds of a variant's sends
per second divided by those of a server with wal_level = replica in the same round.

Run: .venv/bin/python -m bench.feed_cost [ROUNDS]   (10 by default; about five minutes)
"""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from operator import truediv
from statistics import median

import psycopg
import psycopg2
from hot_paths.people import join, new_group, new_user
from psycopg2.extensions import AsIs

from bench.common import Database, new_server, show
from bench.pgbench import Pace, Script, run
from messenger_db.backend import open_backend
from messenger_db.commands.feed import feed
from messenger_db.folders import migrations
from messenger_db.hot_paths import hot_path

ROUNDS, SECONDS, CHATS, SEED = 10, 3, 32, 20261126
CLIENTS = (1, 16)

# Whom a call is about: the owner of a group of three.
CHOICE = "\\set n random(1, {chats})\nSELECT chat_id, user_id AS sender_id FROM callers WHERE number = :n \\gset\n"
CALLERS = """
    CREATE TABLE callers AS
    SELECT row_number() OVER () AS number, chat_id, user_id FROM chat_participants WHERE role = 'owner'
"""
NOTIFY = """
    CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_notify('messages', NEW.id::text); RETURN NULL; END $$;
    CREATE TRIGGER messages_tell AFTER INSERT ON messages FOR EACH ROW EXECUTE FUNCTION tell();
"""
PLAIN, FEED, READ, NOTIFIED = "without", "change feed, no reader", "change feed, one reader", "NOTIFY trigger"


def prepare(database: Database) -> str:
    """Apply the migrations, and make groups; return the URL."""
    backend = open_backend(database.url())
    backend.apply_migrations(backend.to_apply(migrations()))
    backend.connection.close()
    with database.connect() as db:
        for _ in range(CHATS):
            owner, *others = (new_user(db) for _ in range(3))
            chat = new_group(db, owner)
            for user in others:
                join(db, chat, user, owner)
        db.execute(CALLERS)
    return database.url()


def send_script(url: str) -> Script:
    """Return a script whose transaction is a send."""
    path = hot_path("send_message")
    values = dict.fromkeys(path.parameters) | {"content": "See you at seven", "content_type": "text", "metadata": "{}"}
    values |= {name: AsIs(f":{name}") for name in ("chat_id", "sender_id")}
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        send = cursor.mogrify(path.for_psycopg, values).decode()
    return Script(CHOICE.format(chats=CHATS) + f"{send.rstrip().rstrip(';')};\n")


@contextmanager
def reader(url: str) -> Iterator[None]:
    """Let the example read the feed."""
    words = [sys.executable, "-m", "examples.follow_feed", "bench"]
    process = subprocess.Popen(words, env={**os.environ, "DATABASE_URL": url}, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()
        with psycopg.connect(url, autocommit=True) as db:
            db.execute("""
                SELECT pg_terminate_backend(active_pid, 10000), pg_drop_replication_slot(slot_name)
                FROM pg_replication_slots
            """)


def main() -> None:
    """Measure, and print the table."""
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS
    draw = random.Random(SEED)
    with ExitStack() as servers:
        urls = {
            name: prepare(Database(servers.enter_context(new_server({"wal_level": level})), "bench"))
            for name, level in ((PLAIN, "replica"), (FEED, "logical"), (NOTIFIED, "replica"))
        }
        os.environ["DATABASE_URL"] = urls[READ] = urls[FEED]
        feed(remove=False)
        with psycopg.connect(urls[NOTIFIED]) as db:
            db.execute(NOTIFY)
        script = send_script(urls[PLAIN])
        rates: dict[tuple[str, int], list[float]] = {}
        for _ in range(rounds):
            cases = [(name, clients) for name in urls for clients in CLIENTS]
            draw.shuffle(cases)
            for name, clients in cases:
                with ExitStack() as meanwhile:
                    if name == READ:
                        meanwhile.enter_context(reader(urls[name]))
                    done = run(urls[name], [script], {}, Pace(clients, SECONDS))
                rates.setdefault((name, clients), []).append(len(done) / SECONDS)

    def share(name: str, clients: int) -> str:
        return f"{median(map(truediv, rates[name, clients], rates[PLAIN, clients])):.2f}"

    rows = [[name, *(share(name, clients) for clients in CLIENTS)] for name in urls]
    show([["sends per second, relative", *(f"{clients} connections" for clients in CLIENTS)], *rows])
    print({clients: round(median(rates[PLAIN, clients])) for clients in CLIENTS}, "sends per second without")


if __name__ == "__main__":
    main()
