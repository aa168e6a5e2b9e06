"""The tables, columns and CHECKs that the migration files create, as the last of them leaves them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pglast.enums import AlterTableType, BoolExprType, ConstrType, ObjectType
from pglast.stream import RawStream

from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.sql_analysis.schema_state import columns_in


@dataclass(frozen=True)
class Column:
    """A column: its type with its collation, its default (empty without one), its comment."""

    type: str
    is_required: bool = False
    default: str = ""
    comment: str = ""

    def definition(self) -> str:
        """Return what stands after its name in a CREATE TABLE."""
        default = f" DEFAULT {self.default}" if self.default else ""
        return f"{self.type}{' NOT NULL' if self.is_required else ''}{default}"


@dataclass(frozen=True)
class Check:
    """A CHECK: its expression, the columns in it, and its comment.

    `terms` are the expressions that AND joins, or the one that there is, each with its columns.
    """

    expression: str
    terms: tuple[tuple[str, frozenset[str]], ...]
    comment: str = ""

    @property
    def columns(self) -> frozenset[str]:
        """The columns in it."""
        return frozenset().union(*(columns for _, columns in self.terms))

    def without(self, column: str) -> str:
        """Return the expression without the terms in which a column is; empty where it is in all of them."""
        return " AND ".join(term for term, columns in self.terms if column not in columns)


@dataclass
class Table:
    """The columns and the CHECKs of a table, by name."""

    columns: dict[str, Column] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)


def tables(statements: Iterable[Node]) -> dict[str, Table]:
    """Return the tables that the statements create and leave, by name."""
    found: dict[str, Table] = {}
    for statement in statements:
        _run(statement, found)
    return found


def column_of(node: Node) -> Column:
    """Return what a node of the grammar defines as a column."""
    collation = f" {RawStream()(node.collClause)}" if node.collClause else ""
    column = Column(f"{RawStream()(node.typeName)}{collation}")
    for constraint in node.constraints or ():
        if constraint.contype == ConstrType.CONSTR_NOTNULL:
            column = replace(column, is_required=True)
        elif constraint.contype == ConstrType.CONSTR_DEFAULT:
            column = replace(column, default=RawStream()(constraint.raw_expr))
    return column


def _run(node: Node, found: dict[str, Table]) -> None:
    match node:
        case ast.CreateStmt():
            table = found[node.relation.relname] = Table()
            for element in node.tableElts or ():
                _add(table, element)
        case ast.AlterTableStmt() if node.relation.relname in found:
            for command in node.cmds:
                _alter(found[node.relation.relname], command)
        case ast.DropStmt(removeType=ObjectType.OBJECT_TABLE):
            for name in node.objects:
                found.pop(words(name)[-1], None)
        case ast.RenameStmt(renameType=ObjectType.OBJECT_TABLE) if node.relation.relname in found:
            found[node.newname] = found.pop(node.relation.relname)
        case ast.RenameStmt(renameType=ObjectType.OBJECT_COLUMN) if node.relation.relname in found:
            columns = found[node.relation.relname].columns
            columns[node.newname] = columns.pop(node.subname)
        case ast.CommentStmt(objtype=ObjectType.OBJECT_COLUMN | ObjectType.OBJECT_TABCONSTRAINT):
            *_, table_name, name = words(node.object)
            _comment(found.get(table_name, Table()), name, node.comment or "")


def _add(table: Table, element: Node) -> None:
    if isinstance(element, ast.ColumnDef):
        table.columns[element.colname] = column_of(element)
    elif isinstance(element, ast.Constraint) and element.contype == ConstrType.CONSTR_CHECK:
        table.checks[element.conname] = _check(element.raw_expr)


def _check(expression: Node) -> Check:
    is_and = isinstance(expression, ast.BoolExpr) and expression.boolop == BoolExprType.AND_EXPR
    terms = expression.args if is_and else (expression,)
    return Check(RawStream()(expression), tuple((_term(term), frozenset(columns_in(term))) for term in terms))


def _term(node: Node) -> str:
    text = RawStream()(node)
    return f"({text})" if isinstance(node, ast.BoolExpr) and node.boolop == BoolExprType.OR_EXPR else text


def _alter(table: Table, command: Node) -> None:
    column = table.columns.get(command.name)
    match command.subtype:
        case AlterTableType.AT_AddColumn | AlterTableType.AT_AddConstraint:
            _add(table, command.def_)
        case AlterTableType.AT_DropColumn:
            table.columns.pop(command.name, None)
        case AlterTableType.AT_DropConstraint:
            table.checks.pop(command.name, None)
        case AlterTableType.AT_AlterColumnType if column:
            table.columns[command.name] = replace(column, type=column_of(command.def_).type)
        case AlterTableType.AT_SetNotNull | AlterTableType.AT_DropNotNull if column:
            is_required = command.subtype == AlterTableType.AT_SetNotNull
            table.columns[command.name] = replace(column, is_required=is_required)
        case AlterTableType.AT_ColumnDefault if column:
            default = RawStream()(command.def_) if command.def_ else ""
            table.columns[command.name] = replace(column, default=default)


def _comment(table: Table, name: str, comment: str) -> None:
    if name in table.columns:
        table.columns[name] = replace(table.columns[name], comment=comment)
    elif name in table.checks:
        table.checks[name] = replace(table.checks[name], comment=comment)
