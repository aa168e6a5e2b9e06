"""SQL as PostgreSQL's own grammar reads it; nothing is run."""

from dataclasses import dataclass
from typing import NamedTuple

from pglast import parse_sql, scan
from pglast.parser import ParseError
from pglast.visitors import Ancestor, Visitor

from messenger_db.sql_analysis.function_bodies import queries_in_body
from messenger_db.sql_analysis.nodes import Node

COMMENTS = ("SQL_COMMENT", "C_COMMENT")


class SqlError(Exception):
    """SQL that PostgreSQL cannot parse: the line, and what is wrong with it."""

    def __init__(self, line: int, message: str) -> None:
        """Keep where and what."""
        super().__init__(message)
        self.line = line


class Comment(NamedTuple):
    """A comment of a file, with its offset in the text and its line."""

    start: int
    line: int
    text: str


@dataclass(frozen=True)
class Statement:
    """One statement: its first line, its tree, and all nodes in it, those of function bodies too."""

    line: int
    node: Node
    nodes: list[Node]


def comments(text: str) -> list[Comment]:
    """Return all comments of an SQL text that parses."""
    return [
        Comment(token.start, _line(text, token.start), text[token.start : token.end + 1])
        for token in scan(text)
        if token.name in COMMENTS
    ]


def parse(text: str) -> list[Statement]:
    """Parse an SQL text and the function bodies in it. Raise SqlError where PostgreSQL would refuse it."""
    try:
        statements = parse_sql(text)
        starts = [token.start for token in scan(text) if token.name not in COMMENTS]
    except ParseError as error:
        message, location = error.args
        raise SqlError(_line(text, location or 0), message) from None
    return [_statement(text, raw, starts) for raw in statements]


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _statement(text: str, raw: Node, starts: list[int]) -> Statement:
    begin = raw.stmt_location or 0
    line = _line(text, next(start for start in starts if start >= begin))
    source = text[begin : begin + raw.stmt_len] if raw.stmt_len else text[begin:]
    try:
        bodies = [parse_sql(query) for query in queries_in_body(raw.stmt, source)]
    except ParseError as error:
        raise SqlError(line, f"in the function's body: {error.args[0]}") from None
    collector = _Collector()
    for tree in (raw.stmt, *bodies):
        collector(tree)
    return Statement(line, raw.stmt, collector.nodes)


class _Collector(Visitor):
    def __init__(self) -> None:
        self.nodes: list[Node] = []

    def visit(self, _ancestors: Ancestor, node: Node) -> None:
        self.nodes.append(node)
