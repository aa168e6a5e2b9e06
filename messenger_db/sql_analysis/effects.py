"""The objects that a statement creates, replaces or renames, and those that it drops."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pglast.enums import AlterTableType, ObjectType

from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.sql_analysis.parse import Statement

RELATIONS = ("table", "view", "materialized view")  # their indexes, triggers and so on are dropped with them

# Kinds of object that are named after their table, as in `ALTER TABLE notes DROP CONSTRAINT c`.
OF_A_TABLE = ("column", "constraint", "trigger", "policy", "rule")

# Other names than PostgreSQL's; CREATE PROCEDURE does not tell that it creates no function.
KINDS = {
    ObjectType.OBJECT_TABCONSTRAINT: "constraint",
    ObjectType.OBJECT_MATVIEW: "materialized view",
    ObjectType.OBJECT_STATISTIC_EXT: "statistics",
    ObjectType.OBJECT_PROCEDURE: "function",
    ObjectType.OBJECT_ROUTINE: "function",
}


class Effect(NamedTuple):
    """An effect of a statement that a rollback must undo; the object is dropped with its `table`, if it has one."""

    act: str
    kind: str
    name: str
    table: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """The part that the effect has in common with its opposite: DROP INDEX does not name the table."""
        return self.act, self.kind, self.name

    def __str__(self) -> str:
        """Name the object for people."""
        return f"{self.kind} {self.name}"


# Where a statement keeps the name of what it creates, and the table that this belongs to.
CREATIONS: dict[type, tuple[str, str, str]] = {
    ast.CreateStmt: ("table", "relation", ""),
    ast.IndexStmt: ("index", "idxname", "relation"),
    ast.CreateTrigStmt: ("trigger", "trigname", "relation"),
    ast.CreatePolicyStmt: ("policy", "policy_name", "table"),
    ast.RuleStmt: ("rule", "rulename", "relation"),
    ast.CreateFunctionStmt: ("function", "funcname", ""),
    ast.ViewStmt: ("view", "view", ""),
    ast.CreateSeqStmt: ("sequence", "sequence", ""),
    ast.CreateDomainStmt: ("domain", "domainname", ""),
    ast.CreateEnumStmt: ("type", "typeName", ""),
    ast.CreateRangeStmt: ("type", "typeName", ""),
    ast.CompositeTypeStmt: ("type", "typevar", ""),
    ast.CreateExtensionStmt: ("extension", "extname", ""),
}


def created(node: Node) -> Iterator[Effect]:
    """Yield what a statement creates, replaces or renames."""
    match node:
        case ast.AlterTableStmt():
            yield from _added(node)
        case ast.RenameStmt():
            yield _renaming(node, _old_name(node), node.newname)
        case ast.CreateFunctionStmt(replace=True) | ast.ViewStmt(replace=True):
            yield _replacement(node)
        case ast.CreateTableAsStmt():
            yield _creation(_kind(node.objtype), node.into.rel)
        case ast.DefineStmt():
            yield _creation(_kind(node.kind), node.defnames)
        case ast.CreateStatsStmt():
            yield _creation("statistics", node.defnames, node.relations[0])
        case _ if type(node) in CREATIONS:
            kind, name, table = CREATIONS[type(node)]
            yield _creation(kind, getattr(node, name), getattr(node, table) if table else None)


def dropped(node: Node) -> Iterator[Effect]:
    """Yield what a statement drops, puts back or renames back, as `created` yields it for the opposite statement."""
    match node:
        case ast.DropStmt():
            yield from _dropped(node)
        case ast.AlterTableStmt():
            yield from _removed(node)
        case ast.RenameStmt():
            yield _renaming(node, node.newname, _old_name(node))
        case ast.CreateFunctionStmt(replace=True) | ast.ViewStmt(replace=True):
            yield _replacement(node)


def parents(statements: Iterable[Statement]) -> dict[str, str]:
    """Return the parent of each table that the statements leave as a partition: it is dropped with its parent."""
    found: dict[str, str] = {}
    for statement in statements:
        match statement.node:
            case ast.CreateStmt(partbound=ast.PartitionBoundSpec(), inhRelations=(parent,)) as node:
                found[node.relation.relname] = parent.relname
            case ast.AlterTableStmt(relation=parent, cmds=commands):
                for command in commands:
                    if command.subtype == AlterTableType.AT_AttachPartition:
                        found[command.def_.name.relname] = parent.relname
                    elif command.subtype == AlterTableType.AT_DetachPartition:
                        found.pop(command.def_.name.relname, None)
    return found


def tables_of_indexes(statements: Iterable[Statement]) -> dict[str, str]:
    """Return the table of each index that the statements create."""
    effects = (effect for statement in statements for effect in created(statement.node))
    return {effect.name: effect.table for effect in effects if effect.kind == "index" and effect.table}


def own_parts(kind: ObjectType) -> int:
    """Return how many parts a name of this kind has without its schema."""
    return 2 if _kind(kind) in OF_A_TABLE else 1


def _kind(kind: ObjectType) -> str:
    return KINDS.get(kind, kind.name.removeprefix("OBJECT_").replace("_", " ").lower())


def _name(value: Node) -> str:
    """Return the last part of a name, which is given as text, as a table, as strings or not at all."""
    if isinstance(value, ast.RangeVar):
        return str(value.relname)
    if isinstance(value, str):
        return value
    return words(value)[-1] if value else "(without a name)"


def _creation(kind: str, name: Node, table: Node = None) -> Effect:
    of = _name(table) if table else None
    return Effect("creates", kind, f"{of}.{_name(name)}" if kind in OF_A_TABLE else _name(name), of)


def _added(node: Node) -> Iterator[Effect]:
    for command in node.cmds:
        if command.subtype == AlterTableType.AT_AddColumn:
            yield _creation("column", command.def_.colname, node.relation)
        elif command.subtype == AlterTableType.AT_AddConstraint:
            yield _creation("constraint", command.def_.conname, node.relation)


def _removed(node: Node) -> Iterator[Effect]:
    for command in node.cmds:
        if command.subtype == AlterTableType.AT_DropColumn:
            yield _creation("column", command.name, node.relation)
        elif command.subtype == AlterTableType.AT_DropConstraint:
            yield _creation("constraint", command.name, node.relation)


def _dropped(node: Node) -> Iterator[Effect]:
    for name in node.objects:
        *table, own = words(name)[-own_parts(node.removeType) :]
        yield _creation(_kind(node.removeType), own, *table)


def _replacement(node: Node) -> Effect:
    kind, name, _ = CREATIONS[type(node)]
    return Effect("replaces", kind, _name(getattr(node, name)))


def _old_name(node: Node) -> str:
    return str(node.subname or _name(node.relation or node.object))


def _renaming(node: Node, old: str, new: str) -> Effect:
    table = node.relation.relname if node.subname and node.relation else None
    return Effect("renames", _kind(node.renameType), f"{table}.{old} to {new}" if table else f"{old} to {new}", table)
