"""What a file under `-- transactional: false` may hold: one concurrent build or drop of an index.

Nothing else in this project cannot run in a transaction. Other statements that cannot (VACUUM, REINDEX CONCURRENTLY,
ALTER SYSTEM) do not change the schema, so they are no migrations.
"""

from collections.abc import Iterator

from messenger_db.concurrently import is_understood
from messenger_db.sql_analysis.effects import dropped, tables_of_indexes
from messenger_db.sql_analysis.migration_files import MigrationFile, MigrationFolder
from messenger_db.sql_analysis.nodes import ast
from messenger_db.sql_analysis.parse import Statement
from messenger_db.validation.refusal import Problem


def check_concurrently(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse all but concurrent builds and drops: apply knows how to go on after an interrupted one of these alone."""
    for half, statement in _outside(folder):
        match statement.node:
            case ast.IndexStmt(concurrent=True, idxname=None):
                text = "the index has no name, by which an interrupted build is found again; name it"
                yield Problem(half.file, statement.line, text)
            case ast.IndexStmt(concurrent=True) | ast.DropStmt(concurrent=True):
                pass
            case _:
                text = (
                    "-- transactional: false is for CREATE INDEX CONCURRENTLY and DROP INDEX CONCURRENTLY alone;"
                    " move this statement to a migration without that line"
                )
                yield Problem(half.file, statement.line, text)


def check_one_statement(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse a second statement: when it fails, the first is done and nothing says so."""
    for half in folder.parsed:
        if not folder.in_transaction(half) and len(half.statements) > 1:
            text = "under -- transactional: false a failure here leaves the statement before it done; write one a file"
            yield Problem(half.file, half.statements[1].line, text)


def check_understood(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse a build or drop, right in itself, in which apply would not find the index: with a comment inside, say."""
    for half, statement in _outside(folder):
        node = statement.node
        is_build = isinstance(node, ast.IndexStmt) and node.concurrent and node.idxname and not node.if_not_exists
        is_drop = isinstance(node, ast.DropStmt) and node.concurrent and not node.missing_ok
        if (is_build or is_drop) and not any(map(is_understood, half.pieces)):
            text = "apply could not go on after this was interrupted; write it plainly, without a comment inside"
            yield Problem(half.file, statement.line, text)


def check_drops(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse to drop an index that no migration makes: apply takes one that is not there for dropped."""
    made = tables_of_indexes(statement for _, statement in folder.statements)
    for half, statement in _outside(folder):
        for effect in dropped(statement.node):
            if effect.kind == "index" and effect.name not in made:
                text = f"no migration makes the index {effect.name}; correct the name"
                yield Problem(half.file, statement.line, text)


def check_if_exists(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse IF NOT EXISTS and IF EXISTS, which take the wrong effect for done."""
    for half, statement in _outside(folder):
        if getattr(statement.node, "if_not_exists", False):
            text = "IF NOT EXISTS takes the INVALID index of an interrupted build for done; take it out"
            yield Problem(half.file, statement.line, text)
        if getattr(statement.node, "missing_ok", False):
            text = "IF EXISTS takes an index that has another name for dropped; take it out"
            yield Problem(half.file, statement.line, text)


def _outside(folder: MigrationFolder) -> Iterator[tuple[MigrationFile, Statement]]:
    return ((half, statement) for half, statement in folder.statements if not folder.in_transaction(half))
