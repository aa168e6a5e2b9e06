"""How many databases there are, and what becomes of those that a killed run leaves."""

from .foreign import Foreign

COUNTED = """
import pytest
from messenger_db.testing.pool import AHEAD

MOST = 3 * AHEAD + 1

@pytest.mark.parametrize("number", range(60))
def test_it(messenger_db, number):
    with messenger_db.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'counted!_%' ESCAPE '!'")
        assert 1 <= cursor.fetchone()[0] <= MOST
"""

WAITS = """
import pathlib
import time

def test_waits(messenger_db, messenger_demo):
    pathlib.Path("ready").touch()
    time.sleep(60)
"""


def test_their_number_is_bounded_and_none_is_left(foreign: Foreign) -> None:
    foreign.write(COUNTED)
    foreign.run_here(*foreign.server, "--postgresql-dbname=counted").assert_outcomes(passed=60)
    assert not [name for name in foreign.databases() if name.startswith("counted")]


def test_those_of_a_killed_run_are_dropped_by_the_next_and_no_others(foreign: Foreign, messenger_db_url: str) -> None:
    foreign.write(WAITS)
    process = foreign.start_on_server("--postgresql-dbname=killed")
    before = foreign.databases()
    assert [name for name in before if name.startswith("killed")]
    process.kill()
    process.wait()
    foreign.write("def test_it(messenger_db):\n    pass\n")
    foreign.run_here(*foreign.server).assert_outcomes(passed=1)
    after = foreign.databases()
    assert not [name for name in after if name.startswith("killed")]
    assert messenger_db_url.rpartition("/")[2].partition("?")[0] in after
