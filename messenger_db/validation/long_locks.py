"""Whether a table in use is neither rewritten, nor read under a lock that stops others, nor changed as a whole.

squawk finds the statements that do so by a new default, type, index or constraint; these are the others.
"""

from collections.abc import Iterator

from pglast.enums import AlterTableType, ConstrType

from messenger_db.sql_analysis.in_use import effects
from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.nodes import Node, ast
from messenger_db.sql_analysis.schema_changes import steps
from messenger_db.sql_analysis.work import REWRITES, Kind
from messenger_db.validation.refusal import Problem, Refusal

TABLE_REWRITE = Refusal(
    "table-rewrite",
    "Nobody reads or writes the table until its last row is copied.",
    "leave it out, or copy into a new table in batches outside migrations",
    is_waivable=True,
)
INLINE_CHECK = Refusal(
    "inline-check",
    "A CHECK in ADD COLUMN reads the whole table, while nobody else can.",
    "add the column, then the CHECK as NOT VALID, and validate it in the next migration",
    is_waivable=True,
)
WHOLE_TABLE_WRITE = Refusal(
    "whole-table-write",
    "All rows that a statement has changed stay locked until the transaction ends, and leave the table twice as large."
    " A rollback file may do so, as it has no second step; db-plan names it.",
    "change the rows in batches outside migrations, or by a condition that finds few of them, such as id = 'constant'",
    is_waivable=True,
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find what rewrites or changes a table in use as a whole, or reads it under its lock."""
    for file, statement, state in steps(folder):
        found = effects(statement, state)
        for table in dict.fromkeys(work.table for work in found.work if work.kind == Kind.REWRITE):
            if _rewrites(statement.node):
                yield TABLE_REWRITE.at(file.file, statement.line, f"writes {table} anew")
        for node in state.running(statement) if not file.is_rollback else ():
            table = node.relation.relname if isinstance(node, WRITES) else ""
            if any(work.table == table for work in found.work):
                yield WHOLE_TABLE_WRITE.at(file.file, statement.line, f"can change all rows of {table}")
        if found.work and isinstance(statement.node, ast.AlterTableStmt):
            for command in filter(_adds_check, statement.node.cmds):
                wrong = f"reads {statement.node.relation.relname} to check the new column {command.def_.colname}"
                yield INLINE_CHECK.at(file.file, statement.line, wrong)


WRITES = (ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt)


def _rewrites(node: Node) -> bool:
    is_altered = isinstance(node, ast.AlterTableStmt) and any(command.subtype in REWRITES for command in node.cmds)
    return is_altered or isinstance(node, ast.ClusterStmt)


def _adds_check(command: Node) -> bool:
    constraints = command.def_.constraints or () if command.subtype == AlterTableType.AT_AddColumn else ()
    return any(constraint.contype == ConstrType.CONSTR_CHECK for constraint in constraints)
