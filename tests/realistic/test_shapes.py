"""Shapes of SQL are run as psql runs them, or refused with a cure."""

import re
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import children
import psycopg2
import pytest
from migrations.keeping import World, world
from pytest_postgresql.executors import NoopExecutor
from validation.test_validate import matches
from workflow.checkouts import NEWEST
from workflow.databases import Database, new_database
from yoyo import read_migrations

from messenger_db.backend import open_backend
from messenger_db.catalog import Catalog, differences, snapshot
from messenger_db.checksums import record
from messenger_db.commands.check import drift
from messenger_db.embedded.binaries import wheel
from messenger_db.validation.checks import validate

from .sequences import documented

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Shape:
    """A migration, and what is wrong with it; shapes.toml says what the other fields are."""

    name: str
    forward: str
    rollback: str
    encoding: str = "UTF-8"
    newline: str = "\n"
    times: int = 1
    problems: list[str] = field(default_factory=list)

    def write(self, folder: Path, id_: str, previous: str) -> None:
        first, last = self.forward.rstrip("\n").rsplit("\n\n", 1) if self.times > 1 else (self.forward, "")
        forward = first + "".join(f"\n\n{last.replace('{}', str(number))}" for number in range(self.times) if last)
        for name, text in (
            (f"{id_}.sql", f"-- Why: {self.name}.\n-- depends: {previous}\n{forward}"),
            (f"{id_}.rollback.sql", f"-- Takes it back.\n\n{self.rollback}"),
        ):
            (folder / name).write_bytes(text.replace("\n", self.newline).encode(self.encoding))


TABLE = tomllib.loads(Path(__file__).with_name("shapes.toml").read_text("utf-8"))["shape"]
# What is refused comes last: the others are run.
SHAPES = sorted((Shape(**shape) for shape in TABLE), key=lambda shape: bool(shape.problems))
IDS = [
    f"{number:04}_{re.sub('[^a-z]+', '_', shape.name.lower())}"
    for number, shape in enumerate(SHAPES, start=int(NEWEST[:4]) + 1)
]
ACCEPTED = [id_ for id_, shape in zip(IDS, SHAPES, strict=True) if not shape.problems]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All shapes, one migration each."""
    folder = tmp_path_factory.mktemp("shapes") / "migrations"
    shutil.copytree(ROOT / "migrations", folder)
    shutil.copy(ROOT / "yoyo.ini", folder.parent)
    for shape, id_, previous in zip(SHAPES, IDS, [NEWEST, *IDS], strict=False):
        shape.write(folder, id_, previous)
    record(folder)
    return folder


@pytest.fixture(scope="module")
def problems(folder: Path) -> list[str]:
    return list(map(str, validate(folder)))


@pytest.mark.parametrize(("id_", "shape"), list(zip(IDS, SHAPES, strict=True)), ids=[shape.name for shape in SHAPES])
def test_accepted_or_refused_in_these_lines(problems: list[str], id_: str, shape: Shape) -> None:
    found = [problem.removeprefix(id_) for problem in problems if problem.startswith(id_)]
    pairs = zip_longest(found, shape.problems, fillvalue="")
    assert [expected if matches(problem, expected) else problem for problem, expected in pairs] == shape.problems


@pytest.fixture
def databases(postgresql_noproc: NoopExecutor) -> Iterator[tuple[Database, Database]]:
    template = postgresql_noproc.template_dbname
    with new_database(postgresql_noproc, template) as by_up, new_database(postgresql_noproc, template) as by_psql:
        yield by_up, by_psql


def test_the_accepted_ones_do_what_psql_does(
    databases: tuple[Database, Database], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_up, by_psql = databases
    monkeypatch.setenv("CONFIRM", by_up.name)
    monkeypatch.setenv("DATABASE_URL", by_up.url())
    monkeypatch.chdir(folder.parent)
    empty = content(by_up)
    migrations = read_migrations(str(folder)).filter(lambda migration: migration.id <= ACCEPTED[-1])
    with open_backend(by_up.url()) as backend:
        backend.apply_migrations(backend.to_apply(migrations))
        psql(by_psql, [folder / f"{id_}.sql" for id_ in ACCEPTED])
        assert_same(content(by_up), content(by_psql))
        documented(by_up.url())
        assert drift().differences == []
        backend.rollback_migrations(backend.to_rollback(migrations)[: len(ACCEPTED)])
        psql(by_psql, [folder / f"{id_}.rollback.sql" for id_ in reversed(ACCEPTED)])
    assert_same(content(by_up), empty)
    assert_same(content(by_psql), empty)


def psql(database: Database, files: list[Path]) -> None:
    """Run files as migrations/README.md says, each in one transaction."""
    command = [str(wheel() / "bin" / "psql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", database.url()]
    script = "".join(f"BEGIN;\n\\i '{file}'\n;COMMIT;\n" for file in files)
    children.run(command, stdin=script, check=True)


def content(database: Database) -> tuple[Catalog, World]:
    """Return what a database has, with line ends of Unix: yoyo reads files with these, psql as they are."""
    with closing(psycopg2.connect(database.url())) as connection:
        catalog = {
            part: {fact: value and value.replace("\r\n", "\n") for fact, value in facts.items()}
            for part, facts in snapshot(connection).items()
        }
    with database.connect() as db:
        return catalog, world(db)


def assert_same(found: tuple[Catalog, World], expected: tuple[Catalog, World]) -> None:
    assert list(map(str, differences(expected[0], found[0]))) == []
    assert found[1] == expected[1]
