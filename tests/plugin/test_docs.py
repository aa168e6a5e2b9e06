"""What docs/testing.md shows has been run."""

import re
import shlex
import sys

import pytest

from .foreign import ROOT, Foreign

TEXT = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n# (\w+\.py)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
NEEDED = {
    "test_sqlalchemy.py": "sqlalchemy",
    "conftest.py": "pytest_django",
    "test_django.py": "pytest_django",
    "test_asyncio.py": "pytest_asyncio",
}


def test_the_blocks_of_python(foreign: Foreign) -> None:
    assert len(BLOCKS) == TEXT.count("```python")
    missing = {name for name, module in NEEDED.items() if not foreign.has(module)}
    # The world takes a while: test_project.py generates the same one.
    written = [(name, text) for name, text in BLOCKS if name not in (*missing, "test_world.py")]
    for name, text in written:
        foreign.write(text, name)
    tests = sum(len(re.findall(r"^(?:async )?def test_", text, re.MULTILINE)) for _, text in written)
    foreign.with_plugins = {"django", "asyncio"}
    foreign.pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    # One worker: each other one imports everything again.
    foreign.run("-p", "xdist", "-n", "1").assert_outcomes(passed=tests)
    if "test_django.py" not in missing:
        foreign.with_plugins = set()
        foreign.pytester.makeini("[pytest]\nmarkers = django_db\n")
        foreign.run("test_django.py", "-k", "test_a_model").assert_outcomes(passed=1, deselected=2)
    if missing:
        pytest.skip(f"not installed, so not run: {', '.join(sorted(missing))}")


def test_the_first_ten_lines(foreign: Foreign) -> None:
    commands = re.search(r"((?:^    .*\n)+)", TEXT, re.MULTILINE)
    assert commands
    lines = [line[4:] for line in commands[1].splitlines()]
    assert len(lines) == 10
    program, *words = shlex.split(lines[1])
    assert program == ".venv/bin/pip"
    (foreign.pytester.path.parent / "messenger-db").symlink_to(ROOT)
    options = ("--dry-run", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")
    installed = foreign.pytester.run(sys.executable, "-m", "pip", *words, *options)
    installed.stdout.fnmatch_lines("Would install messenger-db-*")
    # The environment is the one that all tests of this folder share.
    (foreign.pytester.path / ".venv").symlink_to(foreign.python.parents[1])
    script = "\n".join([*lines[2:-1], shlex.join([".venv/bin/python", *foreign.command(*foreign.server)[1:]])])
    assert lines[-1] == ".venv/bin/python -m pytest"
    foreign.pytester.run("sh", "-ec", script).assert_outcomes(passed=1)
