"""What the tests of the schema lack for a new table or column: a line each, in the order of docs/migration-guide.md."""

import re
from collections.abc import Iterator, Mapping, Sequence

import psycopg

from .cases.table import Table
from .cases.world import Row
from .queries import run

CASES = "tests/schema/cases"


def missing(db: psycopg.Connection, tables: Sequence[Table], world: Mapping[str, list[Row]]) -> list[str]:
    """Return what to add for the tables, columns and rules of the database that the cases do not know."""
    known = {table.name for table in tables}
    names = sorted(name for (name,) in run(db, "tables"))
    return [
        *(f"{CASES}/{name}.py: write the cases of the table {name}, a Table" for name in names if name not in known),
        *(f"{CASES}/world.py: add a row of {name} to WORLD" for name in names if not world.get(name)),
        *_columns(db, tables),
        *_rules(db, tables),
    ]


def tried(tables: Sequence[Table]) -> set[str]:
    """Return the rules that have cases."""
    return {
        *(rule.name for table in tables for rule in table.rules),
        *(f"{table.name}.{column} NOT NULL" for table in tables for column in table.not_null),
        *(f"{table.name}.{length.column} varchar({length.n})" for table in tables for length in table.lengths),
    }


def rules_of(db: psycopg.Connection) -> dict[str, str]:
    """Return the table of each rule."""
    return dict(run(db, "rules"))


def _columns(db: psycopg.Connection, tables: Sequence[Table]) -> Iterator[str]:
    known = {f"{table.name}.{column}" for table in tables for column in ("id", *table.valid, *table.defaults)}
    for (name,) in sorted(run(db, "columns")):
        table, column = name.split(".")
        if name not in known and table in {table.name for table in tables}:
            yield f"{CASES}/{table}.py: add {column} to defaults, with what it holds when left out, or to valid"


def _rules(db: psycopg.Connection, tables: Sequence[Table]) -> Iterator[str]:
    untried = rules_of(db)
    for rule in sorted(untried.keys() - tried(tables)):
        if untried[rule] in {table.name for table in tables}:
            yield f"{CASES}/{untried[rule]}.py: {_case(rule)}"


def _case(rule: str) -> str:
    if match := re.fullmatch(r"\w+\.(\w+) NOT NULL", rule):
        return f"add {match[1]} to not_null"
    if match := re.fullmatch(r"\w+\.(\w+) varchar\((\d+)\)", rule):
        return f'add Length("{match[1]}", {match[2]}) to lengths'
    return f'add a Rule("{rule}", refused=..., accepted=...) to rules'
