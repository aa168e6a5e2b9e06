"""The queries in the bodies of functions and DO blocks, which PostgreSQL's grammar takes for mere strings."""

import re
from collections.abc import Iterator
from typing import Any

from pglast import parse_plpgsql
from pglast.parser import ParseError

from messenger_db.validation.nodes import Node, ast


def queries_in_body(node: Node, source: str) -> Iterator[str]:
    """Give the queries in the body of a function or DO block that is a string; others are in the tree."""
    if isinstance(node, ast.DoStmt):
        options, language = node.args, "plpgsql"
    elif isinstance(node, ast.CreateFunctionStmt):
        options, language = node.options, "sql"
    else:
        return
    values: dict[str, Any] = {option.defname: option.arg for option in options or ()}
    if "language" in values:
        language = values["language"].sval.lower()
    if language == "sql" and "as" in values:
        yield values["as"][0].sval
    elif language == "plpgsql":
        yield from _queries(_plpgsql(source))


# What else pglast says of a body may come from having no catalog to look types up in.
SYNTAX = ("syntax error", "missing ", "unexpected ", "unterminated ")


def _plpgsql(source: str) -> list[dict[str, Any]]:
    try:
        return parse_plpgsql(source)
    except ParseError as error:
        if error.args[0].startswith(SYNTAX):
            raise
        return []  # the tests, which run on a server, will tell


def _queries(tree: Any) -> Iterator[str]:
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        match key, value:
            case "PLpgSQL_expr", {"query": query, "parseMode": mode}:
                yield _as_query(query, mode)
            case "PLpgSQL_type", {"typname": str(name)} if "%" in name:
                relation, kind = name.rsplit("%", 1)
                yield f"SELECT {relation}" if kind.lower() == "type" else f"SELECT FROM {relation}"
            case _, dict() | list():
                yield from _queries(value)


def _as_query(query: str, mode: int) -> str:
    """Make a statement of what PL/pgSQL holds: 0 is one already, 2 an expression, the others are assignments."""
    if mode == 0:
        return query
    return "SELECT " + (query if mode == 2 else re.split(":?=", query, maxsplit=1)[1])  # noqa: PLR2004
