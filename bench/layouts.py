"""The layouts, in one database: the schema, a plain one with the same rows, and that one tuned at no rule's cost."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bench import ROOT
from bench.common import Database
from messenger_db.backend import open_backend
from messenger_db.folders import migrations
from messenger_db.hot_paths import HotPath, hot_path

HERE = Path(__file__).parent

MESSAGES_PER_USER = 50
LARGEST_GROUP = 300


@dataclass(frozen=True)
class Layout:
    """A layout: the PostgreSQL schema its tables are in, and the files of sql/ that make and fill them, in order."""

    name: str
    schema: str
    files: tuple[str, ...] = ()

    def path(self, name: str) -> HotPath:
        """Return its hot path of that name: of the package, or the plain twin."""
        return _path(HERE / "plain" / f"{name}.sql") if self.files else hot_path(name)

    def url(self, database: Database, **settings: str) -> str:
        """Return what connects to the database with this layout's tables in sight, and these settings."""
        options = {"search_path": self.schema, **settings}
        return make_conninfo(database.url(), options=" ".join(f"-c{name}={value}" for name, value in options.items()))

    def create(self, db: psycopg.Connection) -> None:
        """Create and fill its tables from those of the schema. The connection then has them in sight."""
        if self.files:
            db.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self.schema)))
        db.execute("SELECT set_config('search_path', %s, false)", [self.schema])
        for name in self.files:
            db.execute(sql_file(name))


OURS = Layout("messenger-db", "public")
PLAIN = Layout("plain", "plain", ("plain_tables", "plain_random_ids", "plain_rows", "plain_keys"))
TUNED = Layout(
    "plain, tuned",
    "plain_tuned",
    ("plain_tables", "plain_tuned_tables", "plain_rows", "plain_keys", "plain_tuned_indexes"),
)
LAYOUTS = (OURS, PLAIN, TUNED)


def fill(database: Database, messages: int) -> None:
    """Make all layouts, with the same generated rows, and what the measured calls are about."""
    with open_backend(database.url()) as backend:
        backend.apply_migrations(backend.to_apply(migrations()))
    _seed(
        DATABASE_URL=database.url(),
        CONFIRM=database.name,
        MESSAGES=str(messages),
        USERS=str(max(1000, messages // MESSAGES_PER_USER)),
        LARGEST_GROUP=str(LARGEST_GROUP),
        SEED="1",
    )
    with database.connect() as db:
        for layout in LAYOUTS:
            layout.create(db)
        db.execute("VACUUM (ANALYZE)")
        create_calls(db)
        db.execute("VACUUM (ANALYZE)")


def create_calls(db: psycopg.Connection) -> None:
    """Create in each layout the tables of whom and what the measured calls are about."""
    for layout in LAYOUTS:
        db.execute("SELECT set_config('search_path', %s, false)", [layout.schema])
        db.execute(sql_file("plain_calls" if layout.files else "calls"))


def sizes(database: Database) -> Mapping[str, int]:
    """Return how many bytes each layout takes, by schema."""
    with database.connect() as db:
        return dict(db.execute(sql_file("bytes")).fetchall())


def shares(database: Database) -> list[tuple[int, int, int]]:
    """Return for each size of group its percentage of all messages, and how many members the measured ones have."""
    with database.connect() as db:
        found: list[tuple[int, int, int]] = db.execute(sql_file("shares")).fetchall()
    return found


def call(name: str) -> HotPath:
    """Return a query that chooses whom the next call is about."""
    return _path(HERE / "calls" / f"{name}.sql")


def sql_file(name: str) -> bytes:
    """Return a file of sql/."""
    return (HERE / "sql" / f"{name}.sql").read_bytes()


def checkpoint(db: psycopg.Connection) -> None:
    """Write everything out, so that what is measured next pays for its own pages alone."""
    db.execute("CHECKPOINT")


@cache
def _path(file: Path) -> HotPath:
    # aiosql warns of an INSERT whose name does not end in a sign; here nothing is run by it.
    return HotPath(file.stem, f"-- name: {file.stem}!\n{file.read_text(encoding='utf-8')}", "", {})


def _seed(**environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "seeds"],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit("seeding failed")
