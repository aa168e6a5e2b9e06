"""The two layouts, beside each other in one database: the schema, and a plain one with the same rows."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from common import Database
from psycopg.conninfo import make_conninfo

from messenger_db.backend import open_backend
from messenger_db.folders import migrations
from messenger_db.hot_paths import HotPath, hot_path

HERE = Path(__file__).parent
ROOT = HERE.parent

MESSAGES_A_USER = 50
LARGEST_GROUP = 300


@dataclass(frozen=True)
class Layout:
    """A layout: the PostgreSQL schema its tables are in, and its hot paths."""

    name: str
    schema: str

    def path(self, name: str) -> HotPath:
        """Return its hot path of that name: of the package, or the plain twin."""
        return hot_path(name) if self is OURS else _path(HERE / "plain" / f"{name}.sql")

    def url(self, database: Database) -> str:
        """Return what connects to the database with this layout's tables in sight."""
        return make_conninfo(database.url(), options=f"-csearch_path={self.schema}")


OURS = Layout("messenger-db", "public")
PLAIN = Layout("plain", "plain")
LAYOUTS = (OURS, PLAIN)


def fill(database: Database, messages: int) -> None:
    """Make both layouts, with the same generated rows, and what the measured calls are about."""
    with open_backend(database.url()) as backend:
        backend.apply_migrations(backend.to_apply(migrations()))
    _seed(
        DATABASE_URL=database.url(),
        CONFIRM=database.name,
        MESSAGES=str(messages),
        USERS=str(max(1000, messages // MESSAGES_A_USER)),
        LARGEST_GROUP=str(LARGEST_GROUP),
        SEED="1",
    )
    with database.connect() as db:
        for name in ("plain_tables", "plain_rows", "plain_keys"):
            db.execute(_text(HERE / "sql" / f"{name}.sql").encode())
        db.execute("VACUUM (ANALYZE)")
        db.execute(_text(HERE / "sql" / "calls.sql").encode())
        db.execute("ANALYZE")


def sizes(database: Database) -> Mapping[str, int]:
    """Return how many bytes each layout takes."""
    with database.connect() as db:
        return dict(db.execute(_text(HERE / "sql" / "bytes.sql").encode()).fetchall())


def shares(database: Database) -> list[tuple[int, int, int]]:
    """Return for each size of group its percentage of all messages, and how many members the measured ones have."""
    with database.connect() as db:
        return db.execute(_text(HERE / "sql" / "shares.sql").encode()).fetchall()


def call(name: str) -> HotPath:
    """Return a query that chooses whom the next call is about."""
    return _path(HERE / "calls" / f"{name}.sql")


def checkpoint(db: psycopg.Connection) -> None:
    """Write all out, so that what is measured next pays for its own pages alone."""
    db.execute("CHECKPOINT")


def _path(file: Path) -> HotPath:
    return HotPath(file.stem, f"-- name: {file.stem}\n{_text(file)}", "", {})


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


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
