"""The tables that a series of statements leaves, with what rules about rows need: keys, defaults and triggers."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pglast.enums import AlterTableType, ConstrType, ObjectType

from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.sql_analysis.parse import Statement

# The bits of CREATE TRIGGER's events.
INSERT, UPDATE = 4, 16


@dataclass(frozen=True)
class Trigger:
    """A trigger for each row: its events, as bits, and the columns of UPDATE OF, none for all."""

    events: int
    columns: frozenset[str]

    def fires_for_update_of(self, columns: Iterable[str]) -> bool:
        """Return whether it fires when any of the columns is updated."""
        return bool(self.events & UPDATE) and (not self.columns or self.columns.issuperset(columns))


@dataclass
class Table:
    """A table: its columns, each with whether it has a default; its primary key; its triggers for each row."""

    columns: dict[str, bool] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    triggers: dict[str, Trigger] = field(default_factory=dict)


def tables_after(statements: Iterable[Statement]) -> dict[str, Table]:
    """Return the tables by name."""
    tables: dict[str, Table] = {}
    for statement in statements:
        _follow(statement.node, tables)
    return tables


def _follow(node: Node, tables: dict[str, Table]) -> None:
    match node:
        case ast.CreateStmt():
            table = tables[node.relation.relname] = Table()
            for element in node.tableElts or ():
                _add(element, table)
        case ast.AlterTableStmt(relation=ast.RangeVar(relname=name)) if name in tables:
            for command in node.cmds:
                _alter(command, tables[name])
        case ast.CreateTrigStmt(row=True) if node.relation.relname in tables:
            columns = frozenset(column.sval for column in node.columns or ())
            tables[node.relation.relname].triggers[node.trigname] = Trigger(node.events, columns)
        case ast.RenameStmt(relation=ast.RangeVar(relname=name)) if name in tables:
            _rename(node, name, tables)
        case ast.DropStmt():
            _drop(node, tables)


def _add(element: Node, table: Table) -> None:
    match element:
        case ast.ColumnDef():
            kinds = [constraint.contype for constraint in element.constraints or ()]
            table.columns[element.colname] = ConstrType.CONSTR_DEFAULT in kinds
            if ConstrType.CONSTR_PRIMARY in kinds:
                table.key = (element.colname,)
        case ast.Constraint(contype=ConstrType.CONSTR_PRIMARY) if element.keys:
            table.key = tuple(column.sval for column in element.keys)


def _alter(command: Node, table: Table) -> None:
    match command.subtype:
        case AlterTableType.AT_AddColumn | AlterTableType.AT_AddConstraint:
            _add(command.def_, table)
        case AlterTableType.AT_ColumnDefault:
            table.columns[command.name] = command.def_ is not None
        case AlterTableType.AT_DropColumn:
            table.columns.pop(command.name, None)


def _rename(node: Node, name: str, tables: dict[str, Table]) -> None:
    table = tables[name]
    if node.renameType == ObjectType.OBJECT_TABLE:
        tables[node.newname] = tables.pop(name)
    elif node.renameType == ObjectType.OBJECT_COLUMN:
        table.columns[node.newname] = table.columns.pop(node.subname, False)
        table.key = tuple(node.newname if column == node.subname else column for column in table.key)
    elif node.renameType == ObjectType.OBJECT_TRIGGER and node.subname in table.triggers:
        table.triggers[node.newname] = table.triggers.pop(node.subname)


def _drop(node: Node, tables: dict[str, Table]) -> None:
    for name in node.objects or ():
        parts = words(name)
        if node.removeType == ObjectType.OBJECT_TABLE:
            tables.pop(parts[-1], None)
        elif node.removeType == ObjectType.OBJECT_TRIGGER and len(parts) > 1 and parts[-2] in tables:
            tables[parts[-2]].triggers.pop(parts[-1], None)
