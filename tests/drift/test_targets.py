"""The targets of the Makefile: their settings, exit status and lines."""

import psycopg
from workflow.checkouts import Checkout, lines, refusal, succeeded
from workflow.databases import Database

from .commands import SHIPPED


def test_up_check_grant_plan(untouched: Checkout, database: Database, role: str) -> None:
    def make(*words: str) -> str:
        return succeeded(untouched.make("-s", *words, DATABASE_URL=database.url()))

    planned = make("db-plan")
    assert "CREATE TABLE users (" in planned
    assert "stdin" not in planned
    make("db-up")
    assert make("db-plan").startswith("-- nothing to apply: ")
    assert make("db-check").endswith(" matches its applied migrations\n")
    assert ": the rows keep all " in make("db-verify", "START_AT=users")
    assert "\n  users: SELECT, INSERT (username, " in make("db-grant", f"ROLE={role}")
    assert "\n  users: SELECT (id, username, display_name, " in make("db-grant", f"ROLE={role}", "READONLY=1")
    with psycopg.connect(database.url(user=role)) as db:
        assert db.execute("SELECT count(*) FROM users").fetchone() == (0,)
    database.execute(f"DROP OWNED BY {role}")

    down = untouched.make("-s", "db-plan", "DOWN=1", f"STEPS={SHIPPED}", DATABASE_URL=database.url())
    assert "DROP TABLE users;" in down.stdout
    first = [line for line in lines(down.stderr) if line.startswith("0001_initial_schema.rollback.sql:")]
    assert len([line for line in first if line.endswith(" are lost")]) == 10
    assert down.returncode == 0


def test_drift_and_refusals_end_with_status_1_and_one_line(untouched: Checkout, database: Database) -> None:
    database.execute("CREATE TABLE users (id uuid)")
    adopted = untouched.make("db-adopt", DATABASE_URL=database.url())
    assert "users.id: NOT NULL: expected yes, found no" in adopted.stdout.splitlines()
    assert "nothing was recorded" in refusal(adopted)
    database.execute("DROP TABLE users")
    succeeded(untouched.make("db-up", DATABASE_URL=database.url()))
    database.execute("DROP INDEX users_id_present_idx")
    checked = untouched.make("db-check", DATABASE_URL=database.url())
    assert checked.stdout.startswith("users.users_id_present_idx: index: expected CREATE INDEX")
    assert "1 difference between" in refusal(checked)
    assert "ROLE=messenger_app" in refusal(untouched.make("db-grant", DATABASE_URL=database.url()))


def test_they_work_first_thing_on_the_embedded_server(checkout: Checkout) -> None:
    assert "-- 0001_initial_schema.sql" in succeeded(checkout.make("db-plan"))
    assert "make db-up" in refusal(checkout.make("db-check"))
    assert "make db-up" in refusal(checkout.make("db-adopt"))
