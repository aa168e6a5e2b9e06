"""--messenger-keep-failed keeps the databases of failed tests, with what was in them, and says where they are."""

import re
from contextlib import closing
from pathlib import Path

import children
import psycopg
import pytest
from children import until

from messenger_db.testing import databases

from .foreign import Foreign

FAILS = """
def test_own(messenger_db, messenger_factory):
    messenger_factory.user()
    with messenger_db.cursor() as cursor:
        cursor.execute("INSERT INTO chats (type, name, slug) VALUES ('group', 'x', 'x')")
    assert False

def test_shared(messenger_tx, messenger_factory):
    messenger_factory.user()
    assert False

def test_passes(messenger_db, messenger_tx):
    with messenger_tx.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM users")
        assert cursor.fetchone() == (0,)
"""


def test_on_a_server_that_lives_on(foreign: Foreign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESSENGER_TEST_DATABASE_URL", foreign.place.private_url("postgres").replace("@", ":secret@"))
    foreign.write(FAILS)
    result = foreign.run_embedded("--messenger-keep-failed", "--postgresql-dbname=failed", "-n1")
    result.assert_outcomes(passed=1, failed=2)
    assert "secret" not in result.stdout.str()
    urls = re.findall(r"^kept: (postgresql://postgres:\*\*\*@.*)$", result.stdout.str(), re.MULTILINE)
    assert len(urls) == 2
    # Runs that come after do not take them for leftovers.
    foreign.write("def test_it(messenger_db):\n    pass\n")
    foreign.run_here(*foreign.server).assert_outcomes(passed=1)
    with closing(foreign.place.maintain()) as connection:
        for url in urls:
            name = url.rpartition("/")[2].partition("?")[0]
            with psycopg.connect(foreign.place.private_url(name)) as kept:
                counts = kept.execute("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM chats)").fetchone()
            assert counts in {(1, 1), (1, 0)}
            databases.drop(connection, name)


def test_on_a_server_of_the_runs_own(foreign: Foreign) -> None:
    foreign.write(FAILS)
    result = foreign.run_embedded("--messenger-keep-failed", "-k", "own")
    result.assert_outcomes(failed=1, deselected=2)
    (url,) = re.findall(r"^kept: (.*)$", result.stdout.str(), re.MULTILINE)
    with psycopg.connect(url) as kept:
        assert kept.execute("SELECT count(*) FROM users").fetchone() == (1,)
        data = Path(str(kept.execute("SHOW data_directory").fetchone()[0]))  # type: ignore[index] # there is one
    (command,) = re.findall(r"remove it with (.*)$", result.stdout.str(), re.MULTILINE)
    children.run(command.split(), check=True)
    until(lambda: not data.exists())
    assert not Path(command.split()[-1]).exists()
