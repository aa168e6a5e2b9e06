"""Change the schema in one place at a time, run the tests against each such mutant, and see whether they notice.

A mutant that no test notices is a survivor, unless equivalent.toml beside this file says why nothing can notice it. The
exit status is 1 when there is a survivor, or a line in that file that is not so.
"""

import argparse
import os
import random
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import psycopg

from messenger_db.backend import open_backend
from messenger_db.connection import leave_out_environment
from messenger_db.embedded.server import Server
from messenger_db.folders import migrations
from messenger_db.process_exit import unwound_by_signals
from tools.mutation.report import Fate, show, unknown, wrong
from tools.mutation.schema import runner
from tools.mutation.schema.catalog import Mutant, mutants, refusal

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
TESTS = [str(folder) for name in ("schema", "hot_paths") if (folder := runner.ROOT / "tests" / name).exists()]


def equivalents() -> dict[str, str]:
    """Return the mutants that nothing can notice, with the reasons."""
    return tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))


def sample(connection: psycopg.Connection, wanted: list[Mutant], size: int | None, seed: int) -> list[Mutant]:
    """Return those of the mutants that PostgreSQL takes: all of them, or as many as the sample is to have."""
    if size is not None:
        wanted = random.Random(seed).sample(wanted, len(wanted))
    return [*islice((mutant for mutant in wanted if refusal(connection, mutant) is None), size)]


@contextmanager
def migrated() -> Iterator[psycopg.Connection]:
    """Connect to a database with the schema, on a server of its own."""
    leave_out_environment()
    server = Server(Path(tempfile.mkdtemp(prefix="messenger-db-mutants-")))
    try:
        server.start()
        url = server.url("postgres")
        with open_backend(url) as backend:
            backend.apply_migrations(backend.to_apply(migrations()))
        with psycopg.connect(url) as connection:
            yield connection
    finally:
        server.remove()


def fate(verdict: runner.Verdict) -> Fate:
    """Return what the report needs to know of a verdict."""
    return Fate(verdict.mutant.kind, verdict.mutant.name, verdict.killer, verdict.trouble)


def main() -> int:
    """Try the mutants, print what became of them, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="print the names of the mutants, and try none")
    parser.add_argument("--only", metavar="NAME", help="try the mutant of this name, and say which test notices it")
    parser.add_argument("--kind", action="append", metavar="KIND", help="try those of this kind; may be repeated")
    parser.add_argument("--sample", type=int, metavar="N", help="try only so many")
    parser.add_argument("--seed", type=int, default=1, help="which sample (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes (default: a core each)")
    options = parser.parse_args()

    start = time.monotonic()
    with migrated() as connection:
        wanted = [
            mutant
            for mutant in mutants(connection)
            if options.only in {None, mutant.name} and (options.kind is None or mutant.kind in options.kind)
        ]
        chosen = sample(connection, wanted, options.sample, options.seed)
    if not chosen:
        parser.error("there is no such mutant: --list prints the names")
    if options.list:
        print("\n".join(mutant.name for mutant in chosen))
        return 0
    equivalent = equivalents()
    verdicts = runner.run(chosen, TESTS, min(options.workers, len(chosen)))
    if options.only:
        print(*(f"{verdict.mutant.script}\nnoticed by {verdict.killer}" for verdict in verdicts))
    fates = [fate(verdict) for verdict in verdicts]
    found = wrong(fates, equivalent)
    if not (options.only or options.kind or options.sample):
        found += unknown(fates, equivalent)
    show(fates, equivalent)
    print(*found, f"{time.monotonic() - start:.0f} s", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    with unwound_by_signals():
        sys.exit(main())
