"""Whether all that runs can be read in the file: no SQL that is put together, and no function that changes tables."""

from collections.abc import Iterator

from messenger_db.sql_analysis.effects import created, dropped
from messenger_db.sql_analysis.locks import Mode, locks
from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.sql_analysis.schema_changes import steps
from messenger_db.sql_analysis.schema_state import SchemaState
from messenger_db.validation.refusal import Problem, Refusal

DYNAMIC_SQL = Refusal(
    "dynamic-sql",
    "What EXECUTE runs is a string: neither these checks nor db-plan can say what it does.",
    "write the statement without EXECUTE, which PL/pgSQL runs too, or outside DO",
    is_waivable=True,
)
CALLED_FUNCTION = Refusal(
    "called-function",
    "A function that changes tables or the schema hides what the file does from its reader.",
    "write its statements into the file",
    is_waivable=True,
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find EXECUTE in what a file runs, and calls of functions that change more than their result."""
    for file, statement, state in steps(folder):
        called = state.called(statement)
        running = [statement, *called] if called or isinstance(statement.node, ast.DoStmt) else []
        if any(one.is_dynamic for one in running):
            yield DYNAMIC_SQL.at(file.file, statement.line, "runs SQL that is put together in a string")
        for function in called:
            if any(_changes(node, state) for node in function.nodes[1:]):
                name = words(function.node.funcname)[-1]
                yield CALLED_FUNCTION.at(file.file, statement.line, f"calls {name}(), which changes tables")


def _changes(node: Node, state: SchemaState) -> bool:
    """Return whether a node writes rows, or creates, changes or drops something."""
    does_more_than_read = any(lock.mode >= Mode.ROW_EXCLUSIVE for lock in locks(node, state))
    return does_more_than_read or any(created(node)) or any(dropped(node))
