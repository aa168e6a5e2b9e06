"""Writing migrations and taking them back."""

import re

import pytest

from messenger_db.numbering import ids

from .checkouts import ROOT, Checkout, refusal, succeeded
from .databases import Database, contents

# Those of the checkout, and the numbers that come next.
NEWEST = ids(ROOT / "migrations")[-1]
PINS, DROP_PINS, LANG = (
    f"{int(NEWEST[:4]) + after:04}_{name}" for after, name in ((1, "add_pins"), (2, "drop_pins"), (1, "add_lang"))
)


def test_new_writes_the_next_pair(checkout: Checkout) -> None:
    said = succeeded(checkout.make("db-new", "NAME=add_pins"))
    succeeded(checkout.make("db-new", "NAME=drop_pins"))

    migrations = checkout.folder / "migrations"
    forward = (migrations / f"{PINS}.sql").read_text()
    assert f"migrations/{PINS}.sql" in said
    assert f"migrations/{PINS}.rollback.sql" in said
    assert f"tests/migrations/data/{PINS}.sql" in said
    assert forward.startswith("-- ")
    assert f"\n-- depends: {NEWEST}\n" in forward
    assert PINS in (migrations / f"{PINS}.rollback.sql").read_text()
    assert f"\n-- depends: {PINS}\n" in (migrations / f"{DROP_PINS}.sql").read_text()


@pytest.mark.parametrize("name", ["", "Add_pins", "add-pins", "add pins", "1pins", "pins_", "../pins", "épingles"])
def test_new_refuses_a_bad_name(untouched: Checkout, name: str) -> None:
    before = sorted((untouched.folder / "migrations").iterdir())
    assert "NAME=add_pins" in refusal(untouched.target("db-new", NAME=name))
    assert sorted((untouched.folder / "migrations").iterdir()) == before


def test_new_refuses_the_same_name_again(checkout: Checkout) -> None:
    succeeded(checkout.target("db-new", "NAME=add_pins"))
    assert f"{PINS} has that name" in refusal(checkout.target("db-new", "NAME=add_pins"))
    assert len(list((checkout.folder / "migrations").glob("*_add_pins.*"))) == 2


def test_new_starts_no_server(checkout: Checkout) -> None:
    succeeded(checkout.target("db-new", "NAME=add_pins"))
    assert (checkout.processes(), checkout.server_homes) == ([], [])


def test_a_new_migration_goes_up_and_down_by_steps(stopped: Checkout) -> None:
    succeeded(stopped.target("db-new", "NAME=add_pins"))
    with (stopped.folder / "migrations" / f"{PINS}.sql").open("a") as forward:
        forward.write("CREATE TABLE pins (id bigint PRIMARY KEY);\n")
    with (stopped.folder / "migrations" / f"{PINS}.rollback.sql").open("a") as rollback:
        rollback.write("DROP TABLE pins;\n")

    assert f"{PINS}: pending" in succeeded(stopped.target("db-status"))
    up = succeeded(stopped.target("db-up"))
    assert f"applied {PINS}" in up
    assert "0001" not in up
    assert "pins" in contents(stopped.url())

    down = succeeded(stopped.target("db-down", "STEPS=1"))
    assert f"rolled back {PINS}" in down
    assert "0001" not in down
    assert "pins" not in contents(stopped.url())
    assert "users" in contents(stopped.url())

    succeeded(stopped.target("db-up"))
    down = succeeded(stopped.target("db-down"))
    assert down.index(f"rolled back {PINS}") < down.index("rolled back 0001_initial_schema")
    assert all("yoyo" in table for table in contents(stopped.url()))
    assert "nothing to roll back" in succeeded(stopped.target("db-down"))


def test_a_checkout_without_the_newest_migration_changes_nothing_and_says_so(stopped: Checkout) -> None:
    stopped.write_migration(LANG, "CREATE TABLE langs (id bigint);\n", "DROP TABLE langs;\n")
    succeeded(stopped.target("db-up"))
    for half in (stopped.folder / "migrations").glob(f"{LANG}.*"):
        half.unlink()
    before = contents(stopped.url())
    for words in ("db-down", "db-down STEPS=1", "db-plan DOWN=1", "db-reset", "db-adopt", "db-check"):
        said = refusal(stopped.target(*words.split()))
        assert f"{LANG} is applied to database messenger on " in said
        assert "its file is not in this checkout: check out the branch that has it, or delete the embedded " in said
        assert "make db-remove" in said
        assert "ACCEPT" not in said
    up = succeeded(stopped.target("db-up"))
    assert f"is ahead of this checkout: {LANG} is applied, but its file is not here" in up
    assert "at the newest" not in up
    assert "ahead of this checkout" in succeeded(stopped.target("db-plan"))
    status = succeeded(stopped.target("db-status"))
    assert re.search(rf"  {LANG}: applied 20.*, but its file is not here\n", status)
    assert f"the database is ahead of this checkout: {LANG} is applied" in status
    assert contents(stopped.url()) == before

    assert succeeded(stopped.target("db-remove")) == "the embedded server's data are deleted\n"
    assert (stopped.processes(), stopped.server_homes) == ([], [])
    assert "applied 0001_initial_schema" in succeeded(stopped.target("db-up"))
    assert "langs" not in contents(stopped.url())


@pytest.mark.parametrize("steps", ["0", "-1", "abc", "²"])
def test_down_refuses_steps_that_are_no_number(untouched: Checkout, migrated: Database, steps: str) -> None:
    before = migrated.contents()
    done = untouched.target("db-down", STEPS=steps, CONFIRM=migrated.name, DATABASE_URL=migrated.url())
    assert "STEPS=1" in refusal(done)
    assert migrated.contents() == before


def test_down_by_more_steps_than_there_are_takes_all(untouched: Checkout, migrated: Database) -> None:
    succeeded(untouched.target("db-down", "STEPS=99", f"CONFIRM={migrated.name}", DATABASE_URL=migrated.url()))
    assert all("yoyo" in table for table in migrated.tables())


def test_down_does_not_create_a_database(untouched: Checkout, missing: Database) -> None:
    done = untouched.target("db-down", f"CONFIRM={missing.name}", DATABASE_URL=missing.url())
    assert f'database "{missing.name}" does not exist' in refusal(done)
    assert not missing.exists()
