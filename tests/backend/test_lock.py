"""One process at a time changes a schema."""

import psycopg
import pytest
from workflow.checkouts import YOYO, Checkout, refusal, succeeded
from workflow.databases import Database

from messenger_db.sql import statement

SCHEMA = "0001_initial_schema"


def hold(db: psycopg.Connection) -> None:
    """Take the lock of the connection's schema."""
    db.execute("SET application_name = 'another deploy'")
    assert db.execute(statement("try_lock").encode()).fetchone() == (True,)


def test_sixteen_at_once_apply_once(checkout: Checkout, database: Database) -> None:
    all_ = [checkout.popen(YOYO, "apply", DATABASE_URL=database.url()) for _ in range(16)]
    said = [process.communicate(timeout=100) for process in all_]
    assert [process.returncode for process in all_] == [0] * 16, said
    assert [err for _, err in said if err] == []
    assert "".join(out for out, _ in said).count(f"applied {SCHEMA}") == 1
    assert len(database.contents()["_yoyo_migration"]) == 1
    assert len(database.contents()["_yoyo_log"]) == 1


def test_sixteen_at_once_create_a_missing_database_once(checkout: Checkout, missing: Database) -> None:
    all_ = [checkout.popen(YOYO, "apply", DATABASE_URL=missing.url()) for _ in range(16)]
    said = [process.communicate(timeout=100) for process in all_]
    assert [process.returncode for process in all_] == [0] * 16, said
    assert len(missing.contents()["_yoyo_migration"]) == 1


def test_apply_waits_and_then_names_the_holder(checkout: Checkout, database: Database) -> None:
    with database.connect() as db:
        hold(db)
        said = refusal(checkout.yoyo("apply", DATABASE_URL=database.url(), MIGRATION_WAIT_SECONDS="1"))
        assert f"process {db.info.backend_pid} (another deploy" in said
    assert database.tables() == set()
    assert f"applied {SCHEMA}" in succeeded(checkout.yoyo("apply", DATABASE_URL=database.url()))


def test_apply_goes_on_when_the_holder_is_done(checkout: Checkout, database: Database) -> None:
    with database.connect() as db:
        hold(db)
        process = checkout.popen(YOYO, "apply", DATABASE_URL=database.url())
        assert process.stdout
        assert "waiting: process" in process.stdout.readline()
        assert database.tables() == set()
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert f"applied {SCHEMA}" in out


@pytest.mark.parametrize("command", ["apply", "list"])
def test_nothing_to_do_needs_no_lock(checkout: Checkout, migrated: Database, command: str) -> None:
    with migrated.connect() as db:
        hold(db)
        succeeded(checkout.yoyo(command, DATABASE_URL=migrated.url(), MIGRATION_WAIT_SECONDS="1"))


def test_rollback_waits_too(checkout: Checkout, migrated: Database) -> None:
    before = migrated.contents()
    with migrated.connect() as db:
        hold(db)
        wait = {"MIGRATION_WAIT_SECONDS": "1", "CONFIRM": migrated.name}
        assert "another deploy" in refusal(checkout.yoyo("rollback", DATABASE_URL=migrated.url(), **wait))
    assert migrated.contents() == before


def test_tenants_do_not_wait_for_each_other(checkout: Checkout, database: Database) -> None:
    for tenant in ("tenant_a", "tenant_b"):
        database.execute(f"CREATE SCHEMA {tenant}")
    with database.connect() as db:
        db.execute("SET search_path = tenant_a")
        hold(db)
        done = checkout.yoyo("apply", DATABASE_URL=database.url(schema="tenant_b"), MIGRATION_WAIT_SECONDS="1")
        assert f"applied {SCHEMA}" in succeeded(done)
