"""Where DATABASE_URL leads."""

import pytest

from .checkouts import Checkout, refusal, succeeded
from .databases import Database

SCHEMA = "0001_initial_schema"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_environment_leads_to_another_server(untouched: Checkout, database: Database, scheme: str) -> None:
    assert f"applied {SCHEMA}" in succeeded(untouched.make("db-up", DATABASE_URL=database.url(scheme=scheme)))
    assert "users" in database.tables()
    assert (untouched.processes(), untouched.server_homes) == ([], [])


def test_words_behind_make_lead_there_too(untouched: Checkout, database: Database) -> None:
    assert f"applied {SCHEMA}" in succeeded(untouched.make("db-up", f"DATABASE_URL={database.url()}"))
    assert "users" in database.tables()


def test_env_file_leads_to_another_server(checkout: Checkout, database: Database) -> None:
    (checkout.folder / ".env").write_text(f"# the team's server\nDATABASE_URL={database.url()}\n")
    assert f"applied {SCHEMA}" in succeeded(checkout.make("db-up"))
    assert "users" in database.tables()
    assert (checkout.processes(), checkout.server_homes) == ([], [])


def test_environment_wins_over_env_file(checkout: Checkout, database: Database, missing: Database) -> None:
    (checkout.folder / ".env").write_text(f"DATABASE_URL={missing.url()}\n")
    succeeded(checkout.make("db-up", DATABASE_URL=database.url()))
    assert "users" in database.tables()
    assert not missing.exists()


def test_an_empty_one_is_none(stopped: Checkout) -> None:
    (stopped.folder / ".env").write_text("DATABASE_URL=\n")
    assert "embedded" in succeeded(stopped.make("db-status", DATABASE_URL=""))


def test_up_creates_a_missing_database(untouched: Checkout, missing: Database) -> None:
    assert f"applied {SCHEMA}" in succeeded(untouched.make("db-up", DATABASE_URL=missing.url()))
    assert "users" in missing.tables()


def test_a_name_with_odd_characters_is_created(untouched: Checkout, missing: Database) -> None:
    odd = Database(missing.server, f'{missing.name} "ä" 100%')
    try:
        succeeded(untouched.make("db-up", DATABASE_URL=odd.url()))
        assert "users" in odd.tables()
        assert "users" in succeeded(untouched.make("-s", "db-shell", stdin="\\dt\n", DATABASE_URL=odd.url()))
    finally:
        odd.drop()


def test_two_tenants_live_in_one_database(untouched: Checkout, database: Database) -> None:
    for tenant in ("tenant_a", "tenant_b"):
        database.execute(f"CREATE SCHEMA {tenant}")
    a, b = database.url(schema="tenant_a"), database.url(schema="tenant_b")

    assert f"applied {SCHEMA}" in succeeded(untouched.make("db-up", DATABASE_URL=a))
    assert f"{SCHEMA}: pending" in succeeded(untouched.make("db-status", DATABASE_URL=b))
    assert f"applied {SCHEMA}" in succeeded(untouched.make("db-up", DATABASE_URL=b))
    tables = database.tables()
    assert {"tenant_a.users", "tenant_b.users", "tenant_a._yoyo_migration", "tenant_b._yoyo_migration"} <= tables
    assert all(table.startswith("tenant_") for table in tables)

    confirm = f"CONFIRM={database.name}"
    succeeded(untouched.make("seed", confirm, DATABASE_URL=b))
    succeeded(untouched.make("db-down", confirm, DATABASE_URL=a))
    assert len(database.contents()["tenant_b.users"]) == 54
    assert f"{SCHEMA}: pending" in succeeded(untouched.make("db-status", DATABASE_URL=a))
    assert f"{SCHEMA}: applied" in succeeded(untouched.make("db-status", DATABASE_URL=b))


def test_a_schema_that_is_not_there_is_refused(untouched: Checkout, database: Database) -> None:
    said = refusal(untouched.make("db-up", DATABASE_URL=database.url(schema="tenant_x")))
    assert "tenant_x" in said
    assert "CREATE SCHEMA" in said
    assert database.tables() == set()


def test_libpq_settings_pass(untouched: Checkout, database: Database) -> None:
    url = database.url(sslmode="prefer", application_name="maps", connect_timeout="3")
    said = succeeded(untouched.make("-s", "db-shell", stdin="SHOW application_name;\n", DATABASE_URL=url))
    assert "maps" in said
