"""A project of its own with one table, a backfill of it, and commands run in this process."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from support.forks import Fork
from workflow.checkouts import ROOT
from workflow.databases import Database

from messenger_db import cli
from messenger_db.backfilling.backfill_files import Backfill, read_backfills
from messenger_db.backfilling.backfill_runs import start
from messenger_db.backfilling.batches import Fill
from messenger_db.connection import Target
from messenger_db.errors import MessengerError

TABLE = """
CREATE TABLE items (
    part int NOT NULL,
    name varchar(20) COLLATE "C" NOT NULL,
    body text NOT NULL,
    size int,
    fills int NOT NULL DEFAULT 0,
    CONSTRAINT items_pkey PRIMARY KEY (part, name)
);
"""

TRIGGER = """
CREATE FUNCTION set_size() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.size := length(NEW.body); RETURN NEW; END';
CREATE TRIGGER items_set_size BEFORE INSERT OR UPDATE OF body ON items FOR EACH ROW EXECUTE FUNCTION set_size();
"""

STATEMENT = """
UPDATE items
SET
    size = length(items.body),
    fills = items.fills + 1
FROM batch
WHERE (items.part, items.name) = (batch.part, batch.name);
"""

CONTRACT = "-- needs: backfill 0001\nALTER TABLE items ALTER COLUMN size SET NOT NULL;\n"

FILL = "0001_fill_size"


class Said(NamedTuple):
    """What a command printed, and its error if it ended with one."""

    out: str
    error: str


class Items:
    """The project; its commands work on the database, in the schema of `schema` if there is one."""

    def __init__(self, folder: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.database = database
        self.environment = monkeypatch
        (folder / "migrations").mkdir(parents=True)
        (folder / "backfills").mkdir()
        shutil.copy(ROOT / "yoyo.ini", folder)
        monkeypatch.chdir(folder)
        monkeypatch.setenv("DATABASE_URL", database.url())
        monkeypatch.setenv("CONFIRM", database.name)
        self.write_migration("0001_items", TABLE, "DROP TABLE items;")
        self.write_backfill()

    def write_migration(self, name: str, forward: str, rollback: str = "SELECT 1;") -> None:
        """Write both files of a migration after those that are there."""
        before = [path.stem for path in sorted(self.folder.glob("migrations/*.sql")) if ".rollback" not in path.name]
        depends = "".join(f"-- depends: {id_}\n" for id_ in before[-1:])
        (self.folder / "migrations" / f"{name}.sql").write_text(depends + forward)
        (self.folder / "migrations" / f"{name}.rollback.sql").write_text(rollback)

    def write_backfill(self, statement: str = STATEMENT, name: str = FILL, **header: str) -> None:
        """Write a backfill."""
        given = {"depends": "0001_items", "table": "items", "key": "part, name", "covered": "application 2"} | header
        lines = [f"-- {directive}: {value}" for directive, value in given.items()]
        (self.folder / "backfills" / f"{name}.sql").write_text("\n".join([*lines, statement]))

    def up(self, rows: int = 0) -> None:
        """Apply what is pending, and add so many rows."""
        assert self.said("up").error == ""
        self.add(rows)

    def add(self, rows: int) -> None:
        """Add so many rows in parts of ten, each with a text of its own length."""
        self.ask(
            "INSERT INTO items (part, name, body) SELECT n / 10, 'n' || n, repeat('x', n) "
            "FROM generate_series(0, %s - 1) AS n",
            rows,
        )

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement in a session of its own, and return its rows."""
        with psycopg.connect(self.database.url(), autocommit=True) as db:
            cursor = db.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def fills(self) -> dict[tuple[int, bool], int]:
        """Count the rows by how often each was changed, and whether its size is right."""
        return {
            (fills, is_right): rows
            for fills, is_right, rows in self.ask(
                "SELECT fills, size IS NOT DISTINCT FROM length(body), count(*) FROM items GROUP BY 1, 2"
            )
        }

    def said(self, *words: str) -> Said:
        """Run the command messenger-db in this process."""
        error = ""
        with pytest.MonkeyPatch.context() as patch:
            printed: list[str] = []
            patch.setattr("builtins.print", lambda *parts, **_: printed.append(" ".join(map(str, parts))))
            try:
                status = cli.run(words)
                assert status in (cli.DONE, 3)
            except MessengerError as raised:
                error = str(raised)
        return Said("\n".join(printed), error)

    def start(self, *words: str, **environment: str) -> Fork:
        """Start the command in a process of its own."""
        settings = {"DATABASE_URL": self.database.url(), "HOME": str(self.folder), "PATH": os.environ["PATH"]}
        return Fork(words, cwd=self.folder, env=settings | environment)

    @property
    def backfill(self) -> Backfill:
        """The backfill."""
        return read_backfills(self.folder / "backfills")[FILL]

    @contextmanager
    def fill(self, *, skip: bool = False) -> Iterator[Fill]:
        """A run of the backfill by a session of its own, to be taken step by step."""
        with closing(Target.from_url(self.database.url()).connect()) as connection:
            fill = start(connection, self.backfill, skip=skip)
            assert fill
            yield fill


def take_steps(fill: Fill) -> int:
    """Take all steps of a run without its pauses; return how many."""
    steps = 0
    while fill.step():
        steps += 1
    return steps
