"""What a person can mend is one line for each test, without a traceback."""

from contextlib import closing

import pytest
from psycopg2.extensions import connection as Connection

from messenger_db.testing import templates

from .foreign import Foreign

TEST = "def test_it(messenger_db):\n    pass\n"


def error_of(foreign: Foreign, *words: str) -> str:
    """Return the line that a run prints for the test that could not begin."""
    foreign.write(TEST)
    result = foreign.run_here(*words)
    result.assert_outcomes(errors=1)
    text = result.stdout.str()
    assert "Traceback" not in text
    assert "During handling" not in text
    (line,) = {line for line in result.outlines if line.startswith("messenger-db: ")}
    return line


def test_no_server(foreign: Foreign) -> None:
    line = error_of(foreign, "--postgresql-port=1")
    assert "Connection refused" in line
    assert "--postgresql-host" in line


def test_no_url(foreign: Foreign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESSENGER_TEST_DATABASE_URL", "mysql://user:secret@host/name")
    line = error_of(foreign)
    assert "MESSENGER_TEST_DATABASE_URL is not a PostgreSQL URL" in line
    assert "secret" not in line


def test_a_wrong_password(foreign: Foreign, monkeypatch: pytest.MonkeyPatch) -> None:
    if not foreign.place.private:
        pytest.skip("the server that these tests run on asks for no password")
    url = foreign.place.url("postgres").replace(foreign.place.parameters["password"], "secret")
    monkeypatch.setenv("MESSENGER_TEST_DATABASE_URL", url)
    line = error_of(foreign)
    assert "password authentication failed" in line
    assert "secret" not in line


def test_a_role_that_may_make_no_databases(foreign: Foreign, role: str) -> None:
    line = error_of(foreign, *foreign.server, f"--postgresql-user={role}")
    assert "permission denied" in line
    assert f"ALTER ROLE {role} CREATEDB" in line


def test_a_role_that_may_make_databases_is_enough(foreign: Foreign, role: str) -> None:
    with closing(foreign.place.maintain()) as connection:
        connection.cursor().execute(f"ALTER ROLE {role} CREATEDB")
        before = foreign.databases()
        foreign.write("def test_it(messenger_demo, messenger_tx):\n    pass\n")
        foreign.run_here(*foreign.server, f"--postgresql-user={role}").assert_outcomes(passed=1)
        # The tables of another role's template would not be for it.
        (own,) = (name for name in foreign.databases() - before if role_of(connection, name) == role)
        templates.drop(connection, own)


def role_of(connection: Connection, database: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [database])
        return str((cursor.fetchone() or [""])[0])


def test_no_such_time_zone(foreign: Foreign) -> None:
    assert "Canada/Atlantis" in error_of(foreign, *foreign.server, "-o", "messenger_timezone=Canada/Atlantis")


def test_something_is_not_installed(foreign: Foreign) -> None:
    foreign.write("import sys\nsys.modules['faker'] = None\n", "conftest.py")
    foreign.write("def test_it(messenger_factory):\n    pass\n")
    result = foreign.run()
    result.assert_outcomes(errors=1)
    assert "messenger-db: faker is missing: pip install 'messenger-db[pytest]'" in result.outlines


@pytest.mark.parametrize("name", ["PGHOSTADDR", "PGSERVICE"])
def test_a_variable_that_leads_away_from_the_runs_own_server(foreign: Foreign, name: str) -> None:
    foreign.write(TEST)
    # Not by monkeypatch: this process has connections to make as well.
    result = foreign.pytester.run("env", f"{name}=127.0.0.1", *foreign.command())
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"messenger-db: no test database: {name} is set, *: unset it, *"])
