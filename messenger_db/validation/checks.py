"""All checks, and how they are run."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from messenger_db.sql_analysis.migration_files import MigrationFolder, read
from messenger_db.validation.complete_rollback import check_rollback_complete, check_rollback_order
from messenger_db.validation.directives import check_depends, check_directives_seen, check_transactional
from messenger_db.validation.file_names import check_any, check_files, check_numbers, check_pairs
from messenger_db.validation.locked_tables import check_one_table
from messenger_db.validation.manifest import check_manifest, check_sums
from messenger_db.validation.non_transactional import (
    check_concurrently,
    check_drops,
    check_if_exists,
    check_one_statement,
    check_understood,
)
from messenger_db.validation.refusal import Problem
from messenger_db.validation.schema_names import check_no_schemas
from messenger_db.validation.squawk import check_squawk, check_waivers
from messenger_db.validation.syntax import check_not_empty, check_splitting, check_syntax
from messenger_db.validation.transactions import check_in_transaction, check_transaction_control

CHECKS: tuple[Callable[[MigrationFolder], Iterator[Problem]], ...] = (
    check_files,
    check_any,
    check_pairs,
    check_numbers,
    check_manifest,
    check_sums,
    check_depends,
    check_transactional,
    check_directives_seen,
    check_syntax,
    check_not_empty,
    check_splitting,
    check_transaction_control,
    check_in_transaction,
    check_one_table,
    check_concurrently,
    check_one_statement,
    check_if_exists,
    check_understood,
    check_drops,
    check_rollback_complete,
    check_rollback_order,
    check_no_schemas,
    check_waivers,
    check_squawk,
)


def validate(folder: Path) -> list[str]:
    """Give one line for each thing that is wrong with the migrations of a folder; none when all is well."""
    if not folder.is_dir():
        return [f"{folder.name}: is no folder; run this where the migrations are"]
    files = read(folder)
    return [str(problem) for problem in sorted({problem for check in CHECKS for problem in check(files)})]


def run(folder: Path) -> int:
    """Print what is wrong with the migrations of a folder, or how many are right; give the exit status."""
    problems = validate(folder)
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        count = len(list(folder.glob("*.rollback.sql")))
        print("1 migration is valid" if count == 1 else f"{count} migrations are valid")
    return 1 if problems else 0
