"""The guide to a new table or column, followed from the first step to the last in a copy of the checkout.

Before each step the tests ask for it: what they print is in the order of the guide.
"""

import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path

import psycopg
import psycopg2
import pytest
from drift.commands import Commands
from grant.test_guide import lacking_rights
from schema.cases.table import Table
from schema.cases.world import Row
from schema.missing import missing

from messenger_db.cli import Report
from messenger_db.commands import check, grant, new, plan, up_down
from messenger_db.numbering import name_of
from messenger_db.reference.pages import NAMES, pages
from messenger_db.reference.schema import read
from messenger_db.validation.checks import validate

from .keeping import problems
from .test_changelog import unnamed
from .test_one_more_row import FIRST, lacking

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "migration-guide.md").read_text(encoding="utf-8")
COPIED = ("tests/schema/cases", "tests/migrations/data", "tests/migrations/queries", "docs", "CHANGELOG.md")

# The steps by their headings, and in each its commands, its code and the words before that.
STEPS = re.split(r"^### \d\. ", GUIDE.partition("## Writing a migration")[2].partition("\n## ")[0], flags=re.MULTILINE)[
    1:
]
COMMAND = re.compile(r"^    make (\S+)(.*)$", re.MULTILINE)
CODE = re.compile(r"(.*?)\n\n```\w*\n(.*?)```", re.DOTALL)


class Copy:
    """A copy of what the guide changes in a checkout, and what the tests ask for there."""

    def __init__(self, commands: Commands, database: psycopg.Connection, empty: psycopg.Connection, role: str) -> None:
        self.commands, self.database, self.empty, self.role = commands, database, empty, role
        self.folder = commands.folder
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            copy(ROOT / name, self.folder / name)
        shutil.copy2(ROOT / ".squawk.toml", self.folder)
        commands.on(database)

    @property
    def migrations(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("migrations/[0-9]*.sql") if ".rollback" not in path.name)

    def asked_for(self) -> Iterator[str]:
        """Yield what the tests ask for, in their order."""
        with psycopg.connect(self.database.info.dsn, password=self.database.info.password) as db:
            yield from missing(db, *self.cases())
            yield from lacking(db, self.text("tests/migrations/queries/one_more_row.sql"), FIRST)
        yield from unnamed(self.text("CHANGELOG.md"), self.migrations)
        for readonly in (False, True):
            _, *rights, _ = self.commands.run(grant.grant, self.role, readonly).lines
            yield from lacking_rights(rights, self.text("docs/operations.md"))
        with closing(psycopg2.connect(self.database.info.dsn, password=self.database.info.password)) as connection:
            made = pages(read(connection), self.migrations[-1])
        yield from (f"docs/{name} is old: run make docs" for name in NAMES if made[name] != self.text(f"docs/{name}"))

    def cases(self) -> tuple[list[Table], dict[str, list[Row]]]:
        """Import the cases of the copy."""
        for name in [name for name in sys.modules if name.partition(".")[0] == "cases"]:
            del sys.modules[name]
        sys.path.insert(0, str(self.folder / "tests" / "schema"))
        try:
            return import_module("cases").TABLES, import_module("cases.world").WORLD
        finally:
            sys.path.remove(str(self.folder / "tests" / "schema"))

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def insert(self, name: str, anchor: str, code: str) -> None:
        """Put code before what begins with the anchor, or at the end of the file."""
        text = self.text(name) if (self.folder / name).exists() else ""
        new = text.replace(anchor, code + anchor) if anchor else text + code
        assert new != text, (name, anchor)
        (self.folder / name).write_text(new, encoding="utf-8")

    def numbered(self, code: str) -> str:
        """Return code with the numbers that the migrations have here."""
        for id_ in self.migrations:
            code = re.sub(rf"\d{{4}}_{name_of(id_)}\b", id_, code)
        return code

    def make(self, target: str, words: str) -> None:
        """Run what make runs."""
        settings = dict(word.split("=", 1) for word in shlex.split(words))
        functions: dict[str, Callable[..., Report | None]] = {
            "db-new": lambda: new.new("", **{name.lower(): value for name, value in settings.items()}),
            "db-checksums": new.write_checksums,
            "db-plan": lambda: plan.plan(False, None),
            "db-up": up_down.apply,
            "db-down": lambda: up_down.down(int(settings["STEPS"])),
            "db-check": check.check,
        }
        if target == "validate":
            assert validate(self.folder / "migrations") == []
        elif target == "docs":
            with closing(psycopg2.connect(self.database.info.dsn, password=self.database.info.password)) as connection:
                for name, text in pages(read(connection), self.migrations[-1]).items():
                    (self.folder / "docs" / name).write_text(text, encoding="utf-8")
        else:
            assert self.commands.run(functions[target]).error is None, (target, words)


# Where the guide's code goes, by words before it: the file, and what it goes before.
PLACES = {
    "tests/schema/cases/announcements.py": ("tests/schema/cases/announcements.py", ""),
    "at the end of `WORLD`": ("tests/schema/cases/world.py", "}\n\n\ndef insert("),
    "to `defaults`": ("tests/schema/cases/messages.py", '        "is_edited": False,'),
    "to `lengths`": ("tests/schema/cases/messages.py", '        Length("content_type"'),
    "give a new column a value": ("tests/migrations/queries/one_more_row.sql", "\n-- name: attachments"),
    "one_more_row.sql": ("tests/migrations/queries/one_more_row.sql", ""),
    "below Unreleased": ("CHANGELOG.md", "\n## 0.1.0"),
    "Add the table to both": ("docs/operations.md", "    attachments: SELECT"),
}


@pytest.fixture
def copy(
    commands: Commands,
    postgresql: psycopg.Connection,
    empty_postgresql: psycopg.Connection,
    role: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Copy]:
    """A copy of the checkout, with a migrated database of its own."""
    monkeypatch.setenv("CONFIRM", postgresql.info.dbname)
    yield Copy(commands, postgresql, empty_postgresql, role)
    postgresql.execute(f"DROP OWNED BY {role}".encode())
    postgresql.commit()
    for name in [name for name in sys.modules if name.partition(".")[0] == "cases"]:
        del sys.modules[name]


def test_the_guide_leads_from_the_first_step_to_the_last(copy: Copy) -> None:
    # What the tests ask for first, before each step.
    first = {
        "Write the files": None,
        "Check them": None,
        "Apply them, and roll them back": None,
        "Write the cases of the schema": "tests/schema/cases/announcements.py: write the cases of the table",
        "Write the rows that later migrations must preserve": "one_more_row.sql: add an INSERT of one row of announcem",
        "Write the changelog": "_add_announcements` | what it locks",
        "List the rights": "docs/operations.md: add to the rights: announcements: SELECT",
        "Write what is generated": "docs/schema.md is old: run make docs",
    }
    assert list(first) == [step.partition("\n")[0] for step in STEPS]
    for step in STEPS:
        if expected := first[step.partition("\n")[0]]:
            asked = next(copy.asked_for())
            assert expected in asked
            assert "\n" not in asked
        for target, words in COMMAND.findall(step):
            copy.make(target, words)
        for before, text in CODE.findall(step):
            code = copy.numbered(text)
            ((name, anchor),) = [place for words, place in PLACES.items() if words in before.rpartition("\n\n")[2]]
            copy.insert(name, anchor, code)
    assert list(copy.asked_for()) == []
    data = copy.folder / "tests" / "migrations" / "data"
    assert problems(copy.empty, copy.folder / "migrations", data) == []
