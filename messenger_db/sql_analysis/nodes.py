"""The nodes of PostgreSQL's syntax trees, and the names in them."""

from typing import Any, TypeAlias

import pglast

# pglast declares each attribute of each node as one that may be missing, so its types tell nothing here.
ast: Any = pglast.ast
Node: TypeAlias = Any


def words(name: Node) -> list[str]:
    """Return the parts of a dotted name, which is given as a string, as strings, as a type or as a function."""
    if isinstance(name, ast.String):
        return [str(name.sval)]
    parts = getattr(name, "objname", None) or getattr(name, "names", None) or name
    return [getattr(part, "sval", "*") for part in parts]


def is_concurrent(node: Node) -> bool:
    """Return whether a statement works CONCURRENTLY on an index or a partition, which no transaction takes."""
    if isinstance(node, ast.AlterTableStmt):
        return any(isinstance(command.def_, ast.PartitionCmd) and command.def_.concurrent for command in node.cmds)
    return isinstance(node, ast.IndexStmt | ast.DropStmt) and bool(node.concurrent)
