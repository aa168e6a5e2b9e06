"""The sequences of migrations, and the stages of the workflow that each is carried through."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from drift.commands import ROOT, Commands, Said
from migrations.keeping import World, world
from workflow.databases import Database

from messenger_db.cli import Report
from messenger_db.commands import up_down
from messenger_db.commands.check import check
from messenger_db.commands.new import new, write_checksums
from messenger_db.commands.plan import plan
from messenger_db.validation.checks import validate

from . import release


@dataclass(frozen=True)
class Step:
    """A migration. `fill` runs after it, outside migrations, until it changes nothing; `refill` after its rollback."""

    name: str
    why: str
    forward: str
    rollback: str
    is_transactional: bool = True
    fill: str = ""
    refill: str = ""


@dataclass(frozen=True)
class Sequence:
    """Migrations that belong together; sequences.toml says what the fields are."""

    name: str
    steps: list[Step]
    use: str = ""
    refused: str = ""
    clear: str = ""
    lost: list[str] = field(default_factory=list)
    edits: list[tuple[str, str, str]] = field(default_factory=list)


def read_sequences() -> list[Sequence]:
    tables: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["sequence"]
    return [Sequence(steps=[Step(**step) for step in table.pop("step")], **table) for table in tables]


class Carried:
    """A sequence, in a checkout that gets its migrations, on one schema of a database."""

    def __init__(self, commands: Commands, database: Database, schema: str = "") -> None:
        self.commands = commands
        self.database = database
        self.schema = schema or "public"
        self.url = database.url(schema=schema) if schema else database.url()

    def done(self, command: Callable[..., Report | None], *arguments: object) -> Said:
        """Run a command that must succeed."""
        said = self.run(command, *arguments)
        assert said.error is None, said
        return said

    def run(self, command: Callable[..., Report | None], *arguments: object) -> Said:
        self.commands.environment.setenv("DATABASE_URL", self.url)
        self.commands.environment.setenv("CONFIRM", self.database.name)
        return self.commands.run(command, *arguments)

    def write(self, step: Step) -> None:
        """Write a migration as a person does: the pair of files by db-new, their content by hand, the checksums."""
        said = self.done(new, step.name)
        forward, rollback = (self.commands.folder / line.removeprefix("wrote ") for line in said.lines[:2])
        header = [f"-- Why: {step.why}", *forward.read_text().splitlines()[1:2]]
        header += [] if step.is_transactional else ["-- transactional: false"]
        forward.write_text("\n".join(header) + f"\n{step.forward}")
        rollback.write_text(f"-- Takes {forward.stem} back.\n{step.rollback}")
        self.done(write_checksums)

    def up(self, step: Step) -> None:
        """Plan one migration and apply it; then check the database, and fill what is to be filled."""
        planned = self.done(plan, False, None)
        assert sum(line.startswith("-- 00") for line in planned.lines) == 1
        applied = self.done(up_down.apply)
        assert [line.split()[0] for line in applied.lines] == ["applied"]
        self.check()
        self.fill(step.fill)

    def down(self, steps: list[Step]) -> None:
        """Plan the rollback of migrations and take them back, newest first."""
        planned = self.done(plan, True, len(steps))
        assert sum(line.startswith("-- 00") for line in planned.lines) == len(steps)
        for step in reversed(steps):
            self.done(up_down.down, 1)
            self.check()
            self.fill(step.refill)

    def check(self) -> None:
        said = self.done(check)
        assert said.lines[-1].endswith("matches its applied migrations")

    def fill(self, statement: str) -> None:
        with self.connect() as db:
            while statement and db.execute(statement.encode()).rowcount:
                pass

    def connect(self) -> psycopg.Connection:
        db = self.database.connect()
        db.execute(f"SET search_path = {self.schema}".encode())
        return db

    def world(self) -> World:
        with self.connect() as db:
            return world(db)

    def valid(self) -> None:
        problems = validate(self.commands.folder / "migrations")
        assert not problems, "\n".join(map(str, problems))


def edited(checkout: Path, edits: list[tuple[str, str, str]]) -> None:
    """Put the code into a checkout, with the changes of the release that goes with its migrations."""
    for package in ("messenger_db", "seeds"):
        shutil.copytree(ROOT / package, checkout / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file, before, after in edits:
        text = (checkout / file).read_text(encoding="utf-8")
        assert text.count(before) == 1, (file, before)
        (checkout / file).write_text(text.replace(before, after), encoding="utf-8")


def use_as_edited(checkout: Path, url: str, number: int) -> None:
    """Run the release of a checkout on a database."""
    command = [sys.executable, release.__file__, url, str(number)]
    environment = os.environ | {"PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(command, cwd=checkout, env=environment, check=True)
