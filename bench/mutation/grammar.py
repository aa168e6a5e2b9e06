"""A statement, changed in one place at a time through PostgreSQL's own grammar."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial, singledispatch
from typing import Any, TypeAlias

from mutation import regexes
from pglast import ast, enums, parse_plpgsql, parse_sql
from pglast.stream import RawStream

# What was changed, and the node to put in the place of the one it is about.
Change: TypeAlias = tuple[str, Any]

OPERATORS = {
    "<": ("<=",),
    "<=": ("<",),
    ">": (">=",),
    ">=": (">",),
    # Of booleans these are the two implications.
    "=": ("<=", ">="),
    "<>": ("<", ">"),
    "+": ("-",),
    "-": ("+",),
    "*": ("/",),
    ">>": ("<<",),
}
MATCHES = ("~", "!~")

FUNCTIONS = {
    "clock_timestamp": "now",
    "gen_random_uuid": "uuid_v7",
    "uuid_v7": "gen_random_uuid",
    "char_length": "octet_length",
}

# Text search configurations: another word would be no change but an error.
WORDS = {"english": "simple"}

DELETE_ACTIONS = {"a": "NO ACTION", "c": "CASCADE", "n": "SET NULL"}

EVENTS = {"INSERT": 1 << 2, "DELETE": 1 << 3, "UPDATE": 1 << 4}
BEFORE, AFTER = 1 << 1, 0


def variants(statement: str, values: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield what was changed and the changed statement, for every place and way.

    `values` are those of all enumerations: each list gets one more that is another's. Not every variant is a statement
    that PostgreSQL takes.
    """
    (root,) = parse_sql(statement)
    for node, put in _places(root, lambda _: None):
        for what, other in (*changes(node), *_added(node, values)):
            put(other)
            yield what, str(RawStream()(root))
            put(node)


def printed(node: ast.Node) -> str:
    """Return the text of an expression, without the casts that PostgreSQL writes everywhere."""
    return re.sub(r"CAST\(('(?:[^']|'')*'|\w+) AS \w+\)", r"\1", str(RawStream()(node)))


def listed(statement: str) -> Iterator[str]:
    """Yield the values of the statement's lists, as of an enumeration."""
    for node, _ in _places(parse_sql(statement)[0], lambda _: None):
        if isinstance(node, ast.A_Expr) and node.kind == enums.A_Expr_Kind.AEXPR_OP_ANY:
            yield from _values(node)


def _places(node: Any, put: Callable[[Any], None]) -> Iterator[tuple[Any, Callable[[Any], None]]]:
    """Yield each node with what puts another one in its place."""
    yield node, put
    for name in _slots(node):
        value = getattr(node, name)
        if isinstance(value, ast.Node):
            yield from _places(value, partial(setattr, node, name))
        elif isinstance(value, tuple):
            for place, part in enumerate(value):
                if isinstance(part, ast.Node):
                    yield from _places(part, partial(_put_part, node, name, value, place))


def _put_part(node: ast.Node, name: str, parts: tuple[Any, ...], place: int, part: Any) -> None:
    setattr(node, name, (*parts[:place], part, *parts[place + 1 :]))


def _slots(node: Any) -> Sequence[str]:
    """Return the parts to look into: patterns, lists of values and bodies have changes of their own."""
    if _is_match(node):
        return ("lexpr",)
    if isinstance(node, ast.A_ArrayExpr | ast.CreateFunctionStmt) and not getattr(node, "sql_body", None):
        return ()
    return list(node.__slots__)


def _is_match(node: Any) -> bool:
    return isinstance(node, ast.A_Expr) and _name(node) in MATCHES


def _name(node: Any) -> str:
    """Return the name of an operator."""
    return str(node.name[-1].sval)


def _with(node: Any, **changed: Any) -> Any:
    return type(node)(**{name: getattr(node, name) for name in node.__slots__} | changed)


def _without(parts: Sequence[Any]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Yield each part, and the others."""
    for place, part in enumerate(parts):
        yield part, (*parts[:place], *parts[place + 1 :])


def _text(node: Any) -> str | None:
    """Return the text of a string constant, cast or not."""
    if isinstance(node, ast.TypeCast):
        return _text(node.arg)
    if isinstance(node, ast.A_Const) and isinstance(node.val, ast.String):
        return str(node.val.sval)
    return None


def _string(text: str) -> ast.A_Const:
    return ast.A_Const(isnull=False, val=ast.String(sval=text))


def _becomes(node: Any, other: Any) -> Change:
    return f"{printed(node)} -> {printed(other)}", other


@singledispatch
def changes(_node: ast.Node) -> Iterator[Change]:
    """Yield what can be changed of a node, and the changed node."""
    yield from ()


@changes.register(ast.BoolExpr)
def _(node: Any) -> Iterator[Change]:
    if node.boolop == enums.BoolExprType.NOT_EXPR:
        yield _becomes(node, node.args[0])
        return
    for part, others in _without(node.args):
        yield (
            f"without {printed(part)}",
            others[0] if len(others) == 1 else _with(node, args=others),
        )


@changes.register(ast.A_Expr)
def _(node: Any) -> Iterator[Change]:
    if node.kind == enums.A_Expr_Kind.AEXPR_OP:
        for other in OPERATORS.get(_name(node), ()):
            yield _becomes(node, _with(node, name=(ast.String(sval=other),)))
    pattern = _text(node.rexpr)
    if _is_match(node) and pattern is not None:
        for what, other in regexes.variants(pattern):
            yield what, _with(node, rexpr=_string(other))


@changes.register(ast.A_ArrayExpr)
def _(node: Any) -> Iterator[Change]:
    for value, others in _without(node.elements or ()):
        yield f"without {printed(value)}", _with(node, elements=others)


def _values(node: Any) -> list[str]:
    """Return the values of `= ANY (ARRAY[...])`, which is what IN means."""
    array = node.rexpr.arg if isinstance(node.rexpr, ast.TypeCast) else node.rexpr
    return [*filter(None, map(_text, array.elements or ()))] if isinstance(array, ast.A_ArrayExpr) else []


def _added(node: Any, values: Sequence[str]) -> Iterator[Change]:
    """Yield a list with one more value: its first in capitals, and the first that is another list's."""
    if isinstance(node, ast.A_Expr) and node.kind == enums.A_Expr_Kind.AEXPR_OP_ANY and (own := _values(node)):
        foreign = [value for value in values if value not in own]
        for value in (own[0].upper(), *foreign[:1]):
            array = ast.A_ArrayExpr(elements=tuple(map(_string, (*own, value))))
            yield f"with '{value}'", _with(node, rexpr=array)


@changes.register(ast.A_Const)
def _(node: Any) -> Iterator[Change]:
    value: Any = node.val
    if isinstance(value, ast.Integer):
        for step in (-1, 1):
            yield _becomes(node, _with(node, val=ast.Integer(ival=int(value.ival or 0) + step)))
    elif isinstance(value, ast.Boolean):
        yield _becomes(node, _with(node, val=ast.Boolean(boolval=not value.boolval)))
    elif isinstance(value, ast.String):
        text = str(value.sval)
        yield _becomes(node, _string(WORDS.get(text, f"{text}x")))


@changes.register(ast.NullTest)
def _(node: Any) -> Iterator[Change]:
    (other,) = {enums.NullTestType.IS_NULL, enums.NullTestType.IS_NOT_NULL} - {node.nulltesttype}
    yield _becomes(node, _with(node, nulltesttype=other))


@changes.register(ast.CaseExpr)
def _(node: Any) -> Iterator[Change]:
    if len(node.args) > 1:
        for branch, others in _without(node.args):
            yield f"without {printed(branch)}", _with(node, args=others)


@changes.register(ast.MinMaxExpr)
def _(node: Any) -> Iterator[Change]:
    (other,) = {enums.MinMaxOp.IS_GREATEST, enums.MinMaxOp.IS_LEAST} - {node.op}
    yield _becomes(node, _with(node, op=other))
    for part, others in _without(node.args):
        yield f"without {printed(part)}", _with(node, args=others)


@changes.register(ast.SQLValueFunction)
def _(node: Any) -> Iterator[Change]:
    yield _becomes(node, _with(node, op=enums.SQLValueFunctionOp.SVFOP_CURRENT_DATE))


@changes.register(ast.FuncCall)
def _(node: Any) -> Iterator[Change]:
    if other := FUNCTIONS.get(node.funcname[-1].sval):
        yield _becomes(node, _with(node, funcname=(ast.String(sval=other),)))
    if node.args and len(node.args) == 1:
        yield _becomes(node, node.args[0])


@changes.register(ast.Constraint)
def _(node: Any) -> Iterator[Change]:
    if node.contype == enums.ConstrType.CONSTR_FOREIGN:
        yield from _foreign_keys(node)
    elif node.keys and len(node.keys) > 1:
        yield "columns in reverse order", _with(node, keys=node.keys[::-1])
        for column, others in _without(node.keys):
            yield f"without {column.sval}", _with(node, keys=others)


def _foreign_keys(node: Any) -> Iterator[Change]:
    now = node.fk_del_action
    for action, name in DELETE_ACTIONS.items():
        if action != now:
            yield f"ON DELETE {name}", _with(node, fk_del_action=action, fk_del_set_cols=None)
    if node.fk_del_set_cols:
        yield "ON DELETE SET NULL of all columns", _with(node, fk_del_set_cols=None)
    yield "ON UPDATE CASCADE", _with(node, fk_upd_action="c")
    if node.deferrable:
        yield "NOT DEFERRABLE", _with(node, deferrable=False)
    if not node.initdeferred:
        yield "INITIALLY DEFERRED", _with(node, deferrable=True, initdeferred=True)
    if len(node.fk_attrs) > 1:
        both = list(zip(node.fk_attrs, node.pk_attrs, strict=True))
        for (column, _), others in _without(both):
            mine, theirs = zip(*others, strict=True)
            yield f"without {column.sval}", _with(node, fk_attrs=mine, pk_attrs=theirs)


@changes.register(ast.IndexStmt)
def _(node: Any) -> Iterator[Change]:
    yield "not unique" if node.unique else "unique", _with(node, unique=not node.unique)
    if node.whereClause:
        yield "without predicate", _with(node, whereClause=None)
    if node.indexIncludingParams:
        yield "without INCLUDE", _with(node, indexIncludingParams=None)
    if len(node.indexParams) > 1:
        yield "columns in reverse order", _with(node, indexParams=node.indexParams[::-1])
        for column, others in _without(node.indexParams):
            yield f"without {column.name}", _with(node, indexParams=others)


@changes.register(ast.CreateTrigStmt)
def _(node: Any) -> Iterator[Change]:
    for name, event in EVENTS.items():
        if not node.events & event:
            yield f"on {name}", _with(node, events=event)
            yield f"also on {name}", _with(node, events=node.events | event)
    yield "the other time", _with(node, timing=AFTER if node.timing == BEFORE else BEFORE)
    yield "for each statement" if node.row else "for each row", _with(node, row=not node.row)


@changes.register(ast.CreateFunctionStmt)
def _(node: Any) -> Iterator[Change]:
    options = {option.defname: option.arg for option in node.options}
    if "as" in options and options["language"].sval == "plpgsql":
        (body,) = options["as"]
        for what, other in _bodies(str(RawStream()(node)), body.sval):
            arguments = tuple(
                _with(option, arg=(ast.String(sval=other),)) if option.defname == "as" else option
                for option in node.options
            )
            yield what, _with(node, options=arguments)


def _bodies(function: str, body: str) -> Iterator[tuple[str, str]]:
    """Yield a PL/pgSQL body with an assignment missing or another value assigned, or another row returned."""
    for assignment in _assignments(parse_plpgsql(function)):
        yield f"without {assignment}", body.replace(assignment, "NULL")
        target, value = assignment.split(":=")
        for what, select in variants(f"SELECT {value}"):
            yield what, body.replace(assignment, f"{target}:= {select.removeprefix('SELECT ')}")
    for row in ("OLD", "NULL") if "RETURN NEW" in body else ():
        yield f"RETURN NEW -> RETURN {row}", body.replace("RETURN NEW", f"RETURN {row}")


def _assignments(tree: Any) -> Iterator[str]:
    if isinstance(tree, list):
        for part in tree:
            yield from _assignments(part)
    elif isinstance(tree, dict):
        if "PLpgSQL_stmt_assign" in tree:
            yield tree["PLpgSQL_stmt_assign"]["expr"]["PLpgSQL_expr"]["query"]
        for part in tree.values():
            yield from _assignments(part)
