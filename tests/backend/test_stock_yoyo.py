"""The files are plain yoyo: stock yoyo and ours take turns on one database."""

from workflow.checkouts import NEWEST, YOYO, Checkout, Done, succeeded
from workflow.databases import Database


def stock(checkout: Checkout, command: str, database: Database, *words: str) -> Done:
    options = ("--batch", "--no-config-file", "--database", database.url())
    done = checkout.run(YOYO, command, *words, *options, "migrations")
    assert done.returncode == 0, done.stderr
    return done


def test_what_stock_yoyo_applied_is_applied_for_us(untouched: Checkout, database: Database) -> None:
    stock(untouched, "apply", database)
    assert f"{NEWEST}: applied" in succeeded(untouched.target("db-status", DATABASE_URL=database.url()))
    assert "nothing to apply" in succeeded(untouched.target("db-up", DATABASE_URL=database.url()))
    done = untouched.target("db-down", f"CONFIRM={database.name}", DATABASE_URL=database.url())
    assert f"rolled back {NEWEST}" in succeeded(done)
    assert all("yoyo" in table for table in database.tables())


def test_what_we_applied_is_applied_for_stock_yoyo(untouched: Checkout, migrated: Database) -> None:
    assert stock(untouched, "list", migrated).stdout.splitlines()[-1].split()[:2] == ["A", NEWEST]
    before = migrated.tables()
    stock(untouched, "apply", migrated)
    assert migrated.tables() == before
    stock(untouched, "rollback", migrated, "--all")
    assert all("yoyo" in table for table in migrated.tables())
    assert f"applied {NEWEST}" in succeeded(untouched.target("db-up", DATABASE_URL=migrated.url()))
