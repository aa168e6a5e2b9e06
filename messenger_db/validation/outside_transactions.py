"""What a file under `-- transactional: false` may hold: one concurrent build or drop of an index.

Nothing else in this project cannot run in a transaction. Other statements that cannot (VACUUM, REINDEX CONCURRENTLY,
ALTER SYSTEM) do not change the schema, so they are no migrations.
"""

from collections.abc import Iterator

from messenger_db.validation.files import Folder, Half, Problem
from messenger_db.validation.nodes import ast
from messenger_db.validation.sql import Statement


def check_concurrently(folder: Folder) -> Iterator[Problem]:
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


def check_one_statement(folder: Folder) -> Iterator[Problem]:
    """Refuse a second statement: when it fails, the first is done and nothing says so."""
    for half in folder.halves:
        if not folder.in_transaction(half) and len(half.statements) > 1:
            text = "under -- transactional: false a failure here leaves the statement before it done; write one a file"
            yield Problem(half.file, half.statements[1].line, text)


def check_if_exists(folder: Folder) -> Iterator[Problem]:
    """Refuse IF NOT EXISTS and IF EXISTS, which take the wrong thing for done."""
    for half, statement in _outside(folder):
        if getattr(statement.node, "if_not_exists", False):
            text = "IF NOT EXISTS takes the INVALID index of an interrupted build for done; take it out"
            yield Problem(half.file, statement.line, text)
        if getattr(statement.node, "missing_ok", False):
            text = "IF EXISTS takes an index that has another name for dropped; take it out"
            yield Problem(half.file, statement.line, text)


def _outside(folder: Folder) -> Iterator[tuple[Half, Statement]]:
    return ((half, statement) for half, statement in folder.statements if not folder.in_transaction(half))
