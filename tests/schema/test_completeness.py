"""Nobody can add a table, a column or a rule without a case for it."""

import psycopg
import pytest

from .cases import TABLES
from .cases.world import WORLD
from .missing import missing, rules_of, tried
from .queries import run

pytestmark = pytest.mark.picture


def test_every_table_column_and_rule_has_its_cases(db: psycopg.Connection) -> None:
    found = missing(db, TABLES, WORLD)
    assert not found, "\n".join(["see docs/migration-guide.md, and add:", *found])


def test_every_case_has_its_rule(db: psycopg.Connection) -> None:
    gone = tried(TABLES) - rules_of(db).keys()
    assert not gone, f"these rules are gone or have another name: {', '.join(sorted(gone))}"


def test_every_case_has_its_table_and_columns(db: psycopg.Connection) -> None:
    cased = {f"{table.name}.{column}" for table in TABLES for column in (*table.valid, *table.defaults)}
    gone = cased - {column for (column,) in run(db, "columns")}
    assert not gone, f"these columns are gone or have another name: {', '.join(sorted(gone))}"


def test_every_named_rule_is_tried_both_ways() -> None:
    assert all(rule.refused and rule.accepted for table in TABLES for rule in table.rules)


def test_every_value_of_an_enumeration_is_tried(db: psycopg.Connection) -> None:
    accepted = {
        (f"{table.name}_{column}_valid", value)
        for table in TABLES
        for column, values in table.enumerations.items()
        for value in values
    }
    allowed = set(run(db, "enumerations"))
    assert allowed
    assert accepted == allowed


# What is added, and the line that must say what is missing then.
NEW = {
    "ALTER TABLE users ADD CONSTRAINT users_new CHECK (true)": 'users.py: add a Rule("users_new", refused=..., ',
    "ALTER TABLE users ADD CONSTRAINT users_bio_key UNIQUE (bio)": 'users.py: add a Rule("users_bio_key", ',
    "ALTER TABLE users ADD FOREIGN KEY (id) REFERENCES users": 'users.py: add a Rule("users_id_fkey", ',
    "CREATE UNIQUE INDEX users_bio_set_key ON users (bio) WHERE bio <> ''": 'add a Rule("users_bio_set_key", ',
    "ALTER TABLE users ALTER bio SET NOT NULL": "users.py: add bio to not_null",
    "ALTER TABLE users ADD motto varchar(7)": 'users.py: add Length("motto", 7) to lengths',
    "ALTER TABLE users ALTER bio TYPE varchar(501)": 'users.py: add Length("bio", 501) to lengths',
    "ALTER TABLE users ADD motto text": "users.py: add motto to defaults, with what it holds when left out",
    "CREATE TABLE untold (id uuid PRIMARY KEY)": "untold.py: write the cases of the table untold",
    "CREATE TABLE unpeopled (id uuid PRIMARY KEY)": "world.py: add a row of unpeopled to WORLD",
}


@pytest.mark.parametrize("statement", NEW)
def test_what_is_new_is_missed_in_one_line(db: psycopg.Connection, statement: str) -> None:
    before = missing(db, TABLES, WORLD)
    db.execute(statement.encode())
    new = [line for line in missing(db, TABLES, WORLD) if line not in before]
    assert [line for line in new if line.startswith("tests/schema/cases/") and NEW[statement] in line], new
    assert not [line for line in new if "\n" in line]
