"""Reads the recipes, and fills them in for a table of the checkout's migrations.

A recipe is a file of SQL. Its first lines are its title, what to know, and an example of its settings; then each
migration follows with its rollback and the rows for its test of keeping, each after a line `--- ...`, and last the
cases that the tests ask for. Words in braces are filled in.
"""

import re
import shlex
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from pglast import parse_sql
from pglast.enums import BoolExprType
from pglast.parser import ParseError
from pglast.stream import RawStream

from messenger_db.errors import MessengerError
from messenger_db.numbering import Draft, ids, name_of
from messenger_db.settings import whole_number
from messenger_db.sql_analysis.migration_files import read
from messenger_db.sql_analysis.nodes import Node, ast
from messenger_db.sql_analysis.parse import SqlError, parse
from messenger_db.sql_analysis.schema_changes import apply, state_after
from messenger_db.sql_analysis.schema_state import Column, SchemaState, Table, columns_in

# One more row of each table, with which a recipe fills in the rows that a migration must keep.
ONE_MORE_ROW = Path("tests", "migrations", "queries", "one_more_row.sql")

# In the order of the page; each is a file of this folder.
NAMES = (
    *("column", "not-null", "check", "foreign-key", "unique", "index", "wider-check", "wider-varchar", "rename-column"),
    *("drop-column", "table", "trigger"),
)

NAME = re.compile(r"[a-z_][a-z0-9_]*")
SECTION = re.compile(r"^--- (migration|rollback|rows|cases) ?(\S*)( if required)?$", re.MULTILINE)


class Recipe(NamedTuple):
    """A recipe: its title, what to know, an example of its settings by name, and its text."""

    name: str
    title: str
    about: str
    example: dict[str, str]
    command: str
    text: str


def recipes() -> dict[str, Recipe]:
    """Return all recipes by name."""
    return {name: _read(name, files(__package__).joinpath(f"{name}.sql").read_text("utf-8")) for name in NAMES}


def _read(name: str, text: str) -> Recipe:
    head, _, rest = text.partition("\n\n")
    title, *about, example = (line.removeprefix("-- ") for line in head.splitlines())
    settings = dict(word.split("=", 1) for word in shlex.split(example))
    return Recipe(name, title, " ".join(about), settings, f"make db-new {example}", rest)


def fill(recipe: Recipe, settings: dict[str, str], folder: Path) -> tuple[list[Draft], str]:
    """Return the sequence that a recipe makes of the settings, and the cases that the tests then ask for.

    Raises MessengerError when a setting is missing, or does not fit the tables of the folder's migrations.
    """
    for name in recipe.example:
        if not settings.get(name):
            raise MessengerError(f"RECIPE={recipe.name} needs {name}=: {recipe.command}")
    values = _values(recipe, settings, folder)
    texts = SECTION.split(recipe.text)[1:]
    sections = [tuple(texts[start : start + 4]) for start in range(0, len(texts), 4)]
    steps: list[list[str]] = []
    cases = ""
    is_left_out = False
    for kind, name, condition, text in sections:
        filled = f"{text.strip().format_map(values)}\n"
        if kind in ("migration", "rollback"):
            _refuse_unreadable(recipe, {name: settings[name] for name in recipe.example}, filled)
        if kind == "migration":
            is_left_out = bool(condition) and not values["is_required"]
            steps += [] if is_left_out else [[name.format_map(values), filled]]
        elif kind == "cases":
            cases = filled.strip()
        elif not is_left_out:
            steps[-1].append(filled)
    return [Draft(*step) for step in steps], cases


def _refuse_unreadable(recipe: Recipe, settings: dict[str, str], text: str) -> None:
    try:
        parse_sql(text)
    except ParseError as error:
        given = " ".join(f"{name}={shlex.quote(value)}" for name, value in settings.items())
        raise MessengerError(f"{given} cannot be filled in ({error.args[0]}): {recipe.command}") from None


def _tables(folder: Path) -> dict[str, Table]:
    """Return the tables that the forward files leave. Raises MessengerError for a file that cannot be read."""
    forwards = read(folder).forwards
    for file in forwards.values():
        if file.error:
            where = f"{file.file}:{file.error.line}"
            raise MessengerError(f"{where} cannot be read ({file.error}): correct it first, see make validate")
    return dict(state_after(forwards.values()).tables)


def _values(recipe: Recipe, settings: dict[str, str], folder: Path) -> dict[str, str]:
    """Return what each word in braces stands for; `previous` is filled in when the numbers are known."""
    found = _tables(folder)
    needed = {name.lower(): settings[name] for name in recipe.example if name != "RECIPE"}
    for name in ("table", "constraint", "to", "trigger"):
        if name in needed and not NAME.fullmatch(needed[name]):
            raise MessengerError(f"{name.upper()}={needed[name]} is not a name: use lower-case words and underscores")
    name, columns = needed["table"], re.split(r"\s*,\s*", needed.get("column", ""))
    if (recipe.name == "table") == (name in found):
        known = "exists already" if name in found else f"is not a table of the migrations: {', '.join(sorted(found))}"
        raise MessengerError(f"TABLE={name} {known}")
    table = found.get(name, Table())
    return {
        "previous": "{previous}",
        **needed,
        **_of_columns(recipe, needed, columns, table),
        **_of_check(recipe, needed, table),
        "again": _again(f"widen_{needed.get('constraint')}", list(map(name_of, ids(folder)))),
        "columns": "_".join(columns),
        "column": ", ".join(columns),
        "row": _one_more_row(folder.parent / ONE_MORE_ROW, "users" if recipe.name == "table" else name),
        "referenced_row": _one_more_row(folder.parent / ONE_MORE_ROW, _referenced(needed, found)),
    }


def _referenced(needed: dict[str, str], found: dict[str, Table]) -> str:
    """Return the table that a foreign key references. Raises MessengerError where there is none of that name."""
    name = re.split(r"\W", needed.get("references", ""))[0]
    if "references" in needed and name not in found:
        raise MessengerError(f"REFERENCES={needed['references']} names no table of the migrations: users (id)")
    return name


def _of_columns(recipe: Recipe, needed: dict[str, str], names: list[str], table: Table) -> dict[str, str]:
    words = " ".join((names[0] or needed["table"]).split("_"))
    if recipe.name == "column":
        if needed["column"] in table.columns:
            raise MessengerError(f"COLUMN={needed['column']} is a column of {needed['table']} already")
        default = _new_column(needed).default
        return {"is_given": f"IS DISTINCT FROM {RawStream()(default)}" if default else "IS NOT NULL", "words": words}
    if "column" not in needed:
        return {"words": words}
    if recipe.name == "drop-column":
        _refuse_shared_checks(needed["table"], names[0], table)
    for name in names:
        if name not in table.columns:
            known = ", ".join(table.columns)
            raise MessengerError(f"COLUMN={name} is not a column of {needed['table']}, which has {known}")
    old = table.columns[names[0]]
    old_type = _type(old)
    limit = old.modifiers[0] if old.type == "varchar" and old.modifiers else None
    longer = whole_number(needed.get("length", "")) or 0
    if recipe.name == "wider-varchar" and not (limit and limit < longer):
        raise MessengerError(f"LENGTH={needed['length']} is not more than {needed['table']}.{names[0]} has: {old_type}")
    columns_of = {name: columns_in(check.expression) for name, check in table.checks.items()}
    checks = ", ".join(name for name, columns in columns_of.items() if names[0] in columns)
    if recipe.name == "wider-varchar" and checks:
        raise MessengerError(
            f"COLUMN={names[0]} is in the CHECKs {checks}, for which a new length reads the table under its lock: drop "
            "them before, and add them again with RECIPE=check; or write the migration by hand, with a waiver"
        )
    default = RawStream()(old.default) if old.default else ""
    is_required = old.is_not_null and not default
    not_null = " NOT NULL" if old.is_not_null and default else ""
    return {
        "old_type": old_type,
        "old_length": str(limit or ""),
        "old_default": f"SET DEFAULT {default}" if default else "DROP DEFAULT",
        "old_definition": f"{old_type}{not_null}{f' DEFAULT {default}' if default else ''}",
        "is_required": "yes" if is_required else "",
        "comment": _literal(old.comment),
        "own_checks": ", ".join(name for name, columns in columns_of.items() if columns == {names[0]}) or "none",
    }


def _type(column: Column) -> str:
    """Return a column's type with its collation, as SQL."""
    collation = column.declaration.collClause
    return RawStream()(column.declaration.typeName) + (f" {RawStream()(collation)}" if collation else "")


def _refuse_shared_checks(name: str, column: str, table: Table) -> None:
    """Raise MessengerError when a CHECK of several columns would be dropped with one of them."""
    for constraint, check in table.checks.items():
        columns = columns_in(check.expression)
        if column in columns and len(columns) > 1:
            rest = _without(check.expression, column)
            wider = f"RECIPE=wider-check TABLE={name} CONSTRAINT={constraint} CHECK={shlex.quote(rest)}"
            alone = f"NAME=drop_{constraint}, and drop it there"
            raise MessengerError(
                f"COLUMN={column} is in the CHECK {constraint}, which would be dropped with it: first make db-new "
                f"{wider if rest else alone}"
            )


def _without(expression: Node, column: str) -> str:
    """Return a CHECK's expression without the terms in which a column is; empty where it is in all of them."""
    is_and = isinstance(expression, ast.BoolExpr) and expression.boolop == BoolExprType.AND_EXPR
    terms = expression.args if is_and else (expression,)
    return " AND ".join(_term(term) for term in terms if column not in columns_in(term))


def _term(node: Node) -> str:
    text = RawStream()(node)
    return f"({text})" if isinstance(node, ast.BoolExpr) and node.boolop == BoolExprType.OR_EXPR else text


def _new_column(needed: dict[str, str]) -> Column:
    try:
        (statement,) = parse(f"ALTER TABLE x ADD COLUMN {needed['column']} {needed['type']}")
        state = SchemaState()
        apply(state, statement)
        (column,) = state.table("x").columns.values()
    except (SqlError, ValueError):
        raise MessengerError(
            f"COLUMN={needed['column']} TYPE={needed['type']} is not a column: COLUMN=language TYPE='varchar(8)'"
        ) from None
    return column


def _of_check(recipe: Recipe, needed: dict[str, str], table: Table) -> dict[str, str]:
    if recipe.name == "check" and needed["constraint"] in table.checks:
        raise MessengerError(f"CONSTRAINT={needed['constraint']} is a CHECK of {needed['table']} already")
    if recipe.name != "wider-check":
        return {}
    if needed["constraint"] not in table.checks:
        known = ", ".join(table.checks)
        raise MessengerError(
            f"CONSTRAINT={needed['constraint']} is not a CHECK of {needed['table']}, which has {known}"
        )
    old = table.checks[needed["constraint"]]
    return {"old_check": RawStream()(old.expression), "comment": _literal(old.comment)}


def _again(name: str, taken: list[str]) -> str:
    """Return what makes a name that is taken another one: _2, _3 and so on."""
    known = [id_ for id_ in taken if re.fullmatch(rf"{name}(_\d+)?", id_)]
    return f"_{len(known) + 1}" if known else ""


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _one_more_row(path: Path, table: str) -> str:
    """Return an INSERT of one more row into a table, from the tests; where there is none, what to write."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = re.search(rf"^-- name: {table}\n(.*?)(?=\n-- name: |\Z)", text, re.MULTILINE | re.DOTALL)
    return (
        found[1].strip() if found else f"-- Write here an INSERT of one row into {table}, with a value in each column."
    )
