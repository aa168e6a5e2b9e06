"""How much WAL the server writes per second while a backfill runs, by itself and held to half of that.

Run: .venv/bin/python -m bench.backfill_wal [MESSAGES]   (50000 by default, about two minutes)
"""

import sys

from bench.backfill_stalls import backfill, fill_template, new_copy
from bench.common import Project, new_database, new_server, show

WAL = "SELECT (pg_current_wal_lsn() - '0/0')::bigint"

SECONDS = "SELECT extract(epoch FROM completed_at - started_at) FROM _yoyo_backfills"


def wal_per_second(project: Project, **settings: str) -> float:
    """Return how many bytes of WAL the server wrote per second while a backfill ran."""
    with project.database.connect() as db:
        [(before,)] = db.execute(WAL).fetchall()
        backfill(project, **settings)
        [(after,)] = db.execute(WAL).fetchall()
        [(seconds,)] = db.execute(SECONDS).fetchall()
    return float(after - before) / float(seconds)


def main() -> None:
    """Measure, and print the table."""
    messages = int(sys.argv[1]) if sys.argv[1:] else 50_000
    with new_server({"max_wal_size": "4GB"}) as server, new_database(server) as template:
        fill_template(template, messages)
        with new_copy(server, template) as project:
            free = wal_per_second(project)
        limit = int(free / 1024 / 2)
        with new_copy(server, template) as project:
            held = wal_per_second(project, BACKFILL_WAL_KB_PER_SECOND=str(limit))
    show(
        [
            ["", "WAL per second", "of the limit"],
            ["without a limit", f"{free / 1024:,.0f} kB", ""],
            [f"BACKFILL_WAL_KB_PER_SECOND={limit}", f"{held / 1024:,.0f} kB", f"{held / 1024 / limit:.0%}"],
        ]
    )


if __name__ == "__main__":
    main()
