"""What monthly partitions cost a send: its processor time with 0, 4 and 26 of them, and what detaching one meets.

The initial migration is applied as it is, and with messages and message_delivery partitioned by the id of the message.
Each send is made on all layouts, in a random order, to the same group; the session's own processor time is what counts.

Run: .venv/bin/python -m bench.partitions [SECONDS]   (20 for each size of group by default, about two minutes)
"""

import random
import re
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg
from hot_paths.people import join, new_group, new_user
from psycopg import sql

from bench import ROOT
from bench.common import Database, new_database, new_server, show
from messenger_db.hot_paths import hot_path

PARTITIONS = (0, 4, 26)
SIZES = (2, 10, 50)
OLD_MESSAGES = 200  # in each month
WARM_CALLS = 20

# The tables that are partitioned: by which column, how full their pages are, and where their statement ends.
TABLES = {
    "messages": ("id", 100, r"(CREATE TABLE messages \(.*?\n\));"),
    "message_delivery": ("message_id", 70, r"(CREATE TABLE message_delivery \(.*?\n\))\n-- [^;]*;"),
}

PARTITION = """
    CREATE TABLE {name} PARTITION OF {table} FOR VALUES
        FROM ({first}) TO ({last}) WITH (fillfactor = {fillfactor})
"""

# The smallest id of a month, so many before this one.
BORDER = """
    SELECT rpad(lpad(to_hex((extract(epoch FROM month) * 1000)::bigint), 12, '0'), 32, '0')::uuid::text
    FROM (SELECT date_trunc('month', now()) - interval '1 month' * %s) AS months (month)
"""

OLD = """
    INSERT INTO messages (id, chat_id, sender_id, content, created_at)
    SELECT
        overlay(
            overlay(gen_random_uuid()::text PLACING left(border, 8) || '-' || substr(border, 10, 4) FROM 1 FOR 13)
            PLACING '7' FROM 15
        )::uuid,
        %(chat)s,
        %(sender)s,
        'an old message ' || n,
        to_timestamp(('x' || replace(left(border, 13), '-', ''))::bit(48)::bigint / 1000.0)
    FROM generate_series(1, %(rows)s) AS n
    CROSS JOIN CAST(%(border)s AS text) AS border
"""

REPLY = """
    UPDATE {table} AS reply
    SET reply_to_id = other.id
    FROM (SELECT chat_id, min(id::text)::uuid AS id FROM {table} GROUP BY chat_id LIMIT 1) AS other
    WHERE reply.chat_id = other.chat_id AND reply.id > other.id
"""


class Layout:
    """A schema with so many partitions, its groups by size, and the session that sends."""

    def __init__(self, database: Database, stack: ExitStack, partitions: int) -> None:
        self.partitions = partitions
        self.schema = f"partitions_{partitions}"
        with database.connect() as db:
            db.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self.schema)))
            self._enter(db)
            db.execute(migration(partitions).encode())
            for table in TABLES:
                for month in range(partitions):
                    self._add_partition(db, table, month)
            self._fill(db)
            db.execute("VACUUM (ANALYZE)")
        self.db = stack.enter_context(psycopg.connect(database.url(), autocommit=True, prepare_threshold=0))
        self._enter(self.db)
        self.send = statement(partitions)

    def _enter(self, db: psycopg.Connection) -> None:
        db.execute("SELECT set_config('search_path', %s, false)", [self.schema])

    def _add_partition(self, db: psycopg.Connection, table: str, month: int) -> None:
        first, last = (sql.Literal(border(db, number)) for number in (month, month - 1))
        db.execute(
            sql.SQL(PARTITION).format(
                name=sql.Identifier(f"{table}_{month}"),
                table=sql.Identifier(table),
                first=sql.SQL("MINVALUE") if month == self.partitions - 1 else first,
                last=last,
                fillfactor=sql.Literal(TABLES[table][1]),
            )
        )

    def _fill(self, db: psycopg.Connection) -> None:
        people = [new_user(db) for _ in range(max(SIZES))]
        self.groups = {size: (new_group(db, people[0]), people[:size]) for size in SIZES}
        for chat, members in self.groups.values():
            for user in members[1:]:
                join(db, chat, user, people[0])
            for month in range(1, max(PARTITIONS)):
                values = {"chat": chat, "sender": people[0], "rows": OLD_MESSAGES, "border": border(db, month)}
                db.execute(OLD, values)

    def call(self, size: int, draw: random.Random) -> None:
        """Send a message to the group of a size."""
        chat, members = self.groups[size]
        message = {"message_id": None, "chat_id": chat, "content": "See you at seven", "content_type": "text"}
        values = {**message, "sender_id": draw.choice(members), "metadata": "{}", "reply_to_id": None}
        self.db.execute(self.send.encode(), values).fetchall()

    def nanoseconds(self) -> int:
        """Return what the session has used so far."""
        return int(Path(f"/proc/{self.db.info.backend_pid}/schedstat").read_text("ascii").split()[0])


def border(db: psycopg.Connection, month: int) -> str:
    """Return the smallest id of a month, this one being 0."""
    [(found,)] = db.execute(BORDER, [month]).fetchall()
    return str(found)


def migration(partitions: int) -> str:
    """Return the initial migration with its two largest tables partitioned, or as it is."""
    text = (ROOT / "migrations" / "0001_initial_schema.sql").read_text(encoding="utf-8")
    if partitions:
        for column, _, pattern in TABLES.values():
            text, found = re.subn(pattern, rf"\1 PARTITION BY RANGE ({column});", text, flags=re.DOTALL)
            if found != 1:
                raise SystemExit(f"{pattern} is not in the initial migration")
    return text


def statement(partitions: int) -> str:
    """Return send_message; of a partitioned table, PostgreSQL cannot return xmax."""
    text = hot_path("send_message").for_psycopg
    return text.replace("xmax = 0 AS is_new", "true AS is_new") if partitions else text


def measured(layouts: list[Layout], size: int, seconds: float) -> dict[int, float]:
    """Return the microseconds of a send on each layout."""
    draw = random.Random(size)
    for layout in layouts:
        for _ in range(WARM_CALLS):
            layout.call(size, draw)
    before = [layout.nanoseconds() for layout in layouts]
    calls, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for layout in draw.sample(layouts, len(layouts)):
            layout.call(size, draw)
        calls += 1
    return {
        layout.partitions: (layout.nanoseconds() - began) / calls / 1000
        for layout, began in zip(layouts, before, strict=True)
    }


def detaching(layout: Layout) -> str:
    """Return what the server says of detaching a month in which one message replies to another."""
    oldest = f"messages_{layout.partitions - 1}"
    layout.db.execute(sql.SQL(REPLY).format(table=sql.Identifier(oldest)))
    try:
        layout.db.execute(sql.SQL("ALTER TABLE messages DETACH PARTITION {}").format(sql.Identifier(oldest)))
    except psycopg.Error as error:
        return f"refused: {error.diag.message_primary}"
    return "done"


def main() -> None:
    """Measure, and print the table."""
    seconds = float(sys.argv[1]) if sys.argv[1:] else 20.0
    with new_server({"jit": "off"}) as server, new_database(server) as database, ExitStack() as stack:
        layouts = [Layout(database, stack, partitions) for partitions in PARTITIONS]
        heads = (f"{partitions} partitions, us" for partitions in PARTITIONS)
        rows: list[list[object]] = [["a send to", *heads, "ratios"]]
        for size in SIZES:
            found = measured(layouts, size, seconds)
            ratios = ", ".join(f"{found[partitions] / found[0]:.2f}" for partitions in PARTITIONS)
            rows.append([size, *(f"{found[partitions]:,.0f}" for partitions in PARTITIONS), ratios])
        show(rows)
        print(f"DETACH PARTITION of a month with a reply within it: {detaching(layouts[-1])}")


if __name__ == "__main__":
    main()
