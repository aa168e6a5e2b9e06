"""Many tenants in one command: 1,000 times 0001, by `messenger-db up` and by psql in turn, and what comes after.

psql runs the same files for each tenant with `psql -1 -f` and search_path set, as many at once as there are
connections. It is the wheel's, as Debian's starts Perl first.

Run: .venv/bin/python -m bench.tenants [TENANTS]   (1,000 by default; ten minutes)
"""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.common import Database, new_database, new_server, show
from messenger_db.embedded.binaries import wheel

ROOT = Path(__file__).parents[1]

TENANTS = 1000

# So many in turn, by the command and by psql: the catalog has grown as much for both.
BLOCKS = 10

FILES = sorted(file for file in (ROOT / "migrations").glob("*.sql") if ".rollback" not in file.name)

SIZES = """
    SELECT
        pg_size_pretty(pg_database_size(current_database())),
        (SELECT pg_size_pretty(sum(pg_total_relation_size(oid))) FROM pg_class WHERE relnamespace = 11),
        (SELECT count(*) FROM pg_class),
        (
            SELECT pg_size_pretty(sum(pg_total_relation_size(oid)))
            FROM pg_class
            WHERE relkind = 'r'
                AND relname ~ '^_yoyo_'
        )
"""


def command(database: Database, *words: str) -> tuple[int, str, str]:
    """Run messenger-db; return its exit status, and what it said on both streams."""
    environment = os.environ | {"DATABASE_URL": database.url()}
    done = subprocess.run(
        [sys.executable, "-m", "messenger_db", *words],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def timed(database: Database, *words: str) -> float:
    """Return how long messenger-db took, in seconds; end where it failed."""
    started = time.monotonic()
    status, _, err = command(database, *words)
    if status:
        raise SystemExit(err)
    return time.monotonic() - started


def by_psql(database: Database, schemas: list[str], at_once: int) -> float:
    """Run the files in each schema, a process and a connection each; return how long it took, in seconds."""

    def run(schema: str) -> None:
        files = [word for file in FILES for word in ("-f", str(file))]
        subprocess.run(
            [wheel() / "bin" / "psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", *files, database.url()],
            env=os.environ | {"PGOPTIONS": f"-c search_path={schema}"},
            check=True,
            stdout=subprocess.DEVNULL,
        )

    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=at_once) as threads:
        list(threads.map(run, schemas))
    return time.monotonic() - started


def create(database: Database, prefix: str, count: int) -> list[str]:
    """Create so many empty schemas; return their names."""
    names = [f"{prefix}_{number:04}" for number in range(count)]
    with database.connect() as db:
        for name in names:
            db.execute(f"CREATE SCHEMA {name}".encode())
    return names


def main() -> None:
    """Measure, and print the tables."""
    tenants = int(sys.argv[1]) if len(sys.argv) > 1 else TENANTS
    at_once = 2 * (os.cpu_count() or 1)
    rows: list[list[object]] = [["", "", "seconds"]]
    with new_server() as server, new_database(server) as database:
        took: dict[str, list[float]] = {"messenger-db up": [], f"psql, {at_once} at once": []}
        ours, psqls = took.values()
        for block in range(BLOCKS):
            create(database, f"tenant_{block}", tenants // BLOCKS)
            schemas = create(database, f"psql_{block}", tenants // BLOCKS)
            # Each is the first one in every other block.
            for tool in sorted(took, reverse=bool(block % 2)):
                took[tool].append(
                    by_psql(database, schemas, at_once)
                    if took[tool] is psqls
                    else timed(database, "up", "--tenants", f"tenant_{block}%")
                )
            print(f"block {block}: {ours[-1]:.1f} s, psql {psqls[-1]:.1f} s", file=sys.stderr, flush=True)
        rows += [[f"0001 for {tenants} tenants", tool, f"{sum(seconds):.1f}"] for tool, seconds in took.items()]
        ratios = ", ".join(f"{theirs / our:.2f}" for our, theirs in zip(ours, psqls, strict=True))
        rows.append(["", "psql's time to ours", f"{sum(psqls) / sum(ours):.2f} ({ratios})"])
        rows += [
            ["nothing to do", name, f"{timed(database, name, '--tenants', 'tenant_%'):.1f}"]
            for name in ("up", "status", "backfill", "check")
        ]
        with database.connect() as db:
            sizes = db.execute(SIZES).fetchone()
        rows.append(["sizes", "database, system catalogs, relations, migration tables", sizes])
        show(rows)
        print(poisoned(database, tenants))


def poisoned(database: Database, tenants: int) -> str:
    """Return what becomes of so many new tenants when one of them has a table of the same name already."""
    names = create(database, "new", tenants)
    database.execute(f"CREATE TABLE {names[tenants // 2]}.users ()")
    status, out, err = command(database, "up", "--tenants", "new%", "--on-error", "skip", "--json")
    states = [tenant["state"] for tenant in json.loads(out)["tenants"]]
    counts = {state: states.count(state) for state in sorted(set(states))}
    said = "\n".join(line for line in err.splitlines() if line.startswith("messenger-db: "))
    return f"\none of {tenants} with a table of somebody else: exit status {status}, {counts}\n{said}"


if __name__ == "__main__":
    main()
