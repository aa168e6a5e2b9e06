"""Writing migrations and taking them back."""

import pytest

from .checkouts import Checkout, refusal, succeeded
from .databases import Database, contents


def test_new_writes_the_next_pair(checkout: Checkout) -> None:
    said = succeeded(checkout.make("db-new", "NAME=add_pins"))
    succeeded(checkout.make("db-new", "NAME=drop_pins"))

    migrations = checkout.folder / "migrations"
    forward = (migrations / "0002_add_pins.sql").read_text()
    assert "migrations/0002_add_pins.sql" in said
    assert "migrations/0002_add_pins.rollback.sql" in said
    assert "tests/migrations/data/0002_add_pins.sql" in said
    assert forward.startswith("-- ")
    assert "\n-- depends: 0001_initial_schema\n" in forward
    assert "0002_add_pins" in (migrations / "0002_add_pins.rollback.sql").read_text()
    assert "\n-- depends: 0002_add_pins\n" in (migrations / "0003_drop_pins.sql").read_text()


@pytest.mark.parametrize("name", ["", "Add_pins", "add-pins", "add pins", "1pins", "pins_", "../pins", "épingles"])
def test_new_refuses_a_bad_name(untouched: Checkout, name: str) -> None:
    before = sorted((untouched.folder / "migrations").iterdir())
    assert "NAME=add_pins" in refusal(untouched.here("new", NAME=name))
    assert sorted((untouched.folder / "migrations").iterdir()) == before


def test_new_refuses_the_same_name_again(checkout: Checkout) -> None:
    succeeded(checkout.make("db-new", "NAME=add_pins"))
    assert "0002_add_pins has that name" in refusal(checkout.make("db-new", "NAME=add_pins"))
    assert not list((checkout.folder / "migrations").glob("0003*"))


def test_new_starts_no_server(checkout: Checkout) -> None:
    succeeded(checkout.make("db-new", "NAME=add_pins"))
    assert (checkout.processes(), checkout.server_homes) == ([], [])


def test_a_new_migration_goes_up_and_down_by_steps(stopped: Checkout) -> None:
    succeeded(stopped.make("db-new", "NAME=add_pins"))
    with (stopped.folder / "migrations" / "0002_add_pins.sql").open("a") as forward:
        forward.write("CREATE TABLE pins (id bigint PRIMARY KEY);\n")
    with (stopped.folder / "migrations" / "0002_add_pins.rollback.sql").open("a") as rollback:
        rollback.write("DROP TABLE pins;\n")

    assert "0002_add_pins: waiting" in succeeded(stopped.make("db-status"))
    up = succeeded(stopped.make("db-up"))
    assert "applied 0002_add_pins" in up
    assert "0001" not in up
    assert "pins" in contents(stopped.url())

    down = succeeded(stopped.make("db-down", "STEPS=1"))
    assert "rolled back 0002_add_pins" in down
    assert "0001" not in down
    assert "pins" not in contents(stopped.url())
    assert "users" in contents(stopped.url())

    succeeded(stopped.make("db-up"))
    down = succeeded(stopped.make("db-down"))
    assert down.index("rolled back 0002_add_pins") < down.index("rolled back 0001_initial_schema")
    assert all("yoyo" in table for table in contents(stopped.url()))
    assert "nothing to roll back" in succeeded(stopped.make("db-down"))


@pytest.mark.parametrize("steps", ["0", "-1", "abc", "²"])
def test_down_refuses_steps_that_are_no_number(untouched: Checkout, migrated: Database, steps: str) -> None:
    before = migrated.contents()
    done = untouched.here("down", STEPS=steps, CONFIRM=migrated.name, DATABASE_URL=migrated.url())
    assert "STEPS=1" in refusal(done)
    assert migrated.contents() == before


def test_down_by_more_steps_than_there_are_takes_all(untouched: Checkout, migrated: Database) -> None:
    succeeded(untouched.make("db-down", "STEPS=99", f"CONFIRM={migrated.name}", DATABASE_URL=migrated.url()))
    assert all("yoyo" in table for table in migrated.tables())


def test_down_does_not_create_a_database(untouched: Checkout, missing: Database) -> None:
    done = untouched.make("db-down", f"CONFIRM={missing.name}", DATABASE_URL=missing.url())
    assert f'database "{missing.name}" does not exist' in refusal(done)
    assert not missing.exists()
