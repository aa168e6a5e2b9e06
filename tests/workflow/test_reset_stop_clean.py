"""Beginning again, stopping and cleaning up."""

import psycopg

from .checkouts import Checkout, refusal, succeeded
from .databases import Database, contents


def test_reset_begins_again(stopped: Checkout) -> None:
    succeeded(stopped.target("seed"))
    seeded = contents(stopped.url())["messages"]
    with psycopg.connect(stopped.url()) as db:
        db.execute("DELETE FROM messages")
    said = succeeded(stopped.make("db-reset"))
    assert "rolled back 0001_initial_schema" in said
    assert "applied 0001_initial_schema" in said
    again = contents(stopped.url())
    assert len(again["users"]) == 54
    assert len(again["messages"]) == len(seeded)


def test_reset_refuses_another_database_even_with_confirm(untouched: Checkout, migrated: Database) -> None:
    before = migrated.contents()
    said = refusal(untouched.make("db-reset", f"CONFIRM={migrated.name}", DATABASE_URL=migrated.url()))
    assert "not the embedded database" in said
    assert migrated.contents() == before


def test_stop_keeps_the_data(stopped: Checkout) -> None:
    succeeded(stopped.target("seed"))
    before = contents(stopped.url())
    assert "stopped" in succeeded(stopped.target("db-stop"))
    assert stopped.processes() == []
    assert "was not running" in succeeded(stopped.target("db-stop"))
    succeeded(stopped.target("db-up"))
    assert contents(stopped.url()) == before


def test_clean_removes_all_that_make_made(stopped: Checkout) -> None:
    kept = {path for path in stopped.folder.rglob("*") if not {".venv", ".postgres", "__pycache__"} & set(path.parts)}
    succeeded(stopped.target("db-up"))
    assert stopped.processes()
    succeeded(stopped.make("clean"))
    assert stopped.processes() == []
    assert set(stopped.folder.rglob("*")) == kept
