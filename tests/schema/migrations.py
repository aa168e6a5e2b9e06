"""The migration files, applied as plain SQL."""

from pathlib import Path

import psycopg

from .queries import read

ROWS = Path(__file__).parents[1] / "migrations" / "data"
FOLDER = Path(__file__).parents[2] / "migrations"


def up(db: psycopg.Connection) -> None:
    for migration in sorted(FOLDER.glob("[0-9]*.sql")):
        if not migration.name.endswith(".rollback.sql"):
            db.execute(migration.read_bytes())


def down(db: psycopg.Connection) -> None:
    """Roll all back: the first migration with rows in its tables, the later ones, which refuse to lose any, without."""
    *later, first = sorted(FOLDER.glob("[0-9]*.rollback.sql"), reverse=True)
    for rollback in later:
        db.execute(read("empty_all"))
        db.execute(rollback.read_bytes())
    if later:
        db.execute((ROWS / first.name.replace(".rollback", "")).read_bytes())
    db.execute(first.read_bytes())
