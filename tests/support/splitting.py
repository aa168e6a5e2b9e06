"""Splitting each file of migrations once, where many commands run in one process or in forks of it.

yoyo splits all files for each command, and again for each that it applies: a tenth of a second for 50 kB.
"""

from functools import cache
from pathlib import Path

import sqlparse

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def split_once() -> None:
    """Let sqlparse, which yoyo splits by, keep what it has split in this process."""
    split = cache(sqlparse.split)
    sqlparse.split = lambda text, *options: [*split(text, *options)]  # yoyo changes the list


def split_migrations() -> None:
    """Split this checkout's migrations now, as `split_once` keeps them."""
    for file in MIGRATIONS.glob("*.sql"):
        sqlparse.split(file.read_text(encoding="utf-8"))
