"""Change the schema in one place at a time, run the tests against each such mutant, and see whether they notice.

A mutant that no test notices is a survivor, unless bench/equivalent_mutants.toml says why nothing can notice it. The
exit status is 1 when there is a survivor, or a line in that file that is not so.
"""

import argparse
import os
import random
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from mutation import runner
from mutation.catalog import Mutant, mutants, refusal

from bench.common import new_server, show
from messenger_db.backend import open_backend
from messenger_db.folders import migrations

EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
TESTS = [str(folder) for name in ("schema", "hot_paths") if (folder := runner.ROOT / "tests" / name).exists()]


def equivalents() -> dict[str, str]:
    """Return the mutants that nothing can notice, with the reasons."""
    return tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))


def sample(connection: psycopg.Connection, wanted: list[Mutant], size: int | None, seed: int) -> list[Mutant]:
    """Return those of the mutants that PostgreSQL takes: all of them, or as many as the sample is to have."""
    if size is not None:
        wanted = random.Random(seed).sample(wanted, len(wanted))  # noqa: S311 (no secret)
    return [*islice((mutant for mutant in wanted if refusal(connection, mutant) is None), size)]


@contextmanager
def migrated() -> Iterator[psycopg.Connection]:
    """Connect to a database with the schema, on a server of its own."""
    with new_server() as server:
        url = f"postgresql:///postgres?{urlencode({'host': server.host, 'port': server.port, 'user': server.user})}"
        with open_backend(url) as backend:
            backend.apply_migrations(backend.to_apply(migrations()))
        with psycopg.connect(url) as connection:
            yield connection


def told(verdicts: list[runner.Verdict], equivalent: dict[str, str]) -> list[str]:
    """Return what is wrong, a line each."""
    wrong = []
    for verdict in sorted(verdicts, key=lambda verdict: verdict.mutant.name):
        name = verdict.mutant.name
        if verdict.trouble:
            wrong.append(f"{name}: {verdict.trouble}")
        elif verdict.killer and name in equivalent:
            wrong.append(f"{name}: is listed as equivalent, but {verdict.killer} notices it")
        elif not verdict.killer and name not in equivalent:
            wrong.append(f"survivor: {name}")
    return wrong


def table(verdicts: list[runner.Verdict], equivalent: dict[str, str]) -> list[list[object]]:
    """Return how many of each kind were made, killed, are equivalent and survived."""
    counts: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        fate = "killed" if verdict.killer else "equivalent" if verdict.mutant.name in equivalent else "survived"
        for kind in (verdict.mutant.kind, "all"):
            counts.setdefault(kind, Counter())[fate] += 1
    fates = ("killed", "equivalent", "survived")
    return [
        ["", "made", *fates],
        *([kind, of.total(), *(of[fate] for fate in fates)] for kind, of in sorted(counts.items(), key=_all_last)),
    ]


def _all_last(row: tuple[str, Counter[str]]) -> tuple[bool, str]:
    return row[0] == "all", row[0].casefold()


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
    wrong = told(verdicts, equivalent)
    if not (options.only or options.kind or options.sample):
        names = {mutant.name for mutant in chosen}
        wrong += [
            f"listed as equivalent, but there is no such mutant: {name}" for name in equivalent if name not in names
        ]
    show(table(verdicts, equivalent))
    print(*wrong, f"{time.monotonic() - start:.0f} s", sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
