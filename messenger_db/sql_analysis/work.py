"""What a statement reads or rewrites, on which depends how long it keeps its locks.

Whether a rewrite or a read is needed depends on what is there: the state before the statement. What is not known counts
as needed.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from pglast.enums import AlterTableType, BoolExprType, ConstrType, NullTestType

from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.sql_analysis.schema_state import (
    Column,
    SchemaState,
    Table,
    column_of,
    columns_in,
    functions_in,
    sources_of,
)


class Kind(IntEnum):
    """How long a statement takes, shortest first."""

    MOMENT = 0
    READ = 1
    REWRITE = 2

    def __str__(self) -> str:
        """Name it for people."""
        return ("a moment", "a read of the table", "a rewrite")[self]


class Work(NamedTuple):
    """A table that a statement reads or rewrites as a whole."""

    kind: Kind
    table: str


REWRITES = (
    AlterTableType.AT_SetLogged,
    AlterTableType.AT_SetUnLogged,
    AlterTableType.AT_SetAccessMethod,
    AlterTableType.AT_SetTableSpace,
    AlterTableType.AT_SetExpression,
)

# Constraints whose addition builds an index.
BUILDS_INDEX = (ConstrType.CONSTR_PRIMARY, ConstrType.CONSTR_UNIQUE, ConstrType.CONSTR_EXCLUSION)

# PostgreSQL's own functions that defaults use, and that have one value for all rows. Any other may be volatile.
STABLE = {
    "array_fill",
    "btrim",
    "concat",
    "current_database",
    "current_schema",
    "current_setting",
    "date_trunc",
    "json_build_array",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "length",
    "lower",
    "make_date",
    "make_interval",
    "make_timestamptz",
    "md5",
    "now",
    "repeat",
    "statement_timestamp",
    "timezone",
    "to_char",
    "to_date",
    "to_timestamp",
    "transaction_timestamp",
    "upper",
}
SERIAL = {"smallserial", "serial", "bigserial", "serial2", "serial4", "serial8"}


def work(node: Node, state: SchemaState) -> Iterator[Work]:
    """Yield what a node of a statement reads or rewrites as a whole, beyond a moment."""
    match node:
        case ast.AlterTableStmt():
            yield from _altered(node, state)
        case ast.IndexStmt():
            partitions = state.partitions(node.relation.relname)
            if node.relation.inh or not partitions:
                yield from (Work(Kind.READ, table) for table in partitions or [node.relation.relname])
        case ast.CreateStmt(partbound=ast.PartitionBoundSpec(), inhRelations=(parent,)):
            yield from _default_partition(parent.relname, state)
        case ast.CreateTableAsStmt(into=ast.IntoClause(skipData=False)):
            for table in sources_of(node.query):
                yield Work(Kind.READ, table)
        case ast.RefreshMatViewStmt():
            yield Work(Kind.READ if node.concurrent else Kind.REWRITE, node.relation.relname)
            for table in state.table(node.relation.relname).sources:
                yield Work(Kind.READ, table)
        case ast.VacuumStmt() | ast.ClusterStmt() | ast.ReindexStmt():
            yield from _maintained(node, state)
        case _:
            yield from _rows(node)


def is_volatile(expression: Node, state: SchemaState) -> bool:
    """Return whether an expression can have another value for each row."""
    return not all(_is_stable(state, name) for name in functions_in(expression))


def is_widening(old: Column | None, new: Column) -> bool:
    """Return whether a change of a column's type changes the catalog alone."""
    match old, new:
        case Column("varchar", before), Column("varchar", after):
            return not after or bool(before and before <= after)
        case Column("varchar" | "text"), Column("text" | "varchar", ()):
            return True
        case Column("numeric", before), Column("numeric", after):
            return not after or bool(before and before[0] <= after[0] and before[1:] == after[1:])
        case Column("varbit", before), Column("varbit", after):
            return not after or bool(before and before <= after)
        case Column("cidr", ()), Column("inet", ()):
            return True
    return old is not None and old[:2] == new[:2]


def proves_not_null(table: Table, column: str) -> bool:
    """Return whether a column is NOT NULL already, or a valid CHECK says that it has no NULL."""
    is_known = column in table.columns and table.columns[column].is_not_null
    valid = (check.expression for check in table.checks.values() if check.is_valid)
    return is_known or any(_forbids_null(expression, column) for expression in valid)


def is_bounded(where: Node) -> bool:
    """Return whether a condition compares a column with constants, as one that finds few rows does."""
    match where:
        case ast.BoolExpr(boolop=BoolExprType.AND_EXPR, args=parts):
            return any(map(is_bounded, parts))
        case ast.A_Expr(lexpr=ast.ColumnRef(), rexpr=value, name=(ast.String(sval="=" | "BETWEEN"),)):
            return _is_constant(value)
        case ast.A_Const(val=ast.Boolean(boolval=False)):
            return True
    return False


def _altered(node: Node, state: SchemaState) -> Iterator[Work]:
    table = node.relation.relname
    for command in node.cmds:
        if isinstance(command.def_, ast.PartitionCmd):
            if command.subtype == AlterTableType.AT_AttachPartition:
                yield Work(Kind.READ, command.def_.name.relname)
                yield from _default_partition(table, state)
        elif kind := _command(table, command, state):
            yield Work(kind, table)


def _command(table: str, command: Node, state: SchemaState) -> Kind:
    if command.subtype in REWRITES:
        return Kind.REWRITE
    kind = Kind.MOMENT
    match command.subtype:
        case AlterTableType.AT_AddColumn:
            kind = _added_column(command.def_, state)
        case AlterTableType.AT_AlterColumnType:
            kind = _changed_type(table, command, state)
        case AlterTableType.AT_SetNotNull if not proves_not_null(state.table(table), command.name):
            kind = Kind.READ
        case AlterTableType.AT_AddConstraint:
            kind = _constraint(table, command.def_, state)
        case AlterTableType.AT_ValidateConstraint:
            kind = Kind.READ
    return kind


def _added_column(column: Node, state: SchemaState) -> Kind:
    constraints = column.constraints or ()
    kinds = {constraint.contype for constraint in constraints}
    is_stored = any(
        constraint.contype == ConstrType.CONSTR_GENERATED and constraint.generated_kind != "v"
        for constraint in constraints
    )
    defaults = [constraint.raw_expr for constraint in constraints if constraint.contype == ConstrType.CONSTR_DEFAULT]
    if (
        is_stored
        or ConstrType.CONSTR_IDENTITY in kinds
        or words(column.typeName.names)[-1] in SERIAL
        or any(is_volatile(default, state) for default in defaults)
    ):
        return Kind.REWRITE
    needs_read = {ConstrType.CONSTR_CHECK, *BUILDS_INDEX}
    # A new column without a default is NULL everywhere: no key to look up, but a NOT NULL to be found wrong.
    needs_read.add(ConstrType.CONSTR_FOREIGN if defaults else ConstrType.CONSTR_NOTNULL)
    return Kind.READ if kinds & needs_read else Kind.MOMENT


def _changed_type(table: str, command: Node, state: SchemaState) -> Kind:
    known = state.table(table)
    new = column_of(command.def_)
    if command.def_.raw_default or not is_widening(known.columns.get(command.name), new):
        return Kind.REWRITE
    is_checked = any(command.name in columns_in(check.expression) for check in known.checks.values())
    return Kind.READ if is_checked else Kind.MOMENT


def _constraint(table: str, constraint: Node, state: SchemaState) -> Kind:
    if constraint.indexname:
        columns = state.indexes[constraint.indexname].columns if constraint.indexname in state.indexes else ()
        is_primary = constraint.contype == ConstrType.CONSTR_PRIMARY
        is_proved = all(proves_not_null(state.table(table), column) for column in columns) and bool(columns)
        return Kind.READ if is_primary and not is_proved else Kind.MOMENT
    if constraint.contype == ConstrType.CONSTR_NOTNULL and not constraint.skip_validation:
        is_proved = all(proves_not_null(state.table(table), column) for column in words(constraint.keys))
        return Kind.MOMENT if is_proved else Kind.READ
    return Kind.MOMENT if constraint.skip_validation else Kind.READ


def _default_partition(parent: str, state: SchemaState) -> Iterator[Work]:
    if default := state.default_partition(parent):
        yield Work(Kind.READ, default)


def _maintained(node: Node, state: SchemaState) -> Iterator[Work]:
    match node:
        case ast.VacuumStmt(rels=relations):
            is_full = any(option.defname == "full" for option in node.options or ())
            for relation in relations or ():
                yield Work(Kind.REWRITE if is_full else Kind.READ, relation.relation.relname)
        case ast.ClusterStmt(relation=ast.RangeVar()):
            yield Work(Kind.REWRITE, node.relation.relname)
        case ast.ReindexStmt(relation=ast.RangeVar()):
            yield Work(Kind.READ, state.table_of_index(node.relation.relname))


def _rows(node: Node) -> Iterator[Work]:
    match node:
        case ast.SelectStmt(fromClause=sources) if not _finds_few(node):
            yield from (Work(Kind.READ, table) for table in _named(sources))
        case ast.UpdateStmt() if not is_bounded(node.whereClause):
            yield Work(Kind.REWRITE, node.relation.relname)
            yield from (Work(Kind.READ, table) for table in _named(node.fromClause))
        case ast.DeleteStmt() if not is_bounded(node.whereClause):
            yield Work(Kind.READ, node.relation.relname)
            yield from (Work(Kind.READ, table) for table in _named(node.usingClause))
        case ast.MergeStmt():
            yield Work(Kind.REWRITE, node.relation.relname)
            yield from (Work(Kind.READ, table) for table in _named(node.sourceRelation))


def _named(sources: Node) -> Iterator[str]:
    """Yield the tables of a FROM; queries in it have their own turn."""
    match sources:
        case tuple():
            for source in sources:
                yield from _named(source)
        case ast.RangeVar():
            yield sources.relname
        case ast.JoinExpr():
            yield from _named((sources.larg, sources.rarg))


def _finds_few(node: Node) -> bool:
    """Return whether a query ends before it has read all: EXISTS (SELECT FROM notes) and notes%ROWTYPE do too."""
    targets = [target.val for target in node.targetList or ()]
    is_probe = not node.whereClause and all(isinstance(target, ast.A_Const) for target in targets)
    return is_probe or bool(node.limitCount) or is_bounded(node.whereClause)


def _is_constant(value: Node) -> bool:
    match value:
        case ast.A_Const() | ast.ParamRef():
            return True
        case ast.TypeCast(arg=arg):
            return _is_constant(arg)
        case tuple():
            return all(map(_is_constant, value))
        case ast.A_ArrayExpr(elements=elements):
            return all(map(_is_constant, elements or ()))
    return False


def _forbids_null(expression: Node, column: str) -> bool:
    match expression:
        case ast.NullTest(nulltesttype=NullTestType.IS_NOT_NULL, arg=ast.ColumnRef(fields=fields)):
            return words(fields)[-1] == column
        case ast.BoolExpr(boolop=BoolExprType.AND_EXPR, args=parts):
            return any(_forbids_null(part, column) for part in parts)
    return False


def _is_stable(state: SchemaState, name: str) -> bool:
    if name not in state.functions:
        return name in STABLE
    options = state.functions[name].node.options or ()
    return any(option.defname == "volatility" and option.arg.sval in ("stable", "immutable") for option in options)
