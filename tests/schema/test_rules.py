"""Every rule refuses what breaks it, by its name, and lets the nearest pass."""

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import NotNullViolation, StringDataRightTruncation

from .cases import TABLES
from .cases.table import Change, Length, Rule, Table
from .cases.world import insert


def describe(change: Change) -> str:
    """Say shortly what a case changes."""
    rows = change if isinstance(change, tuple) else (change,)
    values = [f"{column}={value!s}" for row in rows for column, value in row.items()]
    return " ".join(value if len(value) <= 40 else f"{value[:30]}...{len(value)}" for value in values) or "valid"


REFUSED = [
    pytest.param(table, rule, change, id=f"{rule.name}: {describe(change)}")
    for table in TABLES
    for rule in table.rules
    for change in rule.refused
]
ACCEPTED = [
    pytest.param(table, rule, change, id=f"{rule.name}: {describe(change)}")
    for table in TABLES
    for rule in table.rules
    for change in rule.accepted
]


def drop_stricter_rule(world: psycopg.Connection, table: Table, rule: Rule) -> None:
    if rule.without:
        world.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                sql.Identifier(table.name), sql.Identifier(rule.without)
            )
        )


@pytest.mark.parametrize(("table", "rule", "change"), REFUSED)
def test_rule_refuses(world: psycopg.Connection, table: Table, rule: Rule, change: Change) -> None:
    drop_stricter_rule(world, table, rule)
    with pytest.raises(psycopg.IntegrityError) as error:
        insert(world, table.name, *table.rows(change))
    assert error.value.diag.constraint_name == rule.name


@pytest.mark.parametrize(("table", "rule", "change"), ACCEPTED)
def test_rule_lets_pass(world: psycopg.Connection, table: Table, rule: Rule, change: Change) -> None:
    drop_stricter_rule(world, table, rule)
    insert(world, table.name, *table.rows(change))


@pytest.mark.parametrize(
    ("table", "column"),
    [
        pytest.param(table, column, id=f"{table.name}.{column} NOT NULL")
        for table in TABLES
        for column in table.not_null
    ],
)
def test_missing_value_is_refused(world: psycopg.Connection, table: Table, column: str) -> None:
    with pytest.raises(NotNullViolation) as error:
        insert(world, table.name, table.valid | {column: None})
    assert error.value.diag.column_name == column


@pytest.mark.parametrize(
    ("table", "length"),
    [
        pytest.param(table, length, id=f"{table.name}.{length.column} varchar({length.n})")
        for table in TABLES
        for length in table.lengths
    ],
)
def test_varchar_holds_its_length_and_not_one_more(world: psycopg.Connection, table: Table, length: Length) -> None:
    with pytest.raises(StringDataRightTruncation), world.transaction():
        insert(world, table.name, *table.rows(length.refused()))
    insert(world, table.name, *table.rows(length.accepted()))


@pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
def test_columns_left_out_get_their_defaults(world: psycopg.Connection, table: Table) -> None:
    (now,) = world.execute("SELECT CURRENT_TIMESTAMP").fetchone() or (None,)
    stored = insert(world, table.name, table.valid, *table.beside)
    stored.pop("id", None)
    unknown = ", ".join(stored.keys() - table.valid.keys() - table.defaults.keys())
    assert not unknown, f"tests/schema/cases/{table.name}.py: add {unknown} to defaults, or to valid"
    assert stored == table.valid | {
        column: now if value == "CURRENT_TIMESTAMP" else value for column, value in table.defaults.items()
    }


@pytest.mark.parametrize(
    "table", [table for table in TABLES if "id" in table.not_null], ids=lambda table: str(table.name)
)
def test_ids_are_random_and_those_of_messages_sort_by_time(world: psycopg.Connection, table: Table) -> None:
    stored = insert(world, table.name, table.valid)
    version = 7 if table.name == "messages" else 4
    assert str(stored["id"])[14] == str(version)
