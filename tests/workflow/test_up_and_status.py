"""The daily targets on the embedded server."""

import psycopg
import pytest

from messenger_db.numbering import ids

from .checkouts import ROOT, Checkout, refusal, succeeded
from .databases import Database, contents


def test_up_applies_and_says_how_to_connect_then_has_nothing_to_do(checkout: Checkout) -> None:
    before = succeeded(checkout.make("db-status"))
    first = succeeded(checkout.make("db-up"))
    again = succeeded(checkout.make("db-up"))
    after = succeeded(checkout.make("db-status"))

    assert "0001_initial_schema: pending" in before
    assert "applied 0001_initial_schema" in first
    assert "nothing to apply" in again
    assert "0001_initial_schema: applied 20" in after
    for said in (first, again):
        assert "make db-shell" in said
        assert "make -s db-url" in said


@pytest.mark.parametrize(
    ("target", "words"),
    [
        # db-status, db-up, seed and db-new come first in other tests.
        ("db-url", "postgresql://"),
        ("db-down", "nothing to roll back"),
        ("db-shell", ""),
        ("db-reset", "password123"),
    ],
)
def test_each_target_works_first_thing(checkout: Checkout, target: str, words: str) -> None:
    assert words in succeeded(checkout.make(target))


def test_stop_and_clean_work_first_thing(checkout: Checkout) -> None:
    assert "was not running" in succeeded(checkout.make("db-stop"))
    assert succeeded(checkout.make("clean")) == ""


def test_status_says_where_and_what(started: Checkout) -> None:
    said = succeeded(started.target("db-status"))
    with psycopg.connect(started.url()) as db:
        version = db.info.parameter_status("server_version")
    assert f"database messenger on {started.server_home}" in said
    assert "embedded" in said
    assert f"PostgreSQL {version}" in said
    assert " kB" in said


def test_status_and_up_do_not_show_the_password(untouched: Checkout, database: Database) -> None:
    url = database.url().replace("@/", ":s3cret@/")
    said = [succeeded(untouched.target(target, DATABASE_URL=url)) for target in ("db-status", "db-up", "db-status")]
    assert database.name in said[0]
    assert "s3cret" not in "".join(said)
    assert "embedded" not in "".join(said)


def test_status_changes_nothing(untouched: Checkout, database: Database) -> None:
    succeeded(untouched.target("db-status", DATABASE_URL=database.url()))
    assert database.tables() == set()


def test_status_says_what_is_pending_below_a_migration_of_another_branch(
    untouched: Checkout, migrated: Database
) -> None:
    newest = ids(ROOT / "migrations")[-1]
    migrated.execute(
        "UPDATE _yoyo_migration SET migration_hash = 'other', migration_id = '9002_other' "
        f"WHERE migration_id = '{newest}'"
    )
    said = succeeded(untouched.target("db-status", DATABASE_URL=migrated.url()))
    assert f"  {newest}: pending, though 9002_other is applied\n" in said
    assert said.endswith(
        "the database is ahead of this checkout: 9002_other is applied, but its file is not here: "
        "check out the branch that has it\n"
    )


def test_url_is_all_that_is_printed_and_connects(started: Checkout) -> None:
    said = succeeded(started.make("-s", "db-url"))
    assert said == f"{said.strip()}\n"
    assert "users" in contents(said.strip())


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://alice:s3cret@localhost/messenger",
        "postgresql://alice:s3#cret@localhost/messenger",
        "postgresql://alice@localhost/messenger?password=s3cret",
    ],
)
def test_url_keeps_the_password_from_a_terminal_alone(untouched: Checkout, url: str) -> None:
    assert succeeded(untouched.target("db-url", DATABASE_URL=url)) == f"{url}\n"
    status, shown = untouched.at_terminal("", "make", "-s", "db-url", DATABASE_URL=url)
    assert status != 0
    assert "database messenger on localhost" in shown
    assert "cret" not in shown


def test_shell_runs_psql(started: Checkout) -> None:
    said = succeeded(started.make("-s", "db-shell", stdin="SELECT 'rows: ' || count(*) FROM message_reactions;\n"))
    assert "rows: 0" in said


@pytest.mark.parametrize("schema", ["tenant_a", "Tenant_A", "tenant a", 'tenant"a'])
def test_shell_reaches_the_schema_of_the_url(untouched: Checkout, database: Database, schema: str) -> None:
    quoted = schema.replace('"', '""')
    database.execute(f'CREATE SCHEMA "{quoted}"')
    url = database.url(schema=schema, options="-cwork_mem=5MB")
    said = succeeded(untouched.target("db-shell", stdin="SELECT current_schema();\nSHOW work_mem;\n", DATABASE_URL=url))
    assert schema in said
    assert "5MB" in said


def test_the_place_is_said_as_libpq_finds_it(untouched: Checkout) -> None:
    url = "postgresql://alice@/messenger"
    said = refusal(untouched.target("db-status", DATABASE_URL=url, PGHOST="127.0.0.1", PGPORT="1"))
    assert "database messenger on 127.0.0.1 port 1:" in said


def test_validate_takes_the_shipped_migrations(untouched: Checkout) -> None:
    assert "valid" in succeeded(untouched.make("validate"))
