"""The tests, collected once and run against one mutant after the other: a pytest session in a process of its own."""

import sys
from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psycopg
import pytest
from _pytest.runner import runtestprotocol
from mutation.catalog import Mutant

ROOT = Path(__file__).parents[2]

# The fixtures that give a connection to a migrated database of the test's own, or to a transaction that is rolled back:
# here the mutant goes in. Tests without any of them see no schema, or make theirs from the files: they are left out.
SEAMS = frozenset({"db", "postgresql", "world"})

# The others roll back.
COMMITTED = "postgresql"

# What reaches beyond the rows of one table.
WIDE_KINDS = frozenset({"key", "foreign key", "function", "privilege"})

# What plans and pages depend on.
PLAN_KINDS = frozenset({"index", "key", "storage"})

# Modules about a function alone.
FUNCTION_TESTS = frozenset({"test_uuid_v7"})

# A worker has loaded this package, and pytest-postgresql with it, before pytest can rewrite its assertions.
OPTIONS = (
    *("-q", "--capture=no", "--tb=native", "-p", "no:randomly", "-p", "no:cacheprovider"),
    *("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"),
)


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: the test that noticed it, or none."""

    mutant: Mutant
    killer: str | None
    trouble: str | None = None


class Session:
    """A pytest plugin that takes the place of the usual loop over the tests."""

    def __init__(self, mutants: list[Mutant]) -> None:
        self.verdicts: list[Verdict] = []
        self._mutants = mutants
        self._mutant: Mutant | None = None
        self._connection: psycopg.Connection | None = None
        self._trouble: str | None = None
        self._seconds: dict[str, float] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the tests that see the schema behave."""
        items[:] = [
            item
            for item in items
            if not SEAMS.isdisjoint(getattr(item, "fixturenames", ())) and not item.get_closest_marker("picture")
        ]

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        """Make the mutant in the connection that the test gets."""
        value = yield
        if fixturedef.argname in SEAMS and isinstance(value, psycopg.Connection):
            if fixturedef.argname == "db" and self._connection is None:
                # A new connection looks up the whole catalog again, which takes longer than most tests.
                self._connection = psycopg.connect(value.info.dsn, password=value.info.password)
                fixturedef.func = self._rolled_back  # type: ignore[misc]
            self._make(value)
            if fixturedef.argname == COMMITTED:
                value.commit()
        return value

    def _rolled_back(self, **_: object) -> psycopg.Connection | None:
        """Take the place of the fixture `db`: one connection for all tests."""
        if self._connection:
            # What a new one does not have either: numbers of earlier transactions among those of this one.
            self._connection.rollback()
            self._connection.execute("SELECT pg_stat_force_next_flush()")
            self._connection.rollback()
        return self._connection

    def _make(self, connection: psycopg.Connection) -> None:
        if self._mutant:
            try:
                connection.execute(self._mutant.script.encode())
            except (psycopg.IntegrityError, psycopg.DataError):
                raise  # it refuses rows that are as they should be: this test has noticed
            except psycopg.Error as error:
                self._trouble = f"cannot be made: {error}"
                raise

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try the mutants."""
        if session.testsfailed or not session.items:
            raise session.Failed("the tests could not be collected")
        for mutant in self._mutants:
            verdict = self._tried(session.items, mutant)
            self.verdicts.append(verdict)
            print("." if verdict.killer else f"\nnot noticed: {mutant.name}\n", end="", file=sys.stderr, flush=True)
        if self._connection:
            self._connection.close()
        session._setupstate.teardown_exact(None)  # noqa: SLF001 (as the loop that this one stands in for does)
        return True

    def _tried(self, items: list[pytest.Item], mutant: Mutant) -> Verdict:
        self._mutant, self._trouble = mutant, None
        relevant = (item for item in items if not (_another_tables(item, mutant) or _costly(item, mutant)))
        ordered = sorted(relevant, key=lambda item: self._rank(item, mutant))
        killer = next((item for item in ordered if not self._passes(item)), None)
        self._mutant = None
        if killer is None or self._trouble:
            return Verdict(mutant, None, self._trouble)
        # What fails without the mutant too has noticed nothing.
        alone = None if self._passes(killer) else f"{killer.nodeid} fails without it too"
        return Verdict(mutant, killer.nodeid, alone)

    def _rank(self, item: pytest.Item, mutant: Mutant) -> tuple[int, float]:
        """Put the mutant's own cases first, then those of its table; what fills a database of its own comes last."""
        subject = item.path.stem.removeprefix("test_")
        if "postgresql" in getattr(item, "fixturenames", ()):
            distance = 3
        elif mutant.thing in item.nodeid or subject in mutant.thing:
            distance = 0
        else:
            distance = 1 if mutant.relation in item.nodeid else 2
        return distance, round(self._seconds.get(item.nodeid, 0), 1)

    def _passes(self, item: pytest.Item) -> bool:
        # The next test, whoever it is, keeps what is the session's: the fixtures of the server and its databases.
        reports = runtestprotocol(item, log=False, nextitem=item.session)  # type: ignore[arg-type]
        self._seconds[item.nodeid] = sum(report.duration for report in reports)
        return not any(report.failed for report in reports)


def _another_tables(item: pytest.Item, mutant: Mutant) -> bool:
    """Whether a test is about another table, by its parameter `table`, than the one whose rows the mutant is about.

    That the mutant takes the rows of the world it begins with, the other tests show.
    """
    table = (
        item.callspec.params.get("table") if isinstance(item, pytest.Function) and hasattr(item, "callspec") else None
    )
    name = getattr(table, "name", table)
    return mutant.kind not in WIDE_KINDS and name not in {None, mutant.relation}


def _costly(item: pytest.Item, mutant: Mutant) -> bool:
    """Whether a test takes seconds for something that the mutant does not change: plans, or what a function returns."""
    if item.path.stem in FUNCTION_TESTS:
        return mutant.kind not in WIDE_KINDS
    return "postgresql" in getattr(item, "fixturenames", ()) and mutant.kind not in PLAN_KINDS


def _work(mutants: list[Mutant], tests: list[str]) -> list[Verdict]:
    session = Session(mutants)
    code = pytest.main([f"--rootdir={ROOT}", *OPTIONS, *tests], plugins=[session])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"pytest ended with {code!r}")
    return session.verdicts


def run(mutants: list[Mutant], tests: list[str], workers: int) -> list[Verdict]:
    """Return what becomes of each mutant. Each worker has a server of its own.

    Raises RuntimeError when the tests cannot be run.
    """
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        shares = [pool.submit(_work, mutants[worker::workers], tests) for worker in range(workers)]
        return [verdict for share in shares for verdict in share.result()]
