"""The tables that a statement locks, and how strongly. The tests compare it with the pg_locks of servers.

Left out is what releases of PostgreSQL differ in: GRANT takes no lock, or ACCESS SHARE.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from pglast.enums import AlterTableType, ConstrType, DropBehavior, ObjectType

from messenger_db.sql_analysis.effects import RELATIONS, Effect, dropped
from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.sql_analysis.schema_state import SchemaState, sources_of


class Mode(IntEnum):
    """PostgreSQL's modes of table locks, weakest first, with its own numbers."""

    ACCESS_SHARE = 1
    ROW_SHARE = 2
    ROW_EXCLUSIVE = 3
    SHARE_UPDATE_EXCLUSIVE = 4
    SHARE = 5
    SHARE_ROW_EXCLUSIVE = 6
    EXCLUSIVE = 7
    ACCESS_EXCLUSIVE = 8

    def __str__(self) -> str:
        """Return PostgreSQL's name."""
        return self.name.replace("_", " ")

    @property
    def is_strong(self) -> bool:
        """Whether it keeps other sessions from writing or reading."""
        return self > Mode.SHARE_UPDATE_EXCLUSIVE

    @property
    def stops(self) -> str:
        """Who waits for it."""
        if self == Mode.ACCESS_EXCLUSIVE:
            return "readers and writers"
        return "writers" if self.is_strong else "DDL"


class Lock(NamedTuple):
    """A lock on a table; an implied one is on a table that the statement does not name."""

    table: str
    mode: Mode
    is_implied: bool = False


# The forms of ALTER TABLE that take a weaker lock than ACCESS EXCLUSIVE.
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
STRONG_OPTIONS = ("user_catalog_table",)  # of those that SET (...) gives a table

OF_A_TABLE = (
    ObjectType.OBJECT_TABCONSTRAINT,
    ObjectType.OBJECT_TRIGGER,
    ObjectType.OBJECT_POLICY,
    ObjectType.OBJECT_RULE,
)

# Commands that do not descend to partitions.
OF_THE_PARENT = (AlterTableType.AT_AttachPartition, AlterTableType.AT_ChangeOwner, AlterTableType.AT_SetRelOptions)


def locks(node: Node, state: SchemaState) -> Iterator[Lock]:
    """Yield the locks that a node of a statement takes on tables in the state before the statement."""
    match node:
        case ast.AlterTableStmt():
            yield from _altered(node, state)
        case ast.DropStmt():
            for effect in dropped(node):
                yield from _dropped(node, effect, state)
        case ast.RenameStmt() | ast.AlterObjectSchemaStmt() | ast.CommentStmt():
            yield from _described(node, state)
        case ast.VacuumStmt() | ast.ClusterStmt() | ast.ReindexStmt() | ast.RefreshMatViewStmt():
            yield from _maintained(node, state)
        case ast.SelectStmt() | ast.InsertStmt() | ast.UpdateStmt() | ast.DeleteStmt() | ast.MergeStmt():
            yield from _rows(node)
        case ast.TruncateStmt() | ast.LockStmt():
            yield from _locked(node, state)
        case _:
            yield from _created(node, state)


def _altered(node: Node, state: SchemaState) -> Iterator[Lock]:
    table, is_table = node.relation.relname, node.objtype == ObjectType.OBJECT_TABLE
    if not is_table and node.objtype not in (ObjectType.OBJECT_VIEW, ObjectType.OBJECT_MATVIEW):
        return
    mode = max(map(_mode, node.cmds)) if is_table else Mode.ACCESS_EXCLUSIVE
    yield Lock(table, mode)
    if is_table and node.relation.inh and not all(command.subtype in OF_THE_PARENT for command in node.cmds):
        yield from (Lock(partition, mode, True) for partition in state.partitions(table))
    for command in node.cmds:
        yield from _elsewhere(table, command, state)


def _elsewhere(table: str, command: Node, state: SchemaState) -> Iterator[Lock]:
    """Yield the locks that a form of ALTER TABLE takes on other tables."""
    keys = state.table(table).foreign_keys
    match command.subtype:
        case AlterTableType.AT_AttachPartition | AlterTableType.AT_DetachPartition:
            yield Lock(command.def_.name.relname, Mode.ACCESS_EXCLUSIVE)
            yield from _default(table, state)
        case AlterTableType.AT_ValidateConstraint if command.name in keys:
            yield Lock(keys[command.name].target, Mode.ROW_SHARE, True)
        case AlterTableType.AT_DropColumn | AlterTableType.AT_DropConstraint:
            for name, key in keys.items():
                if command.name == name or command.name in key.columns:
                    yield Lock(key.target, Mode.ACCESS_EXCLUSIVE, True)
            if command.behavior == DropBehavior.DROP_CASCADE:
                yield from (Lock(other, Mode.ACCESS_EXCLUSIVE, True) for other in state.referencing(table))


def _mode(command: Node) -> Mode:
    """Return the mode of a form of ALTER TABLE."""
    if isinstance(command.def_, ast.PartitionCmd) and command.def_.concurrent:
        return Mode.SHARE_UPDATE_EXCLUSIVE
    if isinstance(command.def_, ast.Constraint) and command.def_.contype == ConstrType.CONSTR_FOREIGN:
        return Mode.SHARE_ROW_EXCLUSIVE
    if "Trig" in command.subtype.name:
        return Mode.SHARE_ROW_EXCLUSIVE
    if isinstance(command.def_, tuple) and any(option.defname in STRONG_OPTIONS for option in command.def_):
        return Mode.ACCESS_EXCLUSIVE
    return Mode.SHARE_UPDATE_EXCLUSIVE if command.subtype in WEAK else Mode.ACCESS_EXCLUSIVE


def _default(parent: str, state: SchemaState) -> Iterator[Lock]:
    if default := state.default_partition(parent):
        yield Lock(default, Mode.ACCESS_EXCLUSIVE, True)


def _dropped(node: Node, effect: Effect, state: SchemaState) -> Iterator[Lock]:
    mode = Mode.SHARE_UPDATE_EXCLUSIVE if node.concurrent else Mode.ACCESS_EXCLUSIVE
    if effect.kind == "index":
        yield Lock(state.table_of_index(effect.name), mode)
    elif effect.kind == "statistics" and effect.name in state.statistics:
        yield Lock(state.statistics[effect.name], Mode.SHARE_UPDATE_EXCLUSIVE)
    elif effect.kind in RELATIONS:
        yield Lock(effect.name, mode)
        yield from (Lock(child, mode, True) for child in state.partitions(effect.name))
        table = state.table(effect.name)
        yield from (Lock(key.target, mode, True) for key in table.foreign_keys.values())
        if table.parent:
            yield Lock(table.parent, mode, True)
            yield from _default(table.parent, state)
        if node.behavior == DropBehavior.DROP_CASCADE:
            yield from (Lock(other, mode, True) for other in _depending(effect.name, state))
    elif effect.table:
        yield Lock(effect.table, mode)


def _depending(table: str, state: SchemaState) -> list[str]:
    return state.referencing(table) + [name for name, other in state.tables.items() if table in other.sources]


def _described(node: Node, state: SchemaState) -> Iterator[Lock]:
    match node:
        case ast.RenameStmt(relation=ast.RangeVar()) if node.renameType != ObjectType.OBJECT_INDEX:
            yield Lock(node.relation.relname, Mode.ACCESS_EXCLUSIVE)
            if node.renameType == ObjectType.OBJECT_COLUMN:
                for child in state.partitions(node.relation.relname):
                    yield Lock(child, Mode.ACCESS_EXCLUSIVE, True)
        case ast.AlterObjectSchemaStmt(relation=ast.RangeVar()):
            yield Lock(node.relation.relname, Mode.ACCESS_EXCLUSIVE)
        case ast.CommentStmt(objtype=ObjectType.OBJECT_TABLE | ObjectType.OBJECT_VIEW | ObjectType.OBJECT_MATVIEW):
            yield Lock(words(node.object)[-1], Mode.SHARE_UPDATE_EXCLUSIVE)
        case ast.CommentStmt(objtype=ObjectType.OBJECT_COLUMN):
            yield Lock(words(node.object)[-2], Mode.SHARE_UPDATE_EXCLUSIVE)
        case ast.CommentStmt(objtype=kind) if kind in OF_A_TABLE:
            yield Lock(words(node.object)[-2], Mode.ACCESS_SHARE)


def _maintained(node: Node, state: SchemaState) -> Iterator[Lock]:
    match node:
        case ast.VacuumStmt(rels=relations):
            is_full = any(option.defname == "full" for option in node.options or ())
            mode = Mode.ACCESS_EXCLUSIVE if is_full else Mode.SHARE_UPDATE_EXCLUSIVE
            yield from (Lock(relation.relation.relname, mode) for relation in relations or ())
        case ast.ClusterStmt(relation=ast.RangeVar()):
            yield Lock(node.relation.relname, Mode.ACCESS_EXCLUSIVE)
        case ast.ReindexStmt(relation=ast.RangeVar()):
            is_concurrent = any(option.defname == "concurrently" for option in node.params or ())
            mode = Mode.SHARE_UPDATE_EXCLUSIVE if is_concurrent else Mode.SHARE
            yield Lock(state.table_of_index(node.relation.relname), mode)
        case ast.RefreshMatViewStmt():
            yield Lock(node.relation.relname, Mode.EXCLUSIVE if node.concurrent else Mode.ACCESS_EXCLUSIVE)
            for table in state.table(node.relation.relname).sources:
                yield Lock(table, Mode.ACCESS_SHARE, True)


def _rows(node: Node) -> Iterator[Lock]:
    if isinstance(node, ast.SelectStmt):
        mode = Mode.ROW_SHARE if node.lockingClause else Mode.ACCESS_SHARE
        yield from (Lock(table, mode) for table in sources_of(node.fromClause or ()))
    else:
        yield Lock(node.relation.relname, Mode.ROW_EXCLUSIVE)
        yield from (Lock(table, Mode.ACCESS_SHARE) for table in sources_of(node) if table != node.relation.relname)


def _locked(node: Node, state: SchemaState) -> Iterator[Lock]:
    mode = Mode(node.mode) if isinstance(node, ast.LockStmt) else Mode.ACCESS_EXCLUSIVE
    for relation in node.relations:
        yield Lock(relation.relname, mode)
        yield from (Lock(child, mode, True) for child in state.partitions(relation.relname))
        if isinstance(node, ast.TruncateStmt) and node.behavior == DropBehavior.DROP_CASCADE:
            yield from (Lock(other, mode, True) for other in state.referencing(relation.relname))


def _created(node: Node, state: SchemaState) -> Iterator[Lock]:
    match node:
        case ast.CreateStmt(inhRelations=tuple() as parents):
            mode = Mode.ACCESS_EXCLUSIVE if node.partbound else Mode.SHARE_UPDATE_EXCLUSIVE
            for parent in parents:
                yield Lock(parent.relname, mode)
                yield from _default(parent.relname, state) if node.partbound else ()
        case ast.CreateTableAsStmt() | ast.ViewStmt():
            if isinstance(node, ast.ViewStmt) and node.view.relname in state.tables:
                yield Lock(node.view.relname, Mode.ACCESS_EXCLUSIVE)
            yield from (Lock(table, Mode.ACCESS_SHARE) for table in sources_of(node.query))
        case ast.IndexStmt() | ast.CreateTrigStmt():
            mode = _mode_of_part(node)
            yield Lock(node.relation.relname, mode)
            if node.relation.inh:
                yield from (Lock(partition, mode, True) for partition in state.partitions(node.relation.relname))
        case _ if type(node) in ON_ONE_TABLE:
            path, mode = ON_ONE_TABLE[type(node)]
            if relation := getattr(node, path):
                yield Lock((relation[0] if isinstance(relation, tuple) else relation).relname, mode)


def _mode_of_part(node: Node) -> Mode:
    if isinstance(node, ast.CreateTrigStmt):
        return Mode.SHARE_ROW_EXCLUSIVE
    return Mode.SHARE_UPDATE_EXCLUSIVE if node.concurrent else Mode.SHARE


# Where a node names the one table that it locks. A foreign key locks the table that it references.
ON_ONE_TABLE = {
    ast.RuleStmt: ("relation", Mode.ACCESS_EXCLUSIVE),
    ast.CreatePolicyStmt: ("table", Mode.ACCESS_EXCLUSIVE),
    ast.AlterPolicyStmt: ("table", Mode.ACCESS_EXCLUSIVE),
    ast.CreateStatsStmt: ("relations", Mode.SHARE_UPDATE_EXCLUSIVE),
    ast.Constraint: ("pktable", Mode.SHARE_ROW_EXCLUSIVE),
    ast.TableLikeClause: ("relation", Mode.ACCESS_SHARE),
}
