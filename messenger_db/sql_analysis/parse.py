"""SQL as PostgreSQL's own grammar reads it; nothing is run."""

from bisect import bisect_left
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple
from unicodedata import name

from pglast import get_postgresql_version, parse_sql, scan
from pglast.parser import ParseError
from pglast.visitors import Ancestor, Visitor

from messenger_db.sql_analysis.function_bodies import body_of
from messenger_db.sql_analysis.nodes import Node

COMMENTS = ("SQL_COMMENT", "C_COMMENT")

# The major version of PostgreSQL whose grammar this is.
GRAMMAR: int = get_postgresql_version()[0]


class SqlError(Exception):
    """SQL that PostgreSQL cannot parse: the line, and what is wrong with it."""

    def __init__(self, line: int, message: str) -> None:
        """Keep where and what."""
        super().__init__(message)
        self.line = line


class Token(NamedTuple):
    """A word, a constant, a sign or a comment of an SQL text: its place, its lines, PostgreSQL's name for its kind."""

    start: int
    line: int
    end_line: int
    kind: str
    text: str

    @property
    def is_comment(self) -> bool:
        """Whether PostgreSQL skips it."""
        return self.kind in COMMENTS


@dataclass(frozen=True)
class Statement:
    """One statement: its tokens without comments, its tree, and all nodes in it, those of function bodies too.

    One that is dynamic has a function body with EXECUTE, of which the nodes do not tell.
    """

    tokens: list[Token]
    node: Node
    nodes: list[Node]
    is_dynamic: bool = False

    @property
    def line(self) -> int:
        """The first line."""
        return self.tokens[0].line

    @property
    def end_line(self) -> int:
        """The last line."""
        return self.tokens[-1].end_line


def tokens(text: str) -> list[Token]:
    """Return the tokens of an SQL text. Raise SqlError where there is none."""
    try:
        found = scan(text)
    except ParseError as error:
        raise _error(text, error) from None
    ends = [position for position, character in enumerate(text) if character == "\n"]
    return [
        Token(
            token.start,
            bisect_left(ends, token.start) + 1,
            bisect_left(ends, token.end) + 1,
            token.name,
            text[token.start : token.end + 1],
        )
        for token in found
    ]


def parse(text: str) -> list[Statement]:
    """Parse an SQL text and the function bodies in it. Raise SqlError where PostgreSQL would refuse it."""
    try:
        statements = parse_sql(text)
    except ParseError as error:
        raise _error(text, error) from None
    own = [token for token in tokens(text) if not token.is_comment]
    return [_statement(text, raw, own) for raw in statements]


def _error(text: str, error: ParseError) -> SqlError:
    message, location = error.args
    return SqlError(text.count("\n", 0, location or 0) + 1, f"PostgreSQL cannot parse this: {visible(message)}")


def visible(message: str) -> str:
    """Return a message with the code points of the characters that a terminal does not show."""
    return "".join(
        character if character.isprintable() else f"U+{ord(character):04X} {name(character, '')}".rstrip()
        for character in message
    )


def _statement(text: str, raw: Any, all_tokens: list[Token]) -> Statement:
    begin = raw.stmt_location or 0
    end = begin + raw.stmt_len if raw.stmt_len else len(text)
    first, behind = (bisect_left(all_tokens, place, key=attrgetter("start")) for place in (begin, end))
    own = all_tokens[first:behind]
    try:
        body = body_of(raw.stmt, text[begin:end])
        bodies = [parse_sql(query) for query in body.queries]
    except ParseError as error:
        message = f"PostgreSQL cannot parse this: in the function's body: {visible(error.args[0])}"
        raise SqlError(own[0].line, message) from None
    collector = _Collector()
    for tree in (raw.stmt, *bodies):
        collector(tree)
    return Statement(own, raw.stmt, collector.nodes, body.is_dynamic)


class _Collector(Visitor):
    def __init__(self) -> None:
        self.nodes: list[Node] = []

    def visit(self, _ancestors: Ancestor, node: Node) -> None:
        self.nodes.append(node)
