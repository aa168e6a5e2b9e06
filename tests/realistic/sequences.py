"""The sequences of migrations, and the stages of the workflow that each is carried through."""

import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from drift.commands import ROOT, Commands, Said
from migrations.keeping import World, world
from reference.test_pages import Words, facts, unescaped
from workflow.databases import Database

from messenger_db.cli import Report
from messenger_db.commands import up_down
from messenger_db.commands.check import check
from messenger_db.commands.new import new, write_checksums
from messenger_db.commands.plan import plan
from messenger_db.hot_paths import statements
from messenger_db.validation.checks import validate

from . import release


@dataclass(frozen=True)
class Part:
    """What one make db-new writes; sequences.toml says what the fields are."""

    recipe: str = ""
    name: str = ""
    why: str = ""
    forward: str = ""
    rollback: str = ""
    replace: list[tuple[str, str]] = field(default_factory=list)
    unfilled: str = ""
    fill: str = ""


@dataclass(frozen=True)
class Sequence:
    """Migrations that belong together."""

    name: str
    parts: list[Part]
    use: str = ""
    refused: str = ""
    clear: str = ""
    changed: list[str] = field(default_factory=list)
    edits: list[tuple[str, str, str]] = field(default_factory=list)


def read_sequences() -> list[Sequence]:
    tables: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["sequence"]
    return [Sequence(parts=[Part(**part) for part in table.pop("part")], **table) for table in tables]


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

    def refused(self, words: str, command: Callable[..., Report | None], *arguments: object) -> None:
        """Run a command that must fail with these words."""
        assert words in (self.run(command, *arguments).error or "")

    def write(self, part: Part) -> int:
        """Write migrations as a person does: the files by db-new, their content by hand; return how many."""
        typed = dict(word.split("=", 1) for word in shlex.split(part.recipe and f"recipe={part.recipe}"))
        said = self.done(partial(new, part.name, **{key.lower(): value for key, value in typed.items()}))
        files = [self.commands.folder / line.split()[1] for line in said.lines if line.startswith("wrote ")]
        for file in files:
            text = file.read_text(encoding="utf-8")
            if part.rollback and file.name.endswith(".rollback.sql"):
                text = f"-- Takes it back.\n\n{part.rollback}"
            elif part.forward and not file.name.endswith(".rollback.sql"):
                (depends,) = (line for line in text.splitlines() if line.startswith("-- depends: "))
                text = f"-- Why: {part.why}\n{depends}\n\n{part.forward}"
            for before, after in part.replace:
                text = text.replace(before, after)
            file.write_text(text, encoding="utf-8")
        self.done(write_checksums)
        return len(files) // 2

    def up_at_once(self, sequence: Sequence) -> None:
        """Apply all migrations at once, and the last ones when rows are filled."""
        for part in sequence.parts:
            if part.unfilled:
                self.refused(part.unfilled, up_down.apply)
                self.fill(part.fill)
        self.done(up_down.apply)
        self.check()

    def down_at_once(self, sequence: Sequence) -> None:
        """Take all migrations of the sequence back at once, and the first ones when what it made is unused."""
        said = self.run(up_down.down, self.above_first())
        if said.error:
            assert sequence.refused
            assert sequence.refused in said.error
            self.execute(sequence.clear)
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

    def fill(self, statement: str) -> None:
        """Run a statement until it changes nothing."""
        with self.connect() as db:
            while db.execute(statement.encode()).rowcount:
                pass

    def execute(self, statements: str) -> None:
        with self.connect() as db:
            db.execute(statements.encode())

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


def documented(url: str) -> None:
    """See that make docs names all there is, and gives the hot paths the types that they have."""
    schema, pages, types = release.docs(url)
    assert types == Path(statements.__file__).read_text(encoding="utf-8")
    for name, page in (("schema.md", unescaped(pages["schema.md"])), ("schema.html", Words(pages["schema.html"]).text)):
        assert [fact for fact in facts(schema) if fact not in page] == [], name


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
