"""All checks, and how they are run."""

import sys
from pathlib import Path
from types import ModuleType

from messenger_db.errors import printable
from messenger_db.sql_analysis.migration_files import read
from messenger_db.sql_analysis.parse import GRAMMAR
from messenger_db.validation import (
    backfill_rules,
    cascades,
    column_types,
    complete_rollback,
    directives,
    encoding,
    file_names,
    function_safety,
    hidden_statements,
    keys_and_indexes,
    locked_tables,
    long_locks,
    manifest,
    non_transactional,
    outside_schema,
    row_security,
    schema_names,
    session_changes,
    splitting,
    squawk,
    syntax,
    transactions,
    waivers,
)
from messenger_db.validation.formats import FORMATS
from messenger_db.validation.refusal import Problem, Refusal

# Each has a function `check`, and declares what it refuses.
CHECKS: tuple[ModuleType, ...] = (
    file_names,
    manifest,
    encoding,
    syntax,
    directives,
    splitting,
    transactions,
    non_transactional,
    locked_tables,
    long_locks,
    hidden_statements,
    complete_rollback,
    cascades,
    schema_names,
    outside_schema,
    session_changes,
    function_safety,
    keys_and_indexes,
    row_security,
    column_types,
    backfill_rules,
    squawk,
)


def refusals(module: ModuleType) -> list[Refusal]:
    """Return the refusals that a module declares, in its order."""
    return [value for value in vars(module).values() if isinstance(value, Refusal)]


MODULES = (*CHECKS, waivers)
REFUSALS = {refusal.id: refusal for module in MODULES for refusal in refusals(module)}

PAGE = "docs/validation.md gives the reason and the cure for each [id], and whether it can be waived"


def validate(folder: Path) -> list[Problem]:
    """Return what is wrong with the migrations of a folder, by file and line; nothing when all is well."""
    if not folder.is_dir():
        return [file_names.NO_MIGRATION.at(folder.name, 0, "is not a folder")]
    files = read(folder)
    found = {problem for module in CHECKS for problem in module.check(files)}
    return sorted(waivers.apply(files, found, REFUSALS))


def run(folder: Path, style: str = "text") -> int:
    """Print what is wrong with the migrations of a folder, or how many are valid; return the exit status.

    A style of `FORMATS` is for programs, and goes to standard output.
    """
    problems = validate(folder)
    if style in FORMATS:
        if text := FORMATS[style](problems, folder, REFUSALS):
            print(text)
        return 1 if problems else 0
    for problem in problems:
        print(printable(str(problem)), file=sys.stderr)
    if any(problem.id == syntax.SYNTAX.id for problem in problems):
        print(f"the grammar is that of PostgreSQL {GRAMMAR}, which refuses what is new in a later one", file=sys.stderr)
    if problems:
        print(PAGE, file=sys.stderr)
    else:
        count = len(list(folder.glob("*.rollback.sql")))
        print("1 migration is valid" if count == 1 else f"{count} migrations are valid")
    return 1 if problems else 0
