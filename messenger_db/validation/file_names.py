"""Which files there are: migrations in pairs, numbered without a gap, and nothing else."""

from collections.abc import Iterator
from itertools import pairwise

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.validation.refusal import Problem


def check_files(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse what does not belong in the folder: yoyo would run some of it."""
    for name in folder.strangers:
        if name.endswith(".py"):
            reason = "yoyo would run it as a migration; write SQL, or keep it elsewhere"
        elif name.startswith("post-apply"):
            reason = "yoyo would run it after every apply; write a migration, or keep it elsewhere"
        else:
            reason = (
                "only NNNN_name.sql, NNNN_name.rollback.sql (lower-case letters, digits, underscores), README.md and"
                " SHA256SUMS belong here; rename or move it"
            )
        yield Problem(name, 0, reason)


def check_any(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse a folder without migrations: it is the wrong one."""
    if not folder.forwards:
        yield Problem(folder.path.name, 0, "there is no migration in this folder; check where it should be")


def check_pairs(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse one half without the other: yoyo takes a missing rollback for one that succeeds."""
    for key in folder.forwards.keys() - folder.rollbacks.keys():
        yield Problem(f"{key}.sql", 0, f"has no rollback, which yoyo would take for success; add {key}.rollback.sql")
    for key in folder.rollbacks.keys() - folder.forwards.keys():
        yield Problem(f"{key}.rollback.sql", 0, f"takes back nothing; add {key}.sql, or remove it")


def check_numbers(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse a gap or a double in the numbers, which begin with 0001."""
    for previous, key in pairwise(["0000_", *folder.forwards]):
        before, number = int(previous[:4]), int(key[:4])
        if number == before:
            yield Problem(f"{key}.sql", 0, f"has the number of {previous}.sql; give the newer one the next free number")
        elif number != before + 1:
            yield Problem(f"{key}.sql", 0, f"number {before + 1:04} is missing before it; number without gaps")
