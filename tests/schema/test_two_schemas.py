"""The same files make a schema of its own for each tenant of one database."""

import psycopg
import pytest
from psycopg import sql

from .cases.world import ALICE, GROUP, NOON, build_world, count_rows, insert, update
from .dump import dump
from .migrations import down, up
from .queries import read, run


def enter(db: psycopg.Connection, schema: str) -> None:
    db.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(schema)))


@pytest.fixture
def tenants(empty_postgresql: psycopg.Connection) -> psycopg.Connection:
    """Put the schema into one database twice, and rows into the first."""
    for schema in ("tenant_a", "tenant_b"):
        empty_postgresql.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        enter(empty_postgresql, schema)
        up(empty_postgresql)
    enter(empty_postgresql, "tenant_a")
    build_world(empty_postgresql)
    return empty_postgresql


def test_rows_of_one_are_not_in_the_other(tenants: psycopg.Connection) -> None:
    rows = count_rows(tenants)
    enter(tenants, "tenant_b")
    assert set(count_rows(tenants).values()) == {0}
    # Not even the same ids and names meet.
    build_world(tenants)
    tenants.execute(read("empty_all"))
    assert set(count_rows(tenants).values()) == {0}
    enter(tenants, "tenant_a")
    assert count_rows(tenants) == rows


def test_both_have_the_same_rules(tenants: psycopg.Connection) -> None:
    enter(tenants, "tenant_a")
    rules, numbers = set(run(tenants, "rules")), run(tenants, "numbers")
    enter(tenants, "tenant_b")
    assert set(run(tenants, "rules")) == rules
    assert run(tenants, "numbers") == numbers


def test_nothing_of_one_uses_the_other(tenants: psycopg.Connection) -> None:
    first, second = dump(tenants, "--schema=tenant_a"), dump(tenants, "--schema=tenant_b")
    assert first.replace("tenant_a", "tenant_b") == second


@pytest.mark.parametrize("cascade", [True, False], ids=["dropped", "rolled back"])
def test_one_stays_whole_when_the_other_goes(tenants: psycopg.Connection, cascade: bool) -> None:
    before = dump(tenants, "--schema=tenant_b")
    if cascade:
        tenants.execute("DROP SCHEMA tenant_a CASCADE")
    else:
        down(tenants)
        assert run(tenants, "tables") == []
    assert dump(tenants, "--schema=tenant_b") == before

    enter(tenants, "tenant_b")
    build_world(tenants)
    insert(tenants, "messages", {"chat_id": GROUP, "content": "The id function is still there"})
    stored = update(tenants, "users", {"id": ALICE}, {"created_at": NOON})
    assert stored["updated_at"] != stored["created_at"]
