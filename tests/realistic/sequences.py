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
    """A migration of a sequence; sequences.toml says what the fields are."""

    name: str
    why: str
    forward: str
    rollback: str
    is_transactional: bool = True
    fill: str = ""
    refill: str = ""


@dataclass(frozen=True)
class Sequence:
    """Migrations that belong together."""

    name: str
    steps: list[Step]
    unfilled: str = ""
    unfilled_back: str = ""
    use: str = ""
    refused: str = ""
    clear: str = ""
    changed: list[str] = field(default_factory=list)
    edits: list[tuple[str, str, str]] = field(default_factory=list)


def read_sequences() -> list[Sequence]:
    tables: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["sequence"]
    return [Sequence(steps=[Step(**step) for step in table.pop("step")], **table) for table in tables]


class Carried:
    """A checkout that gets the migrations of a sequence, and the schema of a database that they are for."""

    def __init__(self, commands: Commands, database: Database, schema: str = "public") -> None:
        self.commands = commands
        self.database = database
        self.schema = schema
        self.url = database.url() if schema == "public" else database.url(schema=schema)

    def run(self, command: Callable[..., Report | None], *arguments: object) -> Said:
        """Run a command."""
        self.commands.environment.setenv("DATABASE_URL", self.url)
        self.commands.environment.setenv("CONFIRM", self.database.name)
        return self.commands.run(command, *arguments)

    def done(self, command: Callable[..., Report | None], *arguments: object) -> Said:
        """Run a command that must succeed."""
        said = self.run(command, *arguments)
        assert said.error is None, said
        return said

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
        """Write a migration, plan and apply it, and check the database."""
        self.write(step)
        self.plans(1, is_down=False)
        assert applied(self.done(up_down.apply)) == 1
        self.check()

    def down(self) -> None:
        """Plan the rollback of the newest migration and take it back, and check the database."""
        self.plans(1, is_down=True)
        self.done(up_down.down, 1)
        self.check()

    def up_at_once(self, sequence: Sequence) -> None:
        """Apply all migrations at once, and the others when those are filled that come first."""
        if sequence.unfilled:
            assert sequence.unfilled in (self.run(up_down.apply).error or "")
            self.fill(*(step.fill for step in sequence.steps))
        self.done(up_down.apply)
        self.check()

    def down_at_once(self, sequence: Sequence) -> None:
        """Take all migrations of the sequence back, as `up_at_once` applies them."""
        if sequence.unfilled_back:
            assert sequence.unfilled_back in (self.run(up_down.down, self.above_first()).error or "")
            self.fill(*(step.refill for step in sequence.steps))
        self.done(up_down.down, self.above_first())
        self.check()

    def above_first(self) -> int:
        """Return how many migrations are applied, the first one aside."""
        with self.connect() as db:
            return db.execute("SELECT FROM _yoyo_migration").rowcount - 1

    def plans(self, migrations: int, *, is_down: bool) -> None:
        planned = self.done(plan, is_down, migrations if is_down else None)
        assert len([line for line in planned.lines if line.startswith("-- 00")]) == migrations

    def check(self) -> None:
        assert self.done(check).lines[-1].endswith("matches its applied migrations")

    def fill(self, *statements: str) -> None:
        """Run each statement until it changes nothing."""
        with self.connect() as db:
            for statement in filter(None, statements):
                while db.execute(statement.encode()).rowcount:
                    pass

    def connect(self) -> psycopg.Connection:
        db = self.database.connect()
        db.execute(f"SET search_path = {self.schema}".encode())
        return db

    def world(self) -> World:
        with self.connect() as db:
            return world(db)

    def validate(self) -> None:
        problems = validate(self.commands.folder / "migrations")
        assert not problems, "\n".join(map(str, problems))


def applied(said: Said) -> int:
    """Return how many migrations were applied."""
    return len([line for line in said.lines if line.startswith("applied ")])


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
