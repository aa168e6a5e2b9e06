"""What the application keeps: each rule has a query or a reason, and each query finds what it should and no more."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import Any

import psycopg
import pytest
from psycopg import sql
from schema.cases import world as names
from schema.cases.world import build_world

from messenger_db.reference.kept import QUERIES, broken_rows, kept_by_the_application

CASES = tomllib.loads(Path(__file__).with_name("kept.toml").read_text(encoding="utf-8"))["case"]
IDS = {name: value for name, value in vars(names).items() if name.isupper()} | {
    "RECENT": names.v7(datetime.now(UTC), 1)
}


def found(db: psycopg.Connection, id_: str) -> int:
    return db.execute(broken_rows(id_).text.encode(), {}).rowcount  # with parameters, %% is %


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']}: {case['name']}")
def test_the_rows_are_found(db: psycopg.Connection, case: dict[str, Any]) -> None:
    build_world(db)
    before = found(db, case["id"])
    literals = {name: sql.Literal(str(value)).as_string(db) for name, value in IDS.items()}
    db.execute(Template(case["sql"]).substitute(literals).encode())
    assert found(db, case["id"]) - before == case["rows"]


def test_each_rule_has_a_query_or_a_reason_why_no_row_shows_it(db: psycopg.Connection) -> None:
    kept = kept_by_the_application()
    asked = {entry["id"] for entry in kept if "table" in entry}
    assert {f"kept_by_the_application.{id_.replace('-', '_')}" for id_ in asked} == set(QUERIES)
    assert {entry["id"] for entry in kept if entry.get("unseen")} == {entry["id"] for entry in kept} - asked
    for entry in kept:
        if "table" in entry:
            assert db.execute("SELECT to_regclass(%s)", [entry["table"]]).fetchone() != (None,)


def test_each_query_has_a_case_that_it_finds_and_one_that_it_does_not() -> None:
    asked = {entry["id"] for entry in kept_by_the_application() if "table" in entry}
    assert {case["id"] for case in CASES if case["rows"]} == {case["id"] for case in CASES if not case["rows"]} == asked
