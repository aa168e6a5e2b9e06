"""Change the Python code that guards data in one place at a time, and see whether the tests that run the line notice.

A mutant that no test notices is a survivor, unless equivalent.toml beside this file says why nothing can notice it. The
exit status is 1 when there is a survivor, or a line in that file that is not so.
"""

import argparse
import random
import sys
import time
import tomllib
from pathlib import Path

from messenger_db.process_exit import unwound_by_signals
from tools.mutation.python import runner
from tools.mutation.python.lines import ROOT, Lines
from tools.mutation.python.variants import Mutant, mutants
from tools.mutation.report import Fate, show, unknown, wrong

EQUIVALENT = Path(__file__).with_name("equivalent.toml")

MODULES = (
    "advisory_locks",
    "backend",
    "checksums",
    "commands/grant",
    "concurrent_index",
    "confirm",
    "connection",
    "embedded/data_folder",
    "embedded/liveness",
    "embedded/origin",
    "embedded/server",
    "history",
    "pooler",
    "privileges",
    "session_settings",
    "settings",
)

# The folders of tests that reach them.
TESTS = ("backend", "drift", "errors", "grant", "plan", "plugin", "safety", "server", "validation", "workflow")


def equivalents() -> dict[str, str]:
    """Return the mutants that nothing can notice, with the reasons."""
    return tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))


def mutants_of(module: str) -> list[Mutant]:
    """Return the mutants of a module of the package. Raises OSError where there is none of that name."""
    path = f"messenger_db/{module}.py"
    return list(mutants(path, (ROOT / path).read_text(encoding="utf-8")))


def test_files(paths: list[str]) -> list[Path]:
    """Return the files of tests in those folders, or which they are."""
    found = [ROOT / path for path in paths] or [ROOT / "tests" / name for name in TESTS]
    return sorted(file for path in found for file in ([path] if path.is_file() else path.rglob("test_*.py")))


def main() -> int:
    """Try the mutants, print what became of them, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation.python", description=__doc__)
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE", help="such as embedded/server (default: all that guard data)"
    )
    parser.add_argument(
        "--tests", action="append", default=[], metavar="PATH", help="try only these tests; may be repeated"
    )
    parser.add_argument("--list", action="store_true", help="print the names of the mutants, and try none")
    parser.add_argument("--only", action="append", metavar="NAME", help="try the mutant of this name; may be repeated")
    parser.add_argument("--sample", type=int, metavar="N", help="try only so many")
    parser.add_argument("--seed", type=int, default=1, help="which sample (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")
    options = parser.parse_args()

    start = time.monotonic()
    made = [mutant for module in options.modules or MODULES for mutant in mutants_of(module)]
    chosen = [mutant for mutant in made if options.only is None or mutant.name in options.only]
    if options.sample is not None:
        chosen = random.Random(options.seed).sample(chosen, min(options.sample, len(chosen)))
    if not chosen:
        parser.error("there is no such mutant: --list prints the names")
    if options.list:
        print("\n".join(mutant.name for mutant in chosen))
        return 0
    equivalent, files, lines = equivalents(), test_files(options.tests), Lines()
    with runner.test_server() as environment:
        lines.measure(files, options.workers, environment)
        trials = [runner.Trial(mutant, lines.tests_of(mutant, files)) for mutant in chosen]
        before = runner.known(trials)
        untried = [trial for trial in trials if trial.mutant.name not in before]
        fates = [*before.values(), *runner.run(untried, min(options.workers, len(untried)), environment)]
    return report(fates, made, equivalent, start)


def report(fates: list[Fate], made: list[Mutant], equivalent: dict[str, str], start: float) -> int:
    """Print what became of the mutants, and return the exit status."""
    modules = {mutant.name.partition(".")[0] for mutant in made}
    of_these = {name: why for name, why in equivalent.items() if name.partition(".")[0] in modules}
    found = wrong(fates, equivalent)
    found += unknown([Fate(mutant.kind, mutant.name, None) for mutant in made], of_these)
    print()
    show(fates, equivalent)
    hung = [f"hung: {fate.name}: {fate.killer}" for fate in fates if fate.killer and fate.killer.endswith(runner.HUNG)]
    print(*hung, *found, f"{time.monotonic() - start:.0f} s", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    with unwound_by_signals():
        sys.exit(main())
