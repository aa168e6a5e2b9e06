"""Which tests run which lines of the package, in their own process or in those that they start.

The tests run once under coverage, each as a context. The result is kept in .mutation, and measured again for tests that
have changed, or for all where the package has.

As a pytest plugin (-p tools.mutation.python.lines) this module does the measuring.
"""

import ast
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest

from tools.mutation.python.variants import Mutant

ROOT = Path(__file__).parents[3]
STATE = ROOT / ".mutation"

# The test whose processes these are, in the environment.
TEST = "MUTATION_TEST"

# Where each process writes what it has measured.
FOLDER = "MUTATION_FOLDER"

RC = f"""
[run]
include = */messenger_db/*
data_file = ${{{FOLDER}}}/data
parallel = true
context = ${{{TEST}-}}
patch = _exit
disable_warnings = no-data-collected, module-not-imported, module-not-measured, already-imported
"""

MEASURING = (TEST, FOLDER, "COVERAGE_PROCESS_START")

seconds: dict[str, float] = {}
failed: dict[str, str] = {}


def name_of(item: pytest.Item) -> str:
    """Return a test's node id, without the group that xdist adds."""
    return item.nodeid.partition("@")[0] if item.get_closest_marker("xdist_group") else item.nodeid


def pytest_configure() -> None:
    """Let the processes that tests start, with whatever environment, say which test started them."""
    if TEST not in os.environ:
        return
    begin = subprocess.Popen.__init__

    def started(self: Any, *arguments: Any, **options: Any) -> None:
        if options.get("env") is not None:
            inherited = {name: os.environ[name] for name in MEASURING}
            options["env"] = {**options["env"], **inherited}
        begin(self, *arguments, **options)

    subprocess.Popen.__init__ = started  # type: ignore[method-assign]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Run a test in a context of its own."""
    os.environ[TEST] = name_of(item)
    if measuring := coverage.Coverage.current():
        measuring.switch_context(name_of(item))
    return (yield)


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Note how long a test takes, and whether it fails."""
    seconds[name_of(item)] = seconds.get(name_of(item), 0) + call.duration
    if call.excinfo and not call.excinfo.errisinstance(pytest.skip.Exception):
        failed[name_of(item)] = call.excinfo.exconly().partition("\n")[0]


def pytest_sessionfinish() -> None:
    """Write down what was measured: a worker of xdist does not get as far as its exit handlers."""
    if measuring := coverage.Coverage.current():
        measuring.stop()
        measuring.save()
    if seconds:
        Path(os.environ[FOLDER], f"{os.getpid()}.json").write_text(json.dumps([seconds, failed]))


class Lines:
    """What was found: the seconds of each test that passes, and the tests of each line."""

    def __init__(self, state: Path = STATE) -> None:
        self._file, self._data = state / "lines.json", state / "coverage"
        found = json.loads(self._file.read_text()) if self._file.exists() else {}
        if found.get("package") != _package():
            found = {"package": _package(), "files": {}}
        self._found = found

    def measure(self, files: Iterable[Path], workers: int, environment: dict[str, str]) -> None:
        """Run those of the test files that are not known as they are now."""
        known = self._found["files"]
        new = {str(file.relative_to(ROOT)): _digest([file]) for file in files}
        new = {file: digest for file, digest in new.items() if known.get(file, {}).get("digest") != digest}
        if not new:
            return
        print(f"measuring which lines {len(new)} files of tests run ...", flush=True)
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir(parents=True)
        self._data.chmod(0o777)  # tests become other users
        (self._data / "rc").write_text(RC)
        command = [sys.executable, "-m", "pytest", "-q"]
        if workers > 1:
            command += ["-n", str(workers), "--dist", "loadgroup"]
        process = subprocess.Popen(
            [*command, "-p", "no:cacheprovider", "-p", "tools.mutation.python.lines", *new],
            cwd=ROOT,
            env=environment | dict(zip(MEASURING, ("", str(self._data), str(self._data / "rc")), strict=True)),
        )
        try:
            process.wait()
        except BaseException:
            process.send_signal(signal.SIGINT)  # so that it ends its workers
            process.wait()
            raise
        for file, digest in new.items():
            known[file] = {"digest": digest, "tests": {}}
        self._collect(known)
        self._file.write_text(json.dumps(self._found))

    def _collect(self, known: dict[str, Any]) -> None:
        for file in self._data.glob("*.json"):
            taken, bad = json.loads(file.read_text())
            for test, duration in taken.items():
                if test in bad:
                    print(f"fails without a mutant, so left out: {test}: {bad[test]}")
                elif (of := test.partition("::")[0]) in known:
                    known[of]["tests"][test] = {"seconds": round(duration, 2), "lines": {}}
        for file in self._data.glob("data.*"):
            data = coverage.CoverageData(str(file))
            data.read()
            for path in data.measured_files():
                module = f"messenger_db/{path.rpartition('/messenger_db/')[2]}"
                for line, contexts in data.contexts_by_lineno(path).items():
                    for test in contexts:
                        self._add(known, test.strip("|"), module, line)

    @staticmethod
    def _add(known: dict[str, Any], test: str, module: str, line: int) -> None:
        measured = known.get(test.partition("::")[0], {}).get("tests", {}).get(test)
        if measured is not None and line not in (lines := measured["lines"].setdefault(module, [])):
            lines.append(line)

    def tests_of(self, mutant: Mutant, files: Iterable[Path]) -> dict[str, float]:
        """Return the tests of those files that run a mutant's lines, with their seconds, the quickest first."""
        lines = set(mutant.lines) if not mutant.names else _uses(mutant)
        wanted = {str(file.relative_to(ROOT)) for file in files}
        tests = {
            test: float(measured["seconds"])
            for file, of in self._found["files"].items()
            if file in wanted
            for test, measured in of["tests"].items()
            if not lines.isdisjoint(measured["lines"].get(mutant.path, ()))
        }
        return dict(sorted(tests.items(), key=lambda test: test[1]))


def _uses(mutant: Mutant) -> set[int]:
    """Return the lines that use what a mutant binds at import: within functions, or by way of other such names."""
    tree = ast.parse((ROOT / mutant.path).read_text(encoding="utf-8"))
    names = set(mutant.names)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and names & _named(statement, ast.Load):
            names |= _named(statement, ast.Store)
    return {
        node.lineno
        for function in functions
        for part in function.body
        for node in ast.walk(part)
        if (isinstance(node, ast.Name) and node.id in names) or (isinstance(node, ast.Attribute) and node.attr in names)
    }


def _named(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, context)}


def _package() -> str:
    return _digest(sorted((ROOT / "messenger_db").rglob("*.py")))


def _digest(files: list[Path]) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
