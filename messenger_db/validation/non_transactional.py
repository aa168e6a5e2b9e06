"""Whether a file under -- transactional: false is one CREATE INDEX, DROP INDEX or DETACH PARTITION CONCURRENTLY.

A rollback file without CONCURRENTLY runs in a transaction, whatever its forward file does.
"""

from collections.abc import Iterator

from messenger_db.concurrently import is_understood
from messenger_db.sql_analysis.effects import dropped, tables_of_indexes
from messenger_db.sql_analysis.migration_files import MigrationFile, MigrationFolder
from messenger_db.sql_analysis.nodes import ast, is_concurrent
from messenger_db.sql_analysis.parse import Statement
from messenger_db.sql_analysis.schema_changes import steps
from messenger_db.validation.refusal import Problem, Refusal
from messenger_db.validation.transactions import is_maintenance

NON_TRANSACTIONAL_STATEMENT = Refusal(
    "non-transactional-statement",
    "Of the statements outside a transaction, apply knows how to go on after an interrupted CREATE INDEX, DROP INDEX or"
    " DETACH PARTITION CONCURRENTLY only.",
    "move this statement to a migration without -- transactional: false",
)
NON_TRANSACTIONAL_SEVERAL = Refusal(
    "non-transactional-several",
    "Outside a transaction, the statements before a failed one stay done, and nothing tells which.",
    "write one statement in each file",
)
INDEX_WITHOUT_NAME = Refusal(
    "index-without-name",
    "An index that was built CONCURRENTLY is found again by its name after an interruption.",
    "name the index",
)
INDEX_NOT_RESUMABLE = Refusal(
    "index-not-resumable",
    "apply reads the name of the index or the partition from the statement, and does not find it in every form of it.",
    "write the statement plainly, without a comment inside",
)
INDEX_UNKNOWN = Refusal(
    "index-unknown",
    "apply takes an index that does not exist for one that an interrupted run has dropped.",
    "correct the name",
    is_waivable=True,
)
IF_NOT_EXISTS = Refusal(
    "if-not-exists",
    "IF NOT EXISTS takes the INVALID index that an interrupted build left for a finished one.",
    "remove IF NOT EXISTS",
)
IF_EXISTS = Refusal(
    "if-exists",
    "IF EXISTS takes an index that has another name for a dropped one.",
    "remove IF EXISTS",
)

DETACH_BESIDE_DEFAULT = Refusal(
    "detach-beside-default",
    "PostgreSQL detaches no partition CONCURRENTLY while the table has a default partition.",
    "detach it without CONCURRENTLY, in a transaction",
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find all but one concurrent statement that apply can go on with after an interruption."""
    for file, statement, state in steps(folder):
        node = statement.node
        is_detached = isinstance(node, ast.AlterTableStmt) and is_concurrent(node)
        if is_detached and (default := state.default_partition(node.relation.relname)):
            wrong = f"{node.relation.relname} has the default partition {default}"
            yield DETACH_BESIDE_DEFAULT.at(file.file, statement.line, wrong)
    indexes = tables_of_indexes(statement for _, statement in folder.statements)
    for file in folder.parsed:
        if folder.in_transaction(file):
            continue
        if len(file.statements) > 1:
            wrong = "a failure of this statement would leave the one before it done"
            yield NON_TRANSACTIONAL_SEVERAL.at(file.file, file.statements[1].line, wrong)
        for statement in file.statements:
            yield from _statement(file, statement, indexes)


def _statement(file: MigrationFile, statement: Statement, indexes: dict[str, str]) -> Iterator[Problem]:
    line = statement.line
    match statement.node:
        case ast.IndexStmt(concurrent=True, if_not_exists=True):
            wrong = "IF NOT EXISTS takes the INVALID index of an interrupted build for a finished one"
            yield IF_NOT_EXISTS.at(file.file, line, wrong)
        case ast.IndexStmt(concurrent=True, idxname=None):
            wrong = "the index has no name, by which it is found after an interrupted build"
            yield INDEX_WITHOUT_NAME.at(file.file, line, wrong)
        case ast.DropStmt(concurrent=True, missing_ok=True):
            yield IF_EXISTS.at(file.file, line, "IF EXISTS takes an index that has another name for a dropped one")
        case node if is_concurrent(node):
            if not any(map(is_understood, file.pieces)):
                yield INDEX_NOT_RESUMABLE.at(file.file, line, "apply could not go on after an interruption of this")
        case node if not is_maintenance(node):
            wrong = "-- transactional: false is for CREATE INDEX, DROP INDEX and DETACH PARTITION CONCURRENTLY only"
            yield NON_TRANSACTIONAL_STATEMENT.at(file.file, line, wrong)
    for effect in dropped(statement.node):
        if effect.kind == "index" and effect.name not in indexes:
            yield INDEX_UNKNOWN.at(file.file, line, f"no migration creates the index {effect.name}")
