"""In a bad environment each command ends with one line that says what is wrong, or does without what is missing."""

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from support import forks
from workflow.checkouts import NEWEST
from workflow.databases import Database

from messenger_db.errors import printable
from messenger_db.numbering import id_after

from .commands import BIN, Done, run_in_shell

MIGRATIONS = {"{newest}": NEWEST, "{next}": id_after(NEWEST, "next")[:4]}
LONG = {"{digits}": "9" * 5000, "{letters}": "a" * 300, "{long}": "x" * 5000}


@dataclass(frozen=True)
class Case:
    """A command in an environment, and how it must end."""

    command: list[str]
    setup: str
    after: str
    environment: dict[str, str]
    database: Literal["migrated", "empty", "role"]
    shell: str
    statuses: list[int]
    says: list[str]
    has_lines: bool


def cases() -> Iterator[Any]:
    """Give all cases of the table."""
    text = Path(__file__).with_name("cases.toml").read_text(encoding="utf-8")
    for name, value in MIGRATIONS.items():
        text = text.replace(name, value)
    table = tomllib.loads(text)
    for row in table["case"]:
        for command in row["commands"]:
            status: Any = row.get("status", 1)
            if isinstance(status, dict):
                status = status.get(command, 1)
            case = Case(
                command=_unescaped(command).split(),
                setup=row.get("setup", ""),
                after=row.get("after", ""),
                environment={name: _unescaped(value) for name, value in row.get("environment", {}).items()},
                database=row.get("database", "migrated"),
                shell=row.get("shell", ""),
                statuses=status if isinstance(status, list) else [status],
                says=row.get("says", []),
                has_lines=row.get("lines", False),
            )
            yield pytest.param(case, id=f"{row['name']}: {command}")


def _unescaped(text: str) -> str:
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape")


def is_plain(text: str) -> bool:
    """Tell whether a text is fit for a terminal."""
    return all(printable(line) == line for line in text.split("\n"))


def check(case: Case, done: Done) -> None:
    """Check how a command has ended."""
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert is_plain(said)
    assert done.returncode in case.statuses, said
    if case.has_lines:
        assert all(words in said for words in case.says), said
    elif done.returncode == 0:
        assert done.stderr == ""
    elif "2>&" not in case.shell:
        first, *others = done.stderr.splitlines()
        assert first.startswith("messenger-db: "), said
        assert all(line.startswith("  ") for line in others), said  # what the server adds
        assert all(words in first for words in case.says), said


@pytest.fixture
def environment(case: Case, request: pytest.FixtureRequest, shared: Database) -> dict[str, str]:
    """The environment of a case."""
    database = request.getfixturevalue("database") if case.database == "empty" else shared
    user = request.getfixturevalue("role") if case.database == "role" else None
    url = database.url(user=user)
    plain = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": "/nowhere", "DATABASE_URL": url}
    places = LONG | {"{url}": url, "{name}": database.name}
    values = {
        name: re.sub(r"\{\w+\}", lambda match: places[match[0]], value) for name, value in case.environment.items()
    }
    return {name: value for name, value in (plain | values).items() if value}


@pytest.mark.parametrize("case", list(cases()))
def test_bad_environment(case: Case, environment: dict[str, str], folder: Path) -> None:
    if case.setup:
        subprocess.run(["/bin/sh", "-ec", case.setup], cwd=folder, check=True)
    if case.shell:
        done = run_in_shell(case.shell, case.command, folder, environment)
    else:
        done = forks.run(case.command, cwd=folder, env=environment)
    check(case, done)
    if case.after:
        subprocess.run(["/bin/sh", "-ec", case.after], cwd=folder, check=True, capture_output=True)
