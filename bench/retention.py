"""How long sends take while half of all messages are removed, and whether nothing else is lost.

The mission's load goes on all the time. Phases of it are taken in turn: one in which nothing is removed, and one with
`messenger-db retain`, which is killed with SIGKILL when the phase is over; the next one goes on. The last run ends by
itself. Afterwards everything is compared with what was there before, and verified.

Run: .venv/bin/python -m bench.retention [MESSAGES [SECONDS]]   (100000 and 20 by default, about five minutes)
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from subprocess import TimeoutExpired

import psycopg2

from bench.common import Database, Project, finished, kill, new_project, new_server, show
from bench.live_messages import p99
from messenger_db.hot_paths import names
from messenger_db.rehearsal.generated_world import DATABASE, MESSAGES_PER_USER, WorldSize, fill
from messenger_db.rehearsal.mix import callers
from messenger_db.rehearsal.traffic import Took, Traffic
from messenger_db.rehearsal.users import mix_sessions

SETTINGS = {"max_wal_size": "4GB", "shared_buffers": "256MB"}

# Phases without a removal before the first one with it, and after the last: in between, autovacuum is at work in all.
AROUND = 3

KINDS = ("before", "removing", "between", "after")

HALF = """
    SELECT date_trunc('second', percentile_disc(0.5) WITHIN GROUP (ORDER BY created_at))
    FROM messages
"""

# What is to stay, and what is to go, by a bound; of what the load has not sent.
STANDING = """
    WITH messages AS (
        SELECT id, created_at
        FROM messages
        WHERE created_at < %(now)s
    )
    SELECT
        count(*) FILTER (WHERE created_at >= %(before)s::timestamptz),
        coalesce(sum(hashtext(id::text)) FILTER (WHERE created_at >= %(before)s::timestamptz), 0),
        count(*) FILTER (WHERE created_at < %(before)s::timestamptz)
    FROM messages
"""

FILES = """
    SELECT key
    FROM attachments
    JOIN messages ON messages.id = attachments.message_id
    CROSS JOIN unnest(ARRAY[storage_key, medium_key, thumbnail_key]) AS key
    WHERE key IS NOT NULL AND messages.created_at < %s::timestamptz
"""

BYTES = """
    SELECT relname, pg_total_relation_size(oid) / 1000000
    FROM pg_class
    WHERE relname IN ('messages', 'message_delivery', 'unread_messages')
    ORDER BY 1
"""


@dataclass(frozen=True)
class Phase:
    """A part of the load's time."""

    kind: str
    began: float
    ended: float

    def sends(self, took: Sequence[Took]) -> list[float]:
        """Return the seconds of each send that began in it."""
        return [one.seconds for one in took if one.name == "send_message" and self.began <= one.began < self.ended]


def run(project: Project, bound: str, keys: Path, seconds: float) -> tuple[list[Phase], int]:
    """Take the phases in turn until nothing is left to remove; return them, and how many removals were killed."""
    phases: list[Phase] = []
    kills = 0

    def phase(kind: str) -> bool:
        nonlocal kills
        began = time.monotonic()
        is_done = False
        if kind == "removing":
            process = project.start_command("retain", BEFORE=bound, KEYS=str(keys))
            try:
                process.wait(seconds)
                is_done = True
                if process.returncode != 0:
                    raise SystemExit(finished(process).stderr)
            except TimeoutExpired:
                kill(process)
                kills += 1
        else:
            time.sleep(seconds)
        phases.append(Phase(kind, began, time.monotonic()))
        return is_done

    for _ in range(AROUND):
        phase("before")
    while not phase("removing"):
        phase("between")
    for _ in range(AROUND):
        phase("after")
    return phases, kills


def measure(database: Database, project: Project, seconds: float) -> None:
    """Measure, and print what was found."""
    [[half]] = project.rows(HALF)
    bound = half.isoformat()
    [[now]] = project.rows("SELECT now()")
    standing = {"now": now, "before": bound}
    with database.connect() as db:
        stay, checksum, go = db.execute(STANDING, standing).fetchall()[0]
        files = {key for (key,) in db.execute(FILES, [bound])}
        sizes: dict[str, int] = dict(db.execute(BYTES).fetchall())
    broken_before = broken_rules(project)
    keys = project.folder / "removed-files.jsonl"
    with closing(psycopg2.connect(database.url())) as connection:
        sessions = mix_sessions(callers(connection), names())
    with Traffic(database.url(), sessions) as traffic:
        time.sleep(5.0)  # plans are there
        phases, kills = run(project, bound, keys, seconds)
    handed = {json.loads(line) for line in keys.read_text(encoding="utf-8").splitlines()}
    with database.connect() as db:
        left = db.execute(STANDING, standing).fetchall()[0]
        after: dict[str, int] = dict(db.execute(BYTES).fetchall())
    broken = broken_rules(project) - broken_before
    report(traffic.took, phases)
    removing = sum(phase.ended - phase.began for phase in phases if phase.kind == "removing")
    errors = {one.error for one in traffic.took if one.error}
    show(
        [
            [
                "removed",
                "stay",
                "seconds",
                "per second",
                "killed",
                "younger lost",
                "older left",
                "keys lost",
                "not old",
            ],
            [
                f"{go:,}",
                f"{stay:,}",
                f"{removing:.0f}",
                f"{go / removing:.0f}",
                kills,
                "none" if left[:2] == (stay, checksum) else f"{stay - left[0]}",
                left[2],
                len(files - handed),
                len(handed - files),
            ],
        ]
    )
    print(f"rules that rows break and did not break before: {broken or 'none'}")
    print(f"errors of the load: {errors or 'none'}")
    print("MB with indexes, before and after: " + ", ".join(f"{name} {sizes[name]} {after[name]}" for name in sizes))


def broken_rules(project: Project) -> set[str]:
    """Return the rules that `messenger-db verify` finds broken, each with the number of rows."""
    # Without the limit that tests have: a million messages take minutes on a busy machine.
    found = json.loads(project.start_command("verify", "--json").communicate()[0])
    return {f"{one['table']}.{one['rule']}: {one['rows']}" for one in found["violations"]}


def report(took: Sequence[Took], phases: Sequence[Phase]) -> None:
    """Print how long sends took in the phases of each kind."""
    found: dict[str, list[list[float]]] = defaultdict(list)
    for phase in phases:
        if sends := phase.sends(took):
            found[phase.kind].append(sends)
    middle = {kind: median(map(p99, found[kind])) for kind in found}
    rows: list[list[object]] = [
        ["", "phases", "sends", "median", "p99", "p99, median of phases", "to between", "longest"]
    ]
    for kind in (kind for kind in KINDS if kind in found):
        sends = [one for phase in found[kind] for one in phase]
        rows.append(
            [
                kind,
                len(found[kind]),
                len(sends),
                f"{1000 * median(sends):.1f} ms",
                f"{1000 * p99(sends):.1f} ms",
                f"{1000 * middle[kind]:.1f} ms",
                f"{middle[kind] / middle.get('between', middle['before']):.2f}",
                f"{max(sends):.2f} s",
            ]
        )
    show(rows)


def main() -> None:
    """Make the world, and measure."""
    messages = int(sys.argv[1]) if sys.argv[1:] else 100_000
    seconds = float(sys.argv[2]) if sys.argv[2:] else 20.0
    with new_server(SETTINGS) as server, new_project(Database(server, DATABASE)) as project:
        database = project.database
        with database.maintenance() as db:
            db.execute(f"CREATE DATABASE {DATABASE}")
        project.copy_shipped()
        done = finished(project.start_command("up"))
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        fill(database.url(), WorldSize(messages, messages // MESSAGES_PER_USER))
        database.execute("CHECKPOINT")
        measure(database, project, seconds)


if __name__ == "__main__":
    main()
