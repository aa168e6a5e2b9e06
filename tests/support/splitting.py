"""Splitting and parsing each file of migrations once, where many commands run in one process or in forks of it.

yoyo splits all files for each command, and again for each that it applies: a tenth of a second for 50 kB. What checks
the files parses them, which takes half as long.
"""

from functools import cache
from pathlib import Path

import sqlparse

from messenger_db.sql_analysis import migration_files
from messenger_db.sql_analysis.parse import parse, tokens

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def split_once() -> None:
    """Let sqlparse, which yoyo splits by, keep what it has split in this process."""
    split = cache(sqlparse.split)
    sqlparse.split = lambda text, *options: [*split(text, *options)]  # yoyo changes the list


def parse_once() -> None:
    """Let the checks of files keep what PostgreSQL's grammar has parsed in this process; they change nothing in it."""
    vars(migration_files).update(parse=cache(parse), tokens=cache(tokens))


def read_migrations() -> None:
    """Split and parse this checkout's migrations now, as `split_once` and `parse_once` keep them."""
    migration_files.read(MIGRATIONS)
