"""A module of Python, changed in one place at a time through its syntax tree.

Left alone are texts for people (f-strings, texts with a blank, what is printed), floats, which are durations here, type
hints, decorators and imports.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, NamedTuple, TypeAlias

# What a node becomes, which is a node of the same place: an expression, or the statements of a block.
Change: TypeAlias = ast.expr | list[ast.stmt]

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Mod: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
OTHERS = {"min": "max", "max": "min", "all": "any", "any": "all", "startswith": "endswith", "endswith": "startswith"}
# Calls that leave their argument, or their object, as it is.
UNDONE = {"sorted", "reversed"}
UNDONE_METHODS = {"lower", "casefold", "strip", "resolve"}
FOR_PEOPLE = {"print", "MessengerError"}
LONGEST_NAME = 60


@dataclass(frozen=True)
class Mutant:
    """One change of a module: its name, where it is, and the module's text with it.

    `lines` are those that must run for it to matter; `names` what they bind when the module is imported, in which case
    the lines that use the names count.
    """

    path: str
    name: str
    source: str
    lines: range
    names: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """The module, as a report names it."""
        return PurePosixPath(self.path).with_suffix("").as_posix().removeprefix("messenger_db/")


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Yield the mutants of the module with that path and text, each with a name of its own."""
    tree = ast.parse(source)
    seen: Counter[str] = Counter()
    module = PurePosixPath(path).stem
    for place in _places(tree):
        for what, change in _changes(place):
            name = f"{module}.{place.where.scope or '<module>'}: {what}"
            seen[name] += 1
            changed = _changed(source, tree, place, change)
            if changed is not None:
                numbered = f"{name} ({seen[name]})" if seen[name] > 1 else name
                yield Mutant(path, numbered, changed, place.where.lines, place.where.names)


class _Where(NamedTuple):
    """The function or class that something is in, the lines that run it, and the names that it binds at import."""

    scope: str
    lines: range
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Place:
    """A node, where it stands, and how to put another one there."""

    node: ast.expr | ast.stmt | ast.ExceptHandler | ast.comprehension
    put: Callable[[Any], None]
    where: _Where


def _places(tree: ast.Module) -> Iterator[_Place]:
    yield from _block(tree, "body", "", None)


def _block(parent: ast.AST, field: str, scope: str, lines: range | None) -> Iterator[_Place]:
    """Yield the places of a list of statements; `lines` is None where importing runs them."""
    for number, statement in enumerate(getattr(parent, field)):
        put = _putter(getattr(parent, field), number)
        if _is_skipped(statement):
            continue
        if isinstance(statement, ast.FunctionDef):
            inner = f"{scope}.{statement.name}".lstrip(".")
            body = range(statement.body[0].lineno, (statement.end_lineno or 0) + 1)
            for default in (*statement.args.defaults, *filter(None, statement.args.kw_defaults)):
                yield from _expressions(default, _child_putter(statement.args, default), _Where(inner, body))
            yield from _block(statement, "body", inner, body)
        elif isinstance(statement, ast.ClassDef):
            yield from _block(statement, "body", f"{scope}.{statement.name}".lstrip("."), lines)
        else:
            yield from _statement(statement, put, scope, lines)


def _statement(statement: ast.stmt, put: Callable[[Any], None], scope: str, lines: range | None) -> Iterator[_Place]:
    header_end = statement.end_lineno or statement.lineno
    blocks = [field for field in ("body", "orelse", "finalbody") if getattr(statement, field, None)]
    if blocks or isinstance(statement, ast.Try):
        header_end = max(statement.lineno, statement.body[0].lineno - 1)  # type: ignore[attr-defined]
    own = range(statement.lineno, header_end + 1)
    names = frozenset[str]() if lines else _bound(statement)
    where = _Where(scope, own, names)
    yield _Place(statement, put, where)
    for field, value in ast.iter_fields(statement):
        if field in {"body", "orelse", "finalbody"}:
            yield from _block(statement, field, scope, lines)
        elif field == "handlers":
            for number, handler in enumerate(value):
                caught = range(handler.lineno, handler.body[0].lineno + 1)
                yield _Place(handler, _putter(value, number), _Where(scope, caught, names))
                yield from _block(handler, "body", scope, lines)
        elif field not in {"annotation", "targets", "target", "type_comment"}:
            yield from _below(statement, field, value, where)


def _below(node: ast.AST, field: str, value: Any, where: _Where) -> Iterator[_Place]:
    """Yield the places of the expressions in a field."""
    parts = value if isinstance(value, list) else [value]
    for number, part in enumerate(parts):
        put = _putter(value, number) if isinstance(value, list) else _setter(node, field)
        if isinstance(part, ast.expr):
            yield from _expressions(part, put, where)
        elif isinstance(part, ast.comprehension):
            yield _Place(part, put, where)
        if isinstance(part, ast.comprehension | ast.keyword | ast.withitem):
            for inner, of in ast.iter_fields(part):
                if inner not in {"target", "optional_vars"}:
                    yield from _below(part, inner, of, where)


def _expressions(node: ast.expr, put: Callable[[Any], None], where: _Where) -> Iterator[_Place]:
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Call) and _called(node) in FOR_PEOPLE):
        return
    yield _Place(node, put, where)
    for field, value in ast.iter_fields(node):
        yield from _below(node, field, value, where)


def _putter(parts: list[Any], number: int) -> Callable[[Any], None]:
    def put(part: Any) -> None:
        parts[number] = part

    return put


def _setter(node: ast.AST, field: str) -> Callable[[Any], None]:
    return lambda part: setattr(node, field, part)


def _child_putter(parent: ast.AST, child: ast.AST) -> Callable[[Any], None]:
    for field, value in ast.iter_fields(parent):
        if isinstance(value, list) and any(part is child for part in value):
            return _putter(value, next(n for n, part in enumerate(value) if part is child))
        if value is child:
            return _setter(parent, field)
    raise ValueError("not a child")


def _is_skipped(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.Global | ast.Nonlocal | ast.Pass):
        return True
    if isinstance(statement, ast.If):
        return ast.unparse(statement.test) == "TYPE_CHECKING"
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.AnnAssign | ast.Assign) and "TypeAlias" in ast.unparse(statement)


def _bound(statement: ast.stmt) -> frozenset[str]:
    """Return the names that a statement binds."""
    return frozenset(
        node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 3]}..."


def _changes(place: _Place) -> Iterator[tuple[str, Change]]:
    """Yield what can be changed at a place: said, and the node."""
    node = place.node
    if isinstance(node, ast.expr):
        for other in _other_expressions(node):
            yield f"{_short(node)} -> {_short(other)}", other
        if isinstance(node, ast.IfExp) and _is_plain(node.test):
            yield f"if not {_short(node.test)}", _with(node, test=_negated(node.test))
    elif isinstance(node, ast.comprehension):
        for condition in node.ifs:
            others = [other for other in node.ifs if other is not condition]
            yield f"without if {_short(condition)}", _with(node, ifs=others)
    elif isinstance(node, ast.ExceptHandler):
        if not (isinstance(node.body[0], ast.Raise) and node.body[0].exc is None):
            yield f"except {_short(node.type) if node.type else ''}: raise", _with(node, body=[ast.Raise()])
    else:
        yield from _other_statements(node)


def _is_plain(node: ast.expr) -> bool:
    """Whether a condition is not one whose own operator is changed already."""
    return not isinstance(node, ast.Compare | ast.BoolOp) and not _is_not(node)


def _is_not(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _negated(node: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), node)


def _with(node: Any, **changed: Any) -> Any:
    return ast.copy_location(type(node)(**(dict(ast.iter_fields(node)) | changed)), node)


def _other_expressions(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(ops=[op], comparators=[right]):
            yield _with(node, ops=[COMPARISONS[type(op)]()])
            if isinstance(op, ast.Eq | ast.NotEq) and (_is_name(node.left) or _is_name(right)):
                yield _with(node, left=_folded(node.left), comparators=[_folded(right)])
        case ast.BoolOp(values=values):
            yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
            for number in range(len(values)):
                others = [*values[:number], *values[number + 1 :]]
                yield others[0] if len(others) == 1 else _with(node, values=others)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(op=op) if type(op) in ARITHMETIC and not _is_text(node):
            yield _with(node, op=ARITHMETIC[type(op)]())
        case ast.Constant():
            yield from _other_constants(node.value)
        case ast.Call():
            yield from _other_calls(node)


def _other_constants(value: object) -> Iterator[ast.expr]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, str) and " " not in value:
        yield ast.Constant(f"{value}X")  # a letter: Python reads "utf-8!" as "utf-8"


def _other_calls(node: ast.Call) -> Iterator[ast.expr]:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in OTHERS:
            yield _with(node, func=ast.Name(OTHERS[name], ast.Load()))
        case ast.Call(func=ast.Name(id=name), args=[argument]) if name in UNDONE:
            yield ast.Call(ast.Name("list", ast.Load()), [argument], [])
        case ast.Call(func=ast.Attribute(attr=name) as function) if name in OTHERS:
            yield _with(node, func=_with(function, attr=OTHERS[name]))
        case ast.Call(func=ast.Attribute(attr=name, value=value)) if name in UNDONE_METHODS:
            yield value


def _is_name(node: ast.expr) -> bool:
    """Whether this may be a text that is compared with what somebody wrote: a name, a setting, an identifier."""
    named = getattr(node, "attr", getattr(node, "id", ""))
    return named in {"name", "table", "answer"} or (isinstance(node, ast.Call) and _called(node) == "value")


def _folded(node: ast.expr) -> ast.expr:
    text = ast.Call(ast.Name("str", ast.Load()), [node], [])
    return ast.Call(ast.Attribute(text, "casefold", ast.Load()), [], [])


def _is_text(node: ast.BinOp) -> bool:
    return any(
        isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in (node.left, node.right)
    )


def _other_statements(node: ast.stmt) -> Iterator[tuple[str, list[ast.stmt]]]:
    nothing: list[ast.stmt] = [ast.Pass()]
    match node:
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.Break() | ast.Continue() | ast.AugAssign() | ast.Delete():
            yield f"without {_short(node)}", nothing
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield f"without {_short(node)}", nothing
        case ast.Return(value=value) if value and not _is_none(value):
            yield f"return None, not {_short(value)}", [ast.Return(ast.Constant(None))]
        case ast.Return():
            yield "without return", nothing
        case ast.If() | ast.While() if _is_plain(node.test):
            yield f"if not {_short(node.test)}", [_with(node, test=_negated(node.test))]
        case ast.With(items=items, body=body):
            for item in items:
                if item.optional_vars is None:
                    others = [other for other in items if other is not item]
                    left = [_with(node, items=others)] if others else body
                    yield f"without with {_short(item.context_expr)}", left
        case ast.Try(finalbody=[_, *_]):
            yield "without finally", [_with(node, finalbody=nothing)]


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _changed(source: str, tree: ast.Module, place: _Place, change: Change) -> str | None:
    """Return the text with the change: the rest of it stays as it is where that can be; None where it is not Python."""
    node = place.node
    other: ast.AST = change if isinstance(change, ast.AST) else ast.If(ast.Constant(True), change, [])
    if isinstance(change, list) and len(change) == 1:
        other = change[0]
    place.put(other)
    try:
        wanted = ast.unparse(ast.fix_missing_locations(tree))
        compile(wanted, "mutant", "exec")
    except SyntaxError:
        return None
    finally:
        place.put(node)
    if isinstance(node, ast.comprehension):
        return wanted
    lines = source.encode().splitlines(keepends=True)
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    end = sum(map(len, lines[: (node.end_lineno or 0) - 1])) + (node.end_col_offset or 0)
    text = ast.unparse(other).replace("\n", "\n" + " " * node.col_offset)
    for spliced in (text, f"({text})"):
        try:
            whole = source.encode()[:start].decode() + spliced + source.encode()[end:].decode()
            if ast.unparse(ast.parse(whole)) == wanted:
                return whole
        except SyntaxError:
            continue
    return wanted
