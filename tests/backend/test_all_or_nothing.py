"""A migration and its bookkeeping are kept as a whole, or not at all."""

import pytest
from children import LIMIT_SECONDS, until
from workflow.checkouts import NEWEST, YOYO, Checkout, failure, succeeded
from workflow.databases import Database

from messenger_db.numbering import id_after, ids

PINS = id_after(NEWEST, "add_pins")
TABLE = "CREATE TABLE pins (id bigint PRIMARY KEY);\n"
DROP = "DROP TABLE pins;\n"


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ("SELECT 1 / 0;\n", "division by zero"),
        ("CREATE TABLE users ();\n", 'relation "users" already exists'),
        ("NONSENSE;\n", "syntax error"),
    ],
)
def test_a_failure_half_way_leaves_nothing(checkout: Checkout, migrated: Database, last: str, words: str) -> None:
    before = migrated.contents()
    checkout.write_migration(PINS, TABLE + last, DROP)
    said = failure(checkout.yoyo("apply", DATABASE_URL=migrated.url()))
    assert PINS in said
    assert words in said
    assert "nothing of it was kept" in said
    assert migrated.contents() == before

    checkout.write_migration(PINS, TABLE, DROP)
    assert f"applied {PINS}" in succeeded(checkout.yoyo("apply", DATABASE_URL=migrated.url()))
    assert "pins" in migrated.tables()


def test_what_came_before_a_failure_stays(checkout: Checkout, database: Database) -> None:
    checkout.write_migration(PINS, TABLE + "SELECT 1 / 0;\n", DROP)
    done = checkout.yoyo("apply", DATABASE_URL=database.url())
    assert PINS in failure(done)
    assert f"applied {NEWEST}" in done.stdout
    assert PINS not in done.stdout
    assert "users" in database.tables()
    assert "pins" not in database.tables()


def test_a_failure_of_the_first_leaves_no_bookkeeping(checkout: Checkout, database: Database) -> None:
    first, *_ = ids(checkout.folder / "migrations")
    with (checkout.folder / "migrations" / f"{first}.sql").open("a") as migration:
        migration.write("SELECT 1 / 0;\n")
    assert first in failure(checkout.yoyo("apply", DATABASE_URL=database.url()))
    assert database.tables() == set()


def test_a_failing_rollback_leaves_all(checkout: Checkout, migrated: Database) -> None:
    url = migrated.url()
    checkout.write_migration(PINS, TABLE, DROP + "SELECT 1 / 0;\n")
    succeeded(checkout.yoyo("apply", DATABASE_URL=url))
    before = migrated.contents()
    said = failure(checkout.yoyo("rollback", "-r", PINS, DATABASE_URL=url, CONFIRM=migrated.name))
    assert "division by zero" in said
    assert migrated.contents() == before


def wait_until_it_sleeps(database: Database) -> None:
    """Return when a session of that database is inside pg_sleep."""
    query = "SELECT FROM pg_stat_activity WHERE datname = %s AND query LIKE '%%pg_sleep%%' AND wait_event = 'PgSleep'"
    with database.maintenance() as db:
        until(lambda: db.execute(query, [database.name]).rowcount)


def test_a_server_that_ends_the_session_gives_one_line(checkout: Checkout, migrated: Database) -> None:
    before = migrated.contents()
    checkout.write_migration(PINS, TABLE + "SELECT pg_sleep(600);\n", DROP)
    process = checkout.popen(YOYO, "apply", DATABASE_URL=migrated.url())
    wait_until_it_sleeps(migrated)
    with migrated.maintenance() as db:
        db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [migrated.name])
    _, err = process.communicate(timeout=LIMIT_SECONDS)
    assert process.returncode == 1
    line, place = err.splitlines()
    assert PINS in line
    assert "connection" in line
    assert place == f"  at migrations/{PINS}.sql:3"
    assert migrated.contents() == before
