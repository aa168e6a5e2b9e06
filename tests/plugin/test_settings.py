"""pytest-postgresql's options and ini keys mean what they mean there, and its own fixtures work beside ours."""

import pytest

from messenger_db.testing.server_address import Place

from .foreign import Foreign

INI = """
[pytest]
postgresql_host = {host}
postgresql_port = {port}
postgresql_user = {user}
postgresql_password = {password}
postgresql_dbname = {dbname}
postgresql_options = -cwork_mem=5MB
postgresql_load = more.sql
messenger_timezone = Pacific/Chatham
"""

USED = """
import pytest
from pytest_postgresql import factories

theirs = factories.postgresql("postgresql_noproc")

def ask(connection, query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]

def test_ours(messenger_db):
    assert ask(messenger_db, "SHOW work_mem") == "5MB"
    assert ask(messenger_db, "SHOW timezone") == "{timezone}"
    assert ask(messenger_db, "SELECT current_database()").startswith("{dbname}_")
    assert ask(messenger_db, "SELECT count(*) FROM more, users") == 0

def test_theirs(theirs):
    assert ask(theirs, "SELECT current_database()") == "{dbname}"
    assert ask(theirs, "SELECT to_regclass('users') IS NULL AND to_regclass('more') IS NOT NULL")
"""

CALLED = """
def load(**where):
    import psycopg
    with psycopg.connect(**{name: where[name] for name in ("host", "port", "user", "password", "dbname")}) as db:
        db.execute("CREATE TABLE more ()")
"""

URL = """
import psycopg

def test_it(messenger_db, messenger_db_url):
    assert "sslmode=disable" in messenger_db_url and "%3A" in messenger_db_url
    with psycopg.connect(messenger_db_url) as db:
        assert db.execute("SHOW timezone").fetchone() == ("Canada/Newfoundland",)
"""


def test_keys_of_the_ini_file(foreign: Foreign) -> None:
    parameters = {"password": "", **(foreign.place.private or foreign.place.parameters)}
    foreign.pytester.makeini(INI.format(dbname="by_ini", **parameters))
    foreign.write("CREATE TABLE more ();", "more.sql")
    foreign.write(USED.format(dbname="by_ini", timezone="Pacific/Chatham"))
    foreign.run_here().assert_outcomes(passed=2)


def test_options_of_the_command_line(foreign: Foreign, own_server: Place) -> None:
    foreign.place = own_server
    foreign.write(CALLED, "loads.py")
    foreign.write(USED.format(dbname="by_option", timezone="Canada/Newfoundland"))
    options = ["--postgresql-dbname=by_option", "--postgresql-options=-cwork_mem=5MB", "--postgresql-load=loads.load"]
    before = foreign.databases()
    foreign.run_here(*foreign.server, *options).assert_outcomes(passed=2)
    # What a function loads is not kept for the next run, in which it may load something else.
    assert foreign.databases() <= before


def test_a_url(foreign: Foreign, monkeypatch: pytest.MonkeyPatch) -> None:
    url = foreign.place.private_url("postgres").replace("@", ":p%3Aw@")
    monkeypatch.setenv("MESSENGER_TEST_DATABASE_URL", f"{url}&sslmode=disable")
    foreign.write(URL)
    foreign.run_here().assert_outcomes(passed=1)
