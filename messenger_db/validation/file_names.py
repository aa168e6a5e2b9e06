"""Whether the folder has migrations in pairs, numbered without gaps, and nothing else."""

from collections.abc import Iterator
from itertools import pairwise

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.validation.refusal import Problem, Refusal

STRAY_FILE = Refusal(
    "stray-file",
    "yoyo runs every .sql and .py file in the folder as a migration, and every post-apply file after each apply.",
    "rename it to NNNN_name.sql or NNNN_name.rollback.sql (lower-case letters, digits, underscores), or move it",
)
NO_MIGRATION = Refusal(
    "no-migration",
    "A folder without migrations is the wrong folder.",
    "run this where the migrations are",
)
ROLLBACK_MISSING = Refusal(
    "rollback-missing",
    "yoyo takes a missing rollback file for a rollback that succeeded.",
    "add the rollback file",
)
FORWARD_MISSING = Refusal(
    "forward-missing",
    "A rollback file without a forward file is never run.",
    "add the forward file, or remove the rollback file",
)
NUMBER_DOUBLE = Refusal(
    "number-double",
    "Two migrations with one number have no order.",
    "put the one of your branch last with make db-renumber NAME=its name",
)
NUMBER_GAP = Refusal(
    "number-gap",
    "A gap in the numbers hides a migration that was lost, or one that is still to come and would be applied late.",
    "number them anew with make db-renumber",
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find what is missing in the folder, what is there twice, and what does not belong there."""
    yield from _strangers(folder)
    if not folder.forwards:
        yield NO_MIGRATION.at(folder.path.name, 0, "the folder has no migration")
    yield from _pairs(folder)
    yield from _numbers(folder)


def _strangers(folder: MigrationFolder) -> Iterator[Problem]:
    for name in folder.strangers:
        if name.endswith(".py"):
            yield STRAY_FILE.at(name, 0, "yoyo would run it as a migration", "write the migration in SQL, or move it")
        elif name.startswith("post-apply"):
            yield STRAY_FILE.at(name, 0, "yoyo would run it after every apply", "write a migration, or move it")
        else:
            yield STRAY_FILE.at(name, 0, "is neither a migration nor README.md nor SHA256SUMS")


def _pairs(folder: MigrationFolder) -> Iterator[Problem]:
    for key in folder.forwards.keys() - folder.rollbacks.keys():
        wrong = "has no rollback file, which yoyo takes for a rollback that succeeded"
        yield ROLLBACK_MISSING.at(f"{key}.sql", 0, wrong, f"add {key}.rollback.sql")
    for key in folder.rollbacks.keys() - folder.forwards.keys():
        yield FORWARD_MISSING.at(f"{key}.rollback.sql", 0, "has no forward file", f"add {key}.sql, or remove this file")


def _numbers(folder: MigrationFolder) -> Iterator[Problem]:
    for previous, key in pairwise(["0000_", *folder.forwards]):
        before, number = int(previous[:4]), int(key[:4])
        if number == before:
            yield NUMBER_DOUBLE.at(f"{key}.sql", 0, f"has the number of {previous}.sql")
        elif number != before + 1:
            yield NUMBER_GAP.at(f"{key}.sql", 0, f"there is no migration {before + 1:04} before it")
