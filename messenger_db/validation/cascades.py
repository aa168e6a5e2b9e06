"""Whether a file names all that it drops."""

from collections.abc import Iterator

from pglast.enums import DropBehavior

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.nodes import ast
from messenger_db.validation.refusal import Problem, Refusal

DROP_CASCADE = Refusal(
    "drop-cascade",
    "CASCADE drops whatever depends on the object, on each database something else.",
    "drop by name what depends on it, then the object without CASCADE",
    is_waivable=True,
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find CASCADE in all but TRUNCATE, which squawk finds."""
    for file, statement in folder.statements:
        for node in statement.nodes:
            is_drop = isinstance(node, ast.DropStmt | ast.AlterTableCmd)
            if is_drop and node.behavior == DropBehavior.DROP_CASCADE:
                yield DROP_CASCADE.at(file.file, statement.line, "drops what it does not name")
