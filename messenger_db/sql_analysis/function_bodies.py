"""The queries in the bodies of functions and DO blocks, which are mere strings to PostgreSQL's grammar."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pglast import parse_plpgsql
from pglast.parser import ParseError

from messenger_db.sql_analysis.nodes import Node, ast


@dataclass(frozen=True)
class Body:
    """The queries in a body, and whether it runs others that it puts together itself, by EXECUTE."""

    queries: list[str] = field(default_factory=list)
    is_dynamic: bool = False


def body_of(node: Node, source: str) -> Body:
    """Return the body of a function or DO block that is a string; others are in the tree already."""
    if isinstance(node, ast.DoStmt):
        options, language = node.args, "plpgsql"
    elif isinstance(node, ast.CreateFunctionStmt):
        options, language = node.options, "sql"
    else:
        return Body()
    values: dict[str, Any] = {option.defname: option.arg for option in options or ()}
    if "language" in values:
        language = values["language"].sval.lower()
    if language == "sql" and "as" in values:
        return Body([values["as"][0].sval])
    if language == "plpgsql":
        tree = _plpgsql(source)
        return Body(list(_queries(tree)), any(key in DYNAMIC for key in _keys(tree)))
    return Body()


# EXECUTE, FOR ... IN EXECUTE, RETURN QUERY EXECUTE and OPEN ... FOR EXECUTE, as PostgreSQL's PL/pgSQL names them.
DYNAMIC = ("PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_dynfors", "dynquery")


def _keys(tree: Any) -> Iterator[str]:
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if isinstance(key, str):
            yield key
        if isinstance(value, dict | list):
            yield from _keys(value)


# pglast's other errors can come from having no catalog in which to look types up.
SYNTAX = ("syntax error", "missing ", "unexpected ", "unterminated ")


def _plpgsql(source: str) -> list[dict[str, Any]]:
    try:
        return parse_plpgsql(source)
    except ParseError as error:
        if error.args[0].startswith(SYNTAX):
            raise
        return []  # the tests, which run on a server, check these


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


STATEMENT, EXPRESSION = 0, 2  # PostgreSQL's RawParseMode of a PL/pgSQL expression; the others are assignments


def _as_query(query: str, mode: int) -> str:
    """Return a statement that parses and holds the same names as a part of a PL/pgSQL body."""
    if mode == STATEMENT:
        return query
    return "SELECT " + (query if mode == EXPRESSION else re.split(":?=", query, maxsplit=1)[1])
