"""SQL as a person would write it: without the casts that PostgreSQL spells out where it applies them by itself."""

from collections.abc import Container

from pglast import parse_sql
from pglast.enums import A_Expr_Kind
from pglast.stream import RawStream
from pglast.visitors import Ancestor, Visitor

from messenger_db.sql_analysis.nodes import Node, ast

TEXT = ("text", "varchar")

# `x = ANY (ARRAY[...])` is how the catalog keeps `x IN (...)`.
LISTS = {(A_Expr_Kind.AEXPR_OP_ANY, "="), (A_Expr_Kind.AEXPR_OP_ALL, "<>")}


def plain_expression(expression: str, texts: Container[str]) -> str:
    """Return an expression of the catalog without its implied casts; `texts` are the columns that hold text."""
    return plain_statement(f"SELECT {expression}", texts).removeprefix("SELECT ")


def plain_statement(text: str, texts: Container[str]) -> str:
    """Return a statement of the catalog without its implied casts; `texts` are the columns that hold text."""
    tree = parse_sql(text)
    _Plain(texts)(tree)
    return str(RawStream()(tree))


class _Plain(Visitor):
    def __init__(self, texts: Container[str]) -> None:
        self._texts = texts

    def visit_A_Expr(self, _ancestors: Ancestor, node: Node) -> Node | None:  # noqa: N802 (pglast's)
        values = self._bare(node.rexpr)
        if (node.kind, node.name[0].sval) not in LISTS or not isinstance(values, ast.A_ArrayExpr):
            return None
        return ast.A_Expr(
            A_Expr_Kind.AEXPR_IN, node.name, self._bare(node.lexpr), tuple(map(self._bare, values.elements))
        )

    def visit_TypeCast(self, _ancestors: Ancestor, node: Node) -> Node | None:  # noqa: N802 (pglast's)
        bare = self._bare(node)
        return None if bare is node else bare

    def _bare(self, node: Node) -> Node:
        """Return what is below the casts of a literal, a list or a column that PostgreSQL would make by itself."""
        if not isinstance(node, ast.TypeCast):
            return node
        inner = self._bare(node.arg)
        name = node.typeName.names[-1].sval
        if name in TEXT and (
            self._is_text(inner) or (isinstance(inner, ast.A_ArrayExpr) and node.typeName.arrayBounds)
        ):
            return inner
        if name == "numeric" and isinstance(inner, ast.A_Const) and isinstance(inner.val, ast.Integer):
            return inner
        return node

    def _is_text(self, node: Node) -> bool:
        if isinstance(node, ast.A_Const):
            return isinstance(node.val, ast.String)
        return isinstance(node, ast.ColumnRef) and node.fields[-1].sval in self._texts
