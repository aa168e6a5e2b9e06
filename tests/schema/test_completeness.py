"""Nobody can add a rule without a case for it."""

import psycopg
import pytest

from .cases import TABLES
from .queries import run

pytestmark = pytest.mark.picture

TRIED = {
    *(rule.name for table in TABLES for rule in table.rules),
    *(f"{table.name}.{column} NOT NULL" for table in TABLES for column in table.not_null),
    *(f"{table.name}.{length.column} varchar({length.n})" for table in TABLES for length in table.lengths),
}


def rules_of(db: psycopg.Connection) -> set[str]:
    return {rule for (rule,) in run(db, "rules")}


def test_every_rule_has_a_case(db: psycopg.Connection) -> None:
    untried = rules_of(db) - TRIED
    assert not untried, f"add cases to tests/schema/cases for: {', '.join(sorted(untried))}"


def test_every_case_has_its_rule(db: psycopg.Connection) -> None:
    gone = TRIED - rules_of(db)
    assert not gone, f"these rules are gone or have another name: {', '.join(sorted(gone))}"


def test_every_named_rule_is_tried_both_ways() -> None:
    assert all(rule.refused and rule.accepted for table in TABLES for rule in table.rules)


def test_every_default_is_tried(db: psycopg.Connection) -> None:
    tried = {f"{table.name}.{column}" for table in TABLES for column in ("id", *table.valid, *table.defaults)}
    untried = {column for (column,) in run(db, "columns")} - tried
    assert not untried, f"say in tests/schema/cases what they hold when left out: {', '.join(sorted(untried))}"


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


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (b"ALTER TABLE users ADD CONSTRAINT users_new CHECK (true)", "users_new"),
        (b"ALTER TABLE users ADD CONSTRAINT users_bio_key UNIQUE (bio)", "users_bio_key"),
        (b"ALTER TABLE users ADD FOREIGN KEY (id) REFERENCES users", "users_id_fkey"),
        (b"CREATE UNIQUE INDEX users_bio_set_key ON users (bio) WHERE bio <> ''", "users_bio_set_key"),
        (b"ALTER TABLE users ALTER bio SET NOT NULL", "users.bio NOT NULL"),
        (b"ALTER TABLE users ADD motto varchar(7)", "users.motto varchar(7)"),
        (b"ALTER TABLE users ALTER bio TYPE varchar(501)", "users.bio varchar(501)"),
        (b"CREATE TABLE pins (id uuid PRIMARY KEY)", "pins_pkey"),
    ],
)
def test_a_new_rule_would_be_missed(db: psycopg.Connection, statement: bytes, rule: str) -> None:
    db.execute(statement)
    assert rule in rules_of(db) - TRIED
