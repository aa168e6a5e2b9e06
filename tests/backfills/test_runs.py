"""Backfills as a person runs them: what they do, where they stop, and what they say."""

import json
import re

import psycopg
import pytest
from children import finished

from messenger_db import cli
from messenger_db.backfilling import batches

from .items import CONTRACT, FILL, STATEMENT, TRIGGER, Items, take_steps


def test_every_row_is_changed_once(items: Items) -> None:
    items.up(rows=1000)
    assert re.fullmatch(
        r"filled 0001_fill_size: 1,000 rows in \d+\.\d s, longest batch \d\.\d\d s", items.said("backfill").out
    )
    assert items.fills() == {(1, True): 1000}
    assert "has no backfill that is due" in items.said("backfill").out
    assert f"{FILL}: complete 20" in items.said("backfill", FILL).out
    assert items.fills() == {(1, True): 1000}


def test_a_table_without_rows_is_complete_at_once(items: Items) -> None:
    items.up()
    assert "filled 0001_fill_size: 0 rows" in items.said("backfill").out
    assert f"  backfill {FILL}: complete 20" in items.said("status").out


def test_rows_that_come_after_the_start_are_left_to_what_covers_them(items: Items) -> None:
    items.up(rows=500)
    items.ask(TRIGGER)
    with items.fill() as fill:
        fill.step()
        items.ask("INSERT INTO items (part, name, body) VALUES (-1, 'before', 'xx'), (999, 'after', 'xxx')")
        take_steps(fill)
    assert items.fills() == {(1, True): 500, (0, True): 2}


@pytest.mark.parametrize("word", ["0001", "fill_size", FILL])
def test_a_backfill_is_named_by_its_number_or_name(items: Items, word: str) -> None:
    items.up(rows=3)
    items.write_backfill(name="0002_other")
    assert f"filled {FILL}" in items.said("backfill", word).out
    assert items.fills() == {(1, True): 3}


def test_a_name_that_no_backfill_has(items: Items) -> None:
    items.up()
    assert (
        "NAME=size is not a backfill of this checkout: there is 0001_fill_size" in items.said("backfill", "size").error
    )
    items.write_backfill(name="0001_other")
    assert "NAME=0001 is more than one backfill" in items.said("backfill", "0001").error


def test_a_backfill_waits_for_its_migration(items: Items) -> None:
    items.up(rows=3)
    items.write_migration("0002_more", "ALTER TABLE items ADD COLUMN more int;")
    items.write_backfill(depends="0002_more")
    assert f"backfill {FILL}: not due before 0002_more is applied" in items.said("status").out
    assert "has no backfill that is due" in items.said("backfill").out
    assert f"{FILL} depends on 0002_more, which is not applied" in items.said("backfill", FILL).error
    items.up()
    assert f"backfill {FILL}: due: make db-backfill" in items.said("status").out
    assert f"filled {FILL}" in items.said("backfill").out


def test_the_status_says_how_far_it_is(items: Items) -> None:
    items.up(rows=1000)
    items.ask("ANALYZE items")
    with items.fill() as fill:
        fill.step()
    assert f"backfill {FILL}: 10%, 100 of about 1,000 rows, last moved 20" in items.said("status").out


def test_a_row_that_cannot_be_changed_stops_it_and_is_named(items: Items) -> None:
    items.up(rows=300)
    items.ask("ALTER TABLE items ADD CONSTRAINT short CHECK (size <> 217)")
    error = items.said("backfill").error
    assert f"{FILL} stopped at the row of items with part = 21, name = n217: new row for relation" in error
    assert "ON_ERROR=skip" in error
    assert "at backfills/0001_fill_size.sql:6" in error
    # In the order of the key, in which n21 comes before n210.
    done = items.fills()
    assert done == {(1, True): 217, (0, False): 83}
    items.ask("ALTER TABLE items DROP CONSTRAINT short")
    items.said("backfill")
    assert items.fills() == {(1, True): 300}


def test_rows_are_left_out_and_a_later_run_takes_only_those(items: Items) -> None:
    items.up(rows=300)
    items.ask("ALTER TABLE items ADD CONSTRAINT short CHECK (size NOT IN (5, 6, 217))")
    error = items.said("backfill", "--on-error", "skip").error
    assert f"{FILL} is done but for what was left out, and 3 rows were: correct them, then run it again" in error
    assert "part = 0, name = n5: new row for relation" in error
    assert items.fills() == {(1, True): 297, (0, False): 3}
    status = items.said("status").out
    assert f"backfill {FILL}: all rows tried, 3 rows left out: correct them" in status

    assert "stopped at the row of items with part = 0, name = n5" in items.said("backfill").error
    items.ask("ALTER TABLE items DROP CONSTRAINT short, ADD CONSTRAINT short CHECK (size <> 217)")
    assert "and 1 row was" in items.said("backfill", "--on-error", "skip").error
    items.ask("ALTER TABLE items DROP CONSTRAINT short")
    assert "1 rows in" in items.said("backfill").out
    assert items.fills() == {(1, True): 300}
    assert f"backfill {FILL}: complete" in items.said("status").out


def test_a_row_that_was_left_out_and_is_gone_is_done(items: Items) -> None:
    items.up(rows=3)
    items.ask("ALTER TABLE items ADD CONSTRAINT short CHECK (size <> 1)")
    items.said("backfill", "--on-error", "skip")
    items.ask("DELETE FROM items WHERE name = 'n1'")
    items.said("backfill")
    assert f"backfill {FILL}: complete" in items.said("status").out


def test_it_stops_where_too_many_rows_cannot_be_changed(items: Items, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_LEFT", 4)
    items.up(rows=20)
    items.ask("ALTER TABLE items ADD CONSTRAINT none CHECK (size < 0)")
    error = items.said("backfill", "--on-error", "skip").error
    assert "stopped at the row of items with part = 0, name = n4" in error
    assert "4 rows are left out already" in error


def test_a_deferred_rule_names_the_row_too(items: Items) -> None:
    items.up(rows=200)
    items.ask("ALTER TABLE items ADD CONSTRAINT other UNIQUE (size) DEFERRABLE INITIALLY DEFERRED")
    items.ask("UPDATE items SET body = repeat('x', 7) WHERE name = 'n150'")
    assert (
        "stopped at the row of items with part = 15, name = n150: duplicate key value" in items.said("backfill").error
    )


def test_a_statement_that_the_server_refuses_ends_it_with_its_place(items: Items) -> None:
    items.up(rows=200)
    items.write_backfill(STATEMENT.replace("length(items.body)", "longth(items.body)"))
    error = items.said("backfill").error
    assert "0001_fill_size failed: function longth(text) does not exist" in error
    assert "at backfills/0001_fill_size.sql:8" in error
    assert items.fills() == {(0, False): 200}


def test_a_statement_with_expressions_of_its_own(items: Items) -> None:
    items.up(rows=30)
    items.write_backfill(
        "WITH RECURSIVE more AS (SELECT 1 AS number)\n"
        "UPDATE items SET size = length(body), fills = fills + number FROM more, batch\n"
        "WHERE items.part = batch.part AND items.name = batch.name AND '100%' LIKE '%';"
    )
    items.said("backfill")
    assert items.fills() == {(1, True): 30}


def test_a_changed_file_is_refused_until_it_is_accepted(items: Items, monkeypatch: pytest.MonkeyPatch) -> None:
    items.up(rows=200)
    with items.fill() as fill:
        fill.step()
    items.write_backfill(STATEMENT.replace("length(", "char_length("))
    assert f"backfills/{FILL}.sql has changed since it was begun" in items.said("backfill").error
    monkeypatch.setenv("ACCEPT", FILL)
    items.said("backfill")
    assert items.fills() == {(1, True): 200}


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"key": "name, part"}, "goes by name, part, but the primary key of items is part, name"),
        ({"table": "others"}, "is for the table others, which is not here or has no primary key"),
        ({"covered": "trigger items_set_size"}, "relies on the trigger items_set_size, which does not fire"),
        ({"key": ""}, "has no line -- key: in its header"),
    ],
)
def test_a_header_that_does_not_fit_the_database(items: Items, header: dict[str, str], words: str) -> None:
    items.up(rows=3)
    items.write_backfill(**header)
    assert words in items.said("backfill").error
    assert items.fills() == {(0, False): 3}


def test_a_trigger_that_is_disabled_covers_nothing(items: Items) -> None:
    items.up(rows=3)
    items.write_backfill(covered="trigger items_set_size")
    items.ask(TRIGGER)
    items.ask("ALTER TABLE items DISABLE TRIGGER items_set_size")
    assert "does not fire for each new row of items here" in items.said("backfill").error
    items.ask("ALTER TABLE items ENABLE TRIGGER items_set_size")
    assert f"filled {FILL}" in items.said("backfill").out


def test_two_statements_are_refused(items: Items) -> None:
    items.up(rows=3)
    items.write_backfill(STATEMENT * 2)
    assert "has 2 statements: a backfill is one" in items.said("backfill").error


@pytest.mark.parametrize("word", ["go", "1"])
def test_another_word_than_stop_or_skip(items: Items, word: str) -> None:
    assert f"ON_ERROR={word} is not stop or skip" in items.said("backfill", "--on-error", word).error


def test_a_migration_that_needs_it_is_refused_until_it_is_complete(items: Items) -> None:
    items.up(rows=200)
    items.write_migration("0002_contract", CONTRACT)
    error = items.said("up").error
    assert f"0002_contract needs backfill {FILL}, which is not begun on database" in error
    assert error.removeprefix("messenger-db: ") in items.said("plan").out
    assert f"run make db-backfill NAME={FILL}, then apply again" in error
    with items.fill() as fill:
        fill.step()
    assert "% done on database" in items.said("up").error
    assert "0002_contract: pending" in items.said("status").out
    items.said("backfill")
    assert "applied 0002_contract" in items.said("up").out


def test_rows_left_out_count_as_not_complete(items: Items) -> None:
    items.up(rows=3)
    items.ask("ALTER TABLE items ADD CONSTRAINT short CHECK (size <> 1)")
    items.said("backfill", "--on-error", "skip")
    items.write_migration("0002_contract", CONTRACT)
    assert "0002_contract needs backfill" in items.said("up").error


def test_a_new_database_needs_no_backfill(items: Items) -> None:
    items.write_migration("0002_contract", CONTRACT)
    assert f"0002_contract needs backfill {FILL}, which begins after 0001_items is applied" in items.said("plan").out
    items.up()
    assert f"backfill {FILL}: complete, as 0002_contract is applied" in items.said("status").out
    assert "has no backfill that is due" in items.said("backfill").out


def test_a_needed_backfill_whose_file_is_missing(items: Items) -> None:
    items.write_migration("0002_contract", CONTRACT.replace("0001", "0007"))
    assert "0002_contract needs backfill 0007, which is not in backfills/" in items.said("up").error


def test_apply_does_it_all_in_one_where_that_is_wanted(items: Items, monkeypatch: pytest.MonkeyPatch) -> None:
    items.up(rows=200)
    monkeypatch.setenv("APPLY_BACKFILLS", "1")
    items.write_migration("0002_contract", CONTRACT)
    items.write_migration("0003_more", "ALTER TABLE items ADD COLUMN more int;")
    items.write_backfill(STATEMENT, "0002_fill_more", depends="0003_more")
    assert [line.split(":")[0].split(" (")[0] for line in items.said("up").out.splitlines()] == [
        f"filled {FILL}",
        "applied 0002_contract",
        "applied 0003_more",
        "filled 0002_fill_more",
        "connect with make db-shell, or by the URL that make -s db-url prints",
    ]
    assert items.fills() == {(2, True): 200}
    assert "nothing to apply" in items.said("up").out


def test_rolling_back_what_it_depends_on_forgets_it(items: Items) -> None:
    items.write_migration("0002_more", "ALTER TABLE items ADD COLUMN more int;", "ALTER TABLE items DROP COLUMN more;")
    items.write_backfill(depends="0002_more")
    items.up(rows=3)
    items.said("backfill")
    items.said("down", "--steps", "1")
    assert f"backfill {FILL}: not due before 0002_more is applied" in items.said("status").out
    items.up()
    assert "3 rows" in items.said("backfill").out


def test_rolling_back_while_it_runs_stops_it(items: Items) -> None:
    items.write_migration("0002_more", "ALTER TABLE items ADD COLUMN more int;", "ALTER TABLE items DROP COLUMN more;")
    items.write_backfill(depends="0002_more")
    items.up(rows=300)
    with items.fill() as fill:
        fill.step()
        items.said("down", "--steps", "1")
        with pytest.raises(Exception, match="or has rolled back what it depends on: nothing was changed"):
            fill.step()
    assert items.fills() == {(1, True): 100, (0, False): 200}


def test_tenants_are_apart(items: Items, monkeypatch: pytest.MonkeyPatch) -> None:
    items.up(rows=3)
    items.ask("CREATE SCHEMA tenant_a")
    monkeypatch.setenv("DATABASE_URL", items.database.url(schema="tenant_a"))
    items.said("up")
    items.ask("INSERT INTO tenant_a.items (part, name, body) VALUES (1, 'a', 'x')")
    assert "1 rows" in items.said("backfill").out
    assert items.fills() == {(0, False): 3}
    monkeypatch.setenv("DATABASE_URL", items.database.url())
    assert f"backfill {FILL}: due" in items.said("status").out
    items.said("backfill")
    assert items.fills() == {(1, True): 3}


def test_one_command_fills_all_tenants(items: Items) -> None:
    tenants = ("tenant_a", "tenant_b", "tenant_c")
    items.ask("".join(f"CREATE SCHEMA {tenant};" for tenant in tenants))
    items.said("up", "--tenants", "tenant_%")
    items.ask("".join(f"INSERT INTO {tenant}.items (part, name, body) VALUES (1, 'a', 'x');" for tenant in tenants))
    items.ask("ALTER TABLE tenant_b.items ADD CONSTRAINT items_odd CHECK (size IS NULL)")
    done = finished(items.start("backfill", "--tenants", "tenant_%", "--on-error", "skip"))
    assert done.returncode == 1
    assert f"tenant_c: filled {FILL}: 1 rows in " in done.stdout
    assert f"schema tenant_b: {FILL} is done but for what was left out, and 1 row was" in done.stderr
    found = json.loads(finished(items.start("status", "--tenants", "tenant_%", "--json")).stdout)
    assert [tenant["backfills"][0]["state"] for tenant in found["tenants"]] == ["complete", "rows left", "complete"]
    table = items.said("status", "--tenants", "tenant_%").out.splitlines()
    assert table[2:4] == ["  0001_items               applied   applied", f"  backfill {FILL}  complete  rows left"]


def test_an_owner_needs_no_other_privilege(items: Items, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    items.ask(f"GRANT CREATE ON SCHEMA public TO {role}")
    monkeypatch.setenv("DATABASE_URL", items.database.url(user=role))
    items.said("up")
    items.ask("INSERT INTO items (part, name, body) VALUES (1, 'a', 'x')")
    assert "1 rows" in items.said("backfill").out
    # With the table there, the privilege to create is not needed.
    items.ask(f"REVOKE CREATE ON SCHEMA public FROM {role}")
    items.write_backfill(name="0002_again")
    assert "1 rows" in items.said("backfill").out
    with psycopg.connect(items.database.url(), autocommit=True) as db:
        db.execute(f"DROP OWNED BY {role}".encode())


def test_it_prints_json(items: Items, capsys: pytest.CaptureFixture[str]) -> None:
    items.up(rows=3)
    items.ask("ALTER TABLE items ADD CONSTRAINT short CHECK (size <> 1)")
    items.said("backfill", "--on-error", "skip")
    capsys.readouterr()
    cli.run(["status", "--json"])
    [backfill] = json.loads(capsys.readouterr().out)["backfills"]
    [left] = backfill.pop("rows_left")
    assert left["key"] == ["0", "n1"]
    assert backfill == {
        "id": FILL,
        "state": "rows left",
        "is_in_checkout": True,
        "rows_done": 2,
        "rows_expected": backfill["rows_expected"],
        "completed_at": None,
    }
