"""uuid_v7() makes UUIDs of version 7 (RFC 9562) that sort by time, whoever calls it."""

from datetime import datetime

import psycopg
import pytest
from psycopg import sql

from .cases.world import ALICE, GROUP, insert, update
from .queries import execute, run


def test_ids_hold_version_variant_and_time_and_sort_by_it(db: psycopg.Connection) -> None:
    [(milliseconds, ticks, *wrong)] = run(db, "uuid_order")
    # Many milliseconds, and in each of them many ids in order.
    assert milliseconds > 5
    assert ticks > 10 * milliseconds
    assert wrong == [0, 0, 0, 0, 0]


def test_a_million_ids_hold_no_double(db: psycopg.Connection) -> None:
    made = db.execute("SELECT count(DISTINCT uuid_v7()) FROM generate_series(1, 1000000)").fetchone()
    assert made == (1_000_000,)


def test_ids_of_one_instant_still_differ_at_random(db: psycopg.Connection) -> None:
    tails = db.execute("SELECT count(DISTINCT substr(uuid_v7()::text, 20)) FROM generate_series(1, 10000)").fetchone()
    assert tails == (10_000,)


def test_a_hostile_search_path_changes_nothing(world: psycopg.Connection) -> None:
    home = world.execute("SELECT current_schema()").fetchone() or ("",)
    execute(world, "hostile")
    world.execute(sql.SQL("SET LOCAL search_path = hostile, pg_catalog, {}").format(sql.Identifier(home[0])))
    # The trap is set: an unqualified call goes to the hostile schema.
    assert world.execute("SELECT to_hex(1::bigint), extract(year FROM clock_timestamp())").fetchone() == (
        "hostile",
        3000,
    )

    made = world.execute("SELECT uuid_v7()").fetchall() + world.execute("SELECT uuid_v7()").fetchall()
    stored = update(world, "users", {"id": ALICE}, {"bio": "Hello"})

    world.execute(sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(home[0])))
    ids = [id_ for (id_,) in made]
    assert len(set(ids)) == 2
    # The message takes them: they are of version 7 and of this day.
    insert(world, "messages", *({"id": id_, "chat_id": GROUP, "content": "Hello"} for id_ in ids))
    assert isinstance(stored["updated_at"], datetime)
    assert stored["updated_at"].year < 3000


@pytest.mark.parametrize("function", ["uuid_v7()", "set_updated_at()", "refuse_change()"])
def test_public_may_not_execute(db: psycopg.Connection, function: str) -> None:
    allowed = db.execute("SELECT has_function_privilege('public', %s, 'EXECUTE')", [function]).fetchone()
    assert allowed == (False,)
