"""The tables that a statement locks so strongly that it blocks sessions that read or write them.

Each statement here was compared with a server's pg_locks. Dropping a table, column or constraint with a foreign key
locks the table that it references too, and a new partition locks the default one; the statement does not name them, so
they are not counted.
"""

from collections.abc import Iterator

from pglast.enums import AlterTableType, ObjectType

from messenger_db.sql_analysis.effects import RELATIONS, dropped
from messenger_db.sql_analysis.nodes import Node, ast
from messenger_db.sql_analysis.parse import Statement

SHARE_UPDATE_EXCLUSIVE = 4  # the strongest of PostgreSQL's eight lock modes that lets other sessions read and write

# The forms of ALTER TABLE that take no stronger lock than that.
WEAK = (
    AlterTableType.AT_ValidateConstraint,
    AlterTableType.AT_SetStatistics,
    AlterTableType.AT_SetOptions,
    AlterTableType.AT_ResetOptions,
    AlterTableType.AT_SetRelOptions,
    AlterTableType.AT_ResetRelOptions,
    AlterTableType.AT_ClusterOn,
    AlterTableType.AT_DropCluster,
    AlterTableType.AT_AttachPartition,
)


def strong_locks(statement: Statement, indexes: dict[str, str]) -> list[str]:
    """Return the names of the tables; `indexes` has the table of each index, which DROP INDEX does not name."""
    if isinstance(statement.node, ast.CreateFunctionStmt):
        return []  # its body runs later; that of a DO block runs now
    return [table for node in statement.nodes for table in (*_altered(node), *_added(node), *_dropped(node, indexes))]


def _altered(node: Node) -> Iterator[str]:
    match node:
        case ast.AlterTableStmt(objtype=ObjectType.OBJECT_TABLE, cmds=commands):
            if not all(map(_is_weak, commands)):
                yield node.relation.relname
            yield from (command.def_.name.relname for command in commands if isinstance(command.def_, ast.PartitionCmd))
        case ast.RenameStmt(relation=ast.RangeVar(), renameType=kind) if kind != ObjectType.OBJECT_INDEX:
            yield node.relation.relname
        case ast.TruncateStmt():
            yield from (table.relname for table in node.relations)
        case ast.LockStmt() if node.mode > SHARE_UPDATE_EXCLUSIVE:
            yield from (table.relname for table in node.relations)


def _is_weak(command: Node) -> bool:
    is_concurrent = isinstance(command.def_, ast.PartitionCmd) and command.def_.concurrent
    return command.subtype in WEAK or is_concurrent


def _added(node: Node) -> Iterator[str]:
    match node:
        case ast.CreateStmt(partbound=ast.PartitionBoundSpec()):
            yield from (parent.relname for parent in node.inhRelations)
        case ast.IndexStmt(concurrent=False) | ast.CreateTrigStmt() | ast.RuleStmt():
            yield node.relation.relname
        case ast.CreatePolicyStmt() | ast.AlterPolicyStmt():
            yield node.table.relname
        case ast.Constraint(pktable=ast.RangeVar()):
            yield node.pktable.relname  # a foreign key locks the table that it references too


def _dropped(node: Node, indexes: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.DropStmt) and not node.concurrent:
        for effect in dropped(node):
            if effect.kind == "index":
                yield indexes.get(effect.name, effect.name)
            elif effect.kind in RELATIONS:
                yield effect.name
            elif effect.table:
                yield effect.table
