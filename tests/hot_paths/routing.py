"""What a router sees of a statement: whether it can tell the one shard, and what it would refuse."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pglast import parse_sql

from messenger_db.hot_paths import HotPath
from messenger_db.sql_analysis.nodes import ast, words

# The column that each table is sharded by; all others are on every node.
OF_A_CHAT = (
    "attachments",
    "chat_participants",
    "message_delivery",
    "message_reactions",
    "messages",
    "unread_messages",
)
KEYS = {"chats": "id", "presence": "session_id"} | dict.fromkeys(OF_A_CHAT, "chat_id")
PARAMETERS = {"id": "chat_id", "chat_id": "chat_id", "session_id": "session_id"}
CHANGING = {"statement_timestamp", "clock_timestamp", "now", "random", "gen_random_uuid", "uuid_v7"}
STATEMENTS = (ast.SelectStmt, ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt)


@dataclass
class Scope:
    """A query, the aliases of its tables, and what its conditions say is equal."""

    outer: "Scope | None" = None
    tables: dict[str, str] = field(default_factory=dict)
    equal: list[tuple[Any, Any]] = field(default_factory=list)


def routing(path: HotPath) -> tuple[bool, bool]:
    """Return whether a hot path uses sharded tables, and whether all of them by the parameter of one shard."""
    numbers = {name: f"${number}" for number, name in enumerate(path.parameters, start=1)}
    found = list(_relations(parse_sql(path.for_psycopg % numbers)[0].stmt, None, path.parameters))
    return bool(found), all(found)


def refused(path: HotPath) -> set[str]:
    """Return what Citus refuses in an UPDATE or an ON CONFLICT of a hot path."""
    numbers = {name: f"${number}" for number, name in enumerate(path.parameters, start=1)}
    wrong = set()
    for node in _nodes(parse_sql(path.for_psycopg % numbers)[0].stmt):
        if isinstance(node, ast.UpdateStmt):
            choices = [each for each in _nodes(node.targetList) if isinstance(each, ast.CaseExpr | ast.CoalesceExpr)]
            wrong |= {f"{name}() in CASE or COALESCE" for each in choices for name in _changing(each)}
        if isinstance(node, ast.OnConflictClause):
            wrong |= {f"{name}() in DO UPDATE" for name in _changing(node)}
            wrong |= {"a subquery in DO UPDATE" for each in _nodes(node) if isinstance(each, ast.SubLink)}
    return wrong


def _changing(node: Any) -> Iterator[str]:
    for each in _nodes(node):
        if isinstance(each, ast.FuncCall) and words(each.funcname)[-1] in CHANGING:
            yield words(each.funcname)[-1]
        elif isinstance(each, ast.SQLValueFunction):
            yield "CURRENT_TIMESTAMP"


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        yield from node
    elif isinstance(node, ast.Node):
        yield from (value for name in node if (value := getattr(node, name)) is not None)


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in _children(node):
        yield from _nodes(child)


def _relations(node: Any, outer: Scope | None, parameters: list[str]) -> Iterator[bool]:
    """Yield for each use of a sharded table whether its key is the parameter."""
    if not isinstance(node, STATEMENTS):
        for child in _children(node):
            yield from _relations(child, outer, parameters)
        return
    scope = Scope(outer)
    below: list[Any] = []
    _read(node, scope, below, is_top=True)
    if isinstance(node, ast.InsertStmt):
        yield from _inserted(node, parameters)
    for alias, table in scope.tables.items():
        if table in KEYS and not (isinstance(node, ast.InsertStmt) and alias == _alias(node.relation)):
            yield _is_tied(scope, (scope, alias, KEYS[table]), _parameter(KEYS[table], parameters), set())
    for child in below:
        yield from _relations(child, scope, parameters)


def _read(node: Any, scope: Scope, below: list[Any], *, is_top: bool = False) -> None:
    """Collect the tables and equalities of one query, and the queries within it."""
    if isinstance(node, STATEMENTS) and not is_top:
        below.append(node)
    elif isinstance(node, ast.RangeVar):
        scope.tables[_alias(node)] = node.relname
    elif isinstance(node, ast.BoolExpr) and node.boolop.name != "AND_EXPR":
        inner = Scope(scope)
        for child in _children(node):
            _read(child, inner, below)
    else:
        if isinstance(node, ast.A_Expr) and node.kind.name == "AEXPR_OP" and words(node.name) == ["="]:
            scope.equal.append((_term(node.lexpr), _term(node.rexpr)))
        for child in _children(node):
            _read(child, scope, below)


def _alias(node: Any) -> str:
    return str(node.alias.aliasname if node.alias else node.relname)


def _term(node: Any) -> Any:
    if isinstance(node, ast.ColumnRef):
        return tuple(words(node.fields))
    if isinstance(node, ast.TypeCast) and isinstance(node.arg, ast.ParamRef):
        return node.arg.number
    return None


def _parameter(key: str, parameters: list[str]) -> int | None:
    name = PARAMETERS[key]
    return parameters.index(name) + 1 if name in parameters else None


def _resolved(scope: Scope, term: Any) -> Any:
    """Return a column with the query that its table is in."""
    if not isinstance(term, tuple):
        return term
    if len(term) == 1:
        sharded = [alias for alias, table in scope.tables.items() if table in KEYS]
        return (scope, sharded[0], term[0]) if len(sharded) == 1 else None
    place: Scope | None = scope
    while place and term[0] not in place.tables:
        place = place.outer
    return (place, *term) if place else None


def _is_tied(scope: Scope, column: Any, parameter: int | None, seen: set[int]) -> bool:
    """Say whether a column equals the parameter, at once or through others."""
    if parameter is None:
        return False
    for number, pair in enumerate(scope.equal):
        if number in seen:
            continue
        one, other = (_resolved(scope, term) for term in pair)
        for this, that in ((one, other), (other, one)):
            if this is not None and _same(this, column):
                if that == parameter:
                    return True
                if isinstance(that, tuple) and _is_tied(that[0], that, parameter, seen | {number}):
                    return True
    return False


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, tuple) and one[0] is other[0] and one[1:] == other[1:]


def _inserted(node: Any, parameters: list[str]) -> Iterator[bool]:
    """Yield whether the key of what is inserted is the parameter, or a column of that name of what has it."""
    key = KEYS.get(node.relation.relname)
    if key:
        place = [column.name for column in node.cols].index(key)
        query = node.selectStmt
        rows = query.valuesLists or [[target.val for target in query.targetList]]
        terms = [_term(row[place]) for row in rows]
        yield (
            all(
                term == _parameter(key, parameters) or (isinstance(term, tuple) and term[-1] == PARAMETERS[key])
                for term in terms
            )
            and _parameter(key, parameters) is not None
        )
