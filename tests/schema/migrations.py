"""The migration files, applied as plain SQL."""

from pathlib import Path

import psycopg

FOLDER = Path(__file__).parents[2] / "migrations"


def up(db: psycopg.Connection) -> None:
    for migration in sorted(FOLDER.glob("[0-9]*.sql")):
        if not migration.name.endswith(".rollback.sql"):
            db.execute(migration.read_bytes())


def down(db: psycopg.Connection) -> None:
    for rollback in sorted(FOLDER.glob("[0-9]*.rollback.sql"), reverse=True):
        db.execute(rollback.read_bytes())
