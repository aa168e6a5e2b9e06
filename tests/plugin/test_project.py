"""What a project's ini file and marks put into its test databases: its role, its own sources, a generated world."""

import re

import pytest

from messenger_db.testing.server_address import Place

from .foreign import Foreign, databases
from .test_docs import BLOCKS, TEXT

# As docs/testing.md says it.
INI = "[pytest]\n" + "".join(
    re.findall(r"^```ini\n# pytest.ini\n\[pytest\]\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
)

SOURCES = {
    "db/migrations/0100_pins.sql": """
-- depends: 0001_initial_schema

CREATE TABLE pins (id integer PRIMARY KEY, note text DEFAULT 'new');

INSERT INTO pins (id, note) VALUES (1, NULL);
""",
    "db/migrations/0101_pins_have_notes.sql": """
-- depends: 0100_pins
-- needs: backfill 0001

ALTER TABLE pins ALTER COLUMN note SET NOT NULL;
""",
    "db/backfills/0001_fill_notes.sql": """
-- depends: 0100_pins
-- table: pins
-- key: id
-- covered: default

UPDATE pins
SET note = 'filled'
FROM batch
WHERE pins.id = batch.id;
""",
    "tests/rows.sql": """
INSERT INTO pins (id, note) VALUES (2, 'a row');

GRANT SELECT ON pins TO messenger_app;
""",
}

ROLE = """
import asyncio

import psycopg
import psycopg2
import pytest

PINS = [(1, "filled"), (2, "a row")]

def make_all(factory):
    alice = factory.user("alice")
    message = factory.message(factory.group_chat(alice))
    factory.direct_chat(alice)
    factory.reaction(message)
    factory.attachment(message)
    factory.session(alice)

def look(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM pins ORDER BY id")
        assert cursor.fetchall() == PINS
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("UPDATE users SET created_at = now()")
        connection.rollback()
        cursor.execute("SET ROLE NONE")
        cursor.execute("DELETE FROM pins")

def test_of_the_connections(messenger_db, messenger_async_db):
    look(messenger_db)
    cursor = asyncio.run(messenger_async_db.execute("SELECT current_user"))
    assert asyncio.run(cursor.fetchone()) == ("messenger_app",)

def test_of_an_application(messenger_db_url, messenger_db, messenger_factory):
    make_all(messenger_factory)
    with psycopg.connect(messenger_db_url) as db:
        assert db.execute("SELECT session_user, username FROM users WHERE username = 'alice'").fetchone() == (
            "messenger_app", "alice"
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute("UPDATE users SET created_at = now()")
    look(messenger_db)

@pytest.mark.parametrize("number", range(2))
def test_of_a_transaction(messenger_tx, messenger_factory, number):
    make_all(messenger_factory)
    messenger_tx.rollback()
    look(messenger_tx)

def test_of_a_refused_row(messenger_db, messenger_factory):
    messenger_db.autocommit = True
    with pytest.raises(psycopg2.errors.CheckViolation):
        messenger_factory.user("no name")
    with messenger_db.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("UPDATE users SET created_at = now()")

def test_of_asyncio(messenger_async_db, messenger_async_factory):
    async def work():
        await messenger_async_factory.user("alice")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await messenger_async_db.execute("UPDATE users SET created_at = now()")

    asyncio.run(work())
"""

WORLD = """
import pytest
import psycopg2

COUNTED = "SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM users WHERE display_name = 'x')"

CHANGES = {
    1: "UPDATE users SET display_name = 'x'",
    5: "CREATE TABLE left_over ()",
    9: "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 5000', current_database()); END $$",
    13: "SELECT nextval('counted')",
}

changed, whole = set(), set()

pytestmark = pytest.mark.messenger_world(messages=300)

@pytest.mark.parametrize("number", range(18))
def test_a_world(messenger_db, messenger_factory, number):
    with messenger_db.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        ((name,),) = cursor.fetchall()
        assert name not in changed
        whole.add(name)
        cursor.execute(COUNTED)
        ((messages, renamed),) = cursor.fetchall()
        assert messages >= 300 and renamed == 0
        cursor.execute("SELECT to_regclass('left_over'), current_setting('work_mem'), is_called FROM counted")
        assert cursor.fetchone() == (None, "4MB", False)
        if number in CHANGES:
            cursor.execute("SET ROLE NONE; " + CHANGES[number])
            messenger_db.commit()
            changed.add(name)
    if number == 17:
        # Others are used again, so few are made.
        assert len(whole) <= 4 + len(changed)

def test_a_transaction(messenger_tx, messenger_factory):
    with messenger_tx.cursor() as cursor:
        cursor.execute(COUNTED)
        assert cursor.fetchone()[0] >= 300
    messenger_factory.user("alice_too")

@pytest.mark.messenger_world(messages=0)
def test_no_such_world(messenger_db):
    pass
"""

SCOPES = """
import asyncio
import threading

import psycopg
import pytest

@pytest.fixture(scope="session")
def everywhere(messenger_db_factory):
    with messenger_db_factory(demo=True) as database:
        yield database

@pytest.fixture(scope="module")
def chats(messenger_db_factory):
    with messenger_db_factory() as database:
        alice = database.factory.user("alice")
        yield database, alice

@pytest.fixture(scope="class")
def of_class(messenger_db_factory):
    with messenger_db_factory() as database:
        yield database

def count(database, table="users"):
    with psycopg.connect(database.url) as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

def test_one(chats, everywhere, messenger_factory):
    database, alice = chats
    messenger_factory.user()
    database.factory.message(database.factory.group_chat(alice))
    assert (count(database), count(database, "messages"), count(everywhere)) == (1, 1, 4)

def test_two(chats, messenger_factory):
    # Neither of the two makes a value of the other's again.
    messenger_factory.user()
    database, alice = chats
    database.factory.user()
    assert (count(database), count(database, "messages")) == (2, 1)

@pytest.mark.parametrize("of", "ab")
class TestClass:
    def test_first(self, of_class, of):
        of_class.factory.user()
        assert count(of_class) == (1 if of == "a" else 2)

    def test_second(self, of_class, of):
        of_class.factory.user()

async def work(db, factory):
    alice = await factory.user("alice")
    message = await factory.message(await factory.group_chat(alice))
    await factory.reaction(message)
    await factory.attachment(message)
    await factory.session(alice)
    assert message.sender == alice and len(message.recipient_ids) == 0
    await factory.message(await factory.direct_chat(), content="Yes?", reply_to=None)
    found = await asyncio.gather(*(db.execute("SELECT count(*) FROM users") for _ in range(3)))
    assert [await cursor.fetchone() for cursor in found] == [(3,)] * 3

@pytest.mark.asyncio
async def test_asyncio(messenger_async_db, messenger_async_factory):
    await work(messenger_async_db, messenger_async_factory)

@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_anyio(messenger_async_db, messenger_async_factory, anyio_backend):
    await work(messenger_async_db, messenger_async_factory)

def test_fails(chats, messenger_db):
    raise AssertionError
"""

SLOW = """
import time

def load(**where):
    time.sleep(4)
"""

TIMED = """
import pytest

@pytest.mark.timeout(3)
def test_first(messenger_db):
    pass
"""


def test_role_and_sources(foreign: Foreign, own_server: Place) -> None:
    foreign.place = own_server
    foreign.pytester.makeini(INI)
    for folder in ("db/migrations", "db/backfills", "tests"):
        (foreign.pytester.path / folder).mkdir(parents=True)
    for name, text in SOURCES.items():
        foreign.write(text, name)
    foreign.write(ROLE)
    foreign.run_here(*foreign.server).assert_outcomes(passed=6)
    # A file that changes makes another template.
    foreign.write("INSERT INTO pins (id, note) VALUES (2, 'a row'),\n    (3);\n", "tests/rows.sql")
    result = foreign.run_here(*foreign.server, "-k", "application")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["messenger-db: no test database: rows.sql failed: *", "  *rows.sql:2"])
    foreign.pytester.makeini(INI.replace("messenger_app", "pg_monitor"))
    result = foreign.run_here(*foreign.server, "-k", "application")
    result.stdout.fnmatch_lines(["messenger-db: * messenger_role = pg_monitor does not name a role of your own*"])


def test_a_world(foreign: Foreign, own_server: Place) -> None:
    foreign.place = own_server
    foreign.pytester.makeini("[pytest]\nmessenger_sources = counted.sql\n")
    foreign.write("CREATE SEQUENCE counted;\n", "counted.sql")
    foreign.write(WORLD)
    foreign.write(dict(BLOCKS)["test_world.py"], "test_world.py")
    result = foreign.run_here(*foreign.server)
    result.assert_outcomes(passed=20, errors=1)
    result.stdout.fnmatch_lines(["messenger-db: no test database: write messenger_world(messages=10_000), *"])
    made = databases(own_server)
    foreign.run_here(*foreign.server, "-k", "transaction").assert_outcomes(passed=1)
    assert databases(own_server) ^ made == set(), "it is kept"


def test_scopes_and_event_loops(foreign: Foreign) -> None:
    if not (foreign.has("pytest_asyncio") and foreign.has("anyio")):
        pytest.skip("pytest-asyncio or anyio is not installed: make test-matrix has them")
    foreign.with_plugins = {"asyncio", "anyio"}
    foreign.pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    foreign.write(SCOPES)
    result = foreign.run_here(*foreign.server, "--messenger-keep-failed", "--postgresql-dbname=scopes")
    result.assert_outcomes(passed=8, failed=1)
    # The test's own, and those of wider scopes that are there: of the module and the session.
    kept = set(re.findall(r"^kept: postgresql://.*/(scopes_\w+)", result.stdout.str(), re.MULTILINE))
    assert len(kept) == 3
    assert {name for name in foreign.databases() if name.startswith("scopes")} == kept


def test_what_a_run_begins_with_does_not_count_in_the_time_of_a_test(foreign: Foreign) -> None:
    if not foreign.has("pytest_timeout"):
        pytest.skip("pytest-timeout is not installed: make db-up has it")
    foreign.with_plugins = {"timeout"}
    foreign.write(SLOW, "loads.py")
    foreign.write(TIMED)
    foreign.run("--postgresql-load=loads.load").assert_outcomes(passed=1)
