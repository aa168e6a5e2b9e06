"""The yoyo command beside our yoyo.ini."""

import pytest
from workflow.checkouts import NEWEST, Checkout, new_checkout, refusal, succeeded
from workflow.databases import Database


def test_apply_does_what_db_up_does(untouched: Checkout, database: Database) -> None:
    url = database.url()
    assert f"applied {NEWEST}" in succeeded(untouched.yoyo("apply", DATABASE_URL=url))
    assert "nothing to apply" in succeeded(untouched.yoyo("apply", DATABASE_URL=url))
    assert f"{NEWEST}: applied" in succeeded(untouched.target("db-status", DATABASE_URL=url))
    assert "nothing to apply" in succeeded(untouched.target("db-up", DATABASE_URL=url))


@pytest.mark.parametrize("below", ["migrations", "messenger_db/sql"])
def test_apply_in_a_subfolder(untouched: Checkout, database: Database, below: str) -> None:
    assert f"applied {NEWEST}" in succeeded(untouched.yoyo("apply", below=below, DATABASE_URL=database.url()))
    assert "users" in database.tables()


@pytest.mark.parametrize("suffix", [" with space", """ %41'b"c [d]*? é$HOME;#"""])
@pytest.mark.parametrize("below", ["", "seeds"])
def test_apply_in_a_path_with_odd_characters(database: Database, suffix: str, below: str) -> None:
    with new_checkout(suffix=suffix) as checkout:
        assert f"applied {NEWEST}" in succeeded(checkout.yoyo("apply", below=below, DATABASE_URL=database.url()))
    assert "users" in database.tables()


def test_apply_creates_a_missing_database(untouched: Checkout, missing: Database) -> None:
    assert f"applied {NEWEST}" in succeeded(untouched.yoyo("apply", DATABASE_URL=missing.url()))
    assert "users" in missing.tables()


def test_apply_reads_the_env_file(checkout: Checkout, database: Database) -> None:
    (checkout.folder / ".env").write_text(f"DATABASE_URL={database.url()}\n")
    assert f"applied {NEWEST}" in succeeded(checkout.yoyo("apply", below="seeds"))
    assert "users" in database.tables()


@pytest.mark.parametrize("command", ["apply", "list", "rollback"])
def test_without_database_url_there_is_one_line(untouched: Checkout, command: str) -> None:
    assert "DATABASE_URL is not set" in refusal(untouched.yoyo(command))
    assert (untouched.processes(), untouched.server_homes) == ([], [])


@pytest.mark.parametrize("command", ["apply", "rollback", "list"])
def test_without_migrations_it_fails(checkout: Checkout, database: Database, command: str) -> None:
    for path in (checkout.folder / "migrations").glob("*.sql"):
        path.unlink()
    assert "no migration found" in refusal(checkout.yoyo(command, DATABASE_URL=database.url()))
    assert database.tables() == set()


def test_force_is_refused(untouched: Checkout, database: Database) -> None:
    assert "--force" in refusal(untouched.yoyo("apply", "--force", DATABASE_URL=database.url()))
    assert database.tables() == set()


def test_force_is_refused_when_rolling_back(untouched: Checkout, migrated: Database) -> None:
    before = migrated.contents()
    done = untouched.yoyo("rollback", "--all", "--force", DATABASE_URL=migrated.url(), CONFIRM=migrated.name)
    assert "--force" in refusal(done)
    assert migrated.contents() == before


def test_list_changes_nothing(untouched: Checkout, database: Database) -> None:
    said = succeeded(untouched.yoyo("list", DATABASE_URL=database.url()))
    assert said.splitlines()[-1].split()[:2] == ["U", NEWEST]
    assert database.tables() == set()


def test_list_shows_what_is_applied(untouched: Checkout, migrated: Database) -> None:
    said = succeeded(untouched.yoyo("list", DATABASE_URL=migrated.url()))
    assert said.splitlines()[-1].split()[:2] == ["A", NEWEST]


@pytest.mark.parametrize("confirm", ["", "yes"])
def test_rollback_wants_the_databases_name(untouched: Checkout, migrated: Database, confirm: str) -> None:
    before = migrated.contents()
    done = untouched.yoyo("rollback", "--all", DATABASE_URL=migrated.url(), CONFIRM=confirm)
    assert f"CONFIRM={migrated.name}" in refusal(done)
    assert migrated.contents() == before


def test_rollback_goes_on_with_the_databases_name(untouched: Checkout, migrated: Database) -> None:
    done = untouched.yoyo("rollback", "--all", DATABASE_URL=migrated.url(), CONFIRM=migrated.name)
    assert f"rolled back {NEWEST}" in succeeded(done)
    assert all("yoyo" in table for table in migrated.tables())


def test_reapply_takes_back_and_applies(untouched: Checkout, migrated: Database) -> None:
    said = succeeded(untouched.yoyo("reapply", DATABASE_URL=migrated.url(), CONFIRM=migrated.name))
    assert said.index(f"rolled back {NEWEST}") < said.index(f"applied {NEWEST}")
    assert "users" in migrated.tables()


def test_mark_and_unmark(untouched: Checkout, database: Database) -> None:
    url = database.url()
    succeeded(untouched.yoyo("mark", DATABASE_URL=url))
    assert f"{NEWEST}: applied" in succeeded(untouched.target("db-status", DATABASE_URL=url))
    assert "users" not in database.tables()
    succeeded(untouched.yoyo("unmark", DATABASE_URL=url))
    assert f"{NEWEST}: pending" in succeeded(untouched.target("db-status", DATABASE_URL=url))
    assert f"applied {NEWEST}" in succeeded(untouched.yoyo("apply", DATABASE_URL=url))


def test_break_lock_says_that_there_is_none(untouched: Checkout, migrated: Database) -> None:
    assert "no lock to break" in refusal(untouched.yoyo("break-lock", DATABASE_URL=migrated.url()))


def test_what_goes_wrong_gives_one_line(untouched: Checkout, database: Database, role: str) -> None:
    said = refusal(untouched.yoyo("apply", DATABASE_URL=database.url(user=role)))
    assert "permission denied for schema public" in said
    assert database.tables() == set()


def test_a_malformed_url_is_not_repeated(untouched: Checkout) -> None:
    done = untouched.yoyo("apply", DATABASE_URL="postgresql://alice:slash/s3cret@localhost/messenger")
    assert "s3cret" not in done.stdout + done.stderr
    assert "DATABASE_URL" in refusal(done)


def test_two_tenants_live_in_one_database(untouched: Checkout, database: Database) -> None:
    for tenant in ("tenant_a", "tenant_b"):
        database.execute(f"CREATE SCHEMA {tenant}")
        done = untouched.yoyo("apply", DATABASE_URL=database.url(schema=tenant))
        assert f"applied {NEWEST}" in succeeded(done)
    assert {"tenant_a.users", "tenant_b.users"} <= database.tables()
