"""What a project pays that has it installed and does not use it, and what it is told of it."""

import re

from .foreign import Foreign

IDLE = """
import os
import sys

import pytest

@pytest.mark.skip
def test_skipped(messenger_db):
    pass

@pytest.mark.skipif(True, reason="")
def test_skipped_too(messenger_db):
    pass

def test_idle(pytestconfig):
    ours = {name for name in sys.modules if name.partition(".")[0] == "messenger_db"}
    assert ours == {"messenger_db", "messenger_db.pytest_plugin"}
    assert not {"psycopg2", "yoyo", "dotenv", "concurrent.futures.thread"} & set(sys.modules)
"""

FIXTURES = (
    "messenger_async_db",
    "messenger_async_factory",
    "messenger_db",
    "messenger_db_factory",
    "messenger_db_url",
    "messenger_demo",
    "messenger_django",
    "messenger_factory",
    "messenger_tx",
)


def test_nothing_is_imported_started_or_printed(foreign: Foreign) -> None:
    foreign.write(IDLE)
    result = foreign.run_embedded("-p", "no:xdist")
    result.assert_outcomes(passed=1, skipped=2)
    # In pytest's own list of plugins, and nowhere else.
    lines = [line for line in result.outlines if "messenger" in line and not line.startswith(("plugins:", "rootdir:"))]
    assert lines == []


def test_fixtures_are_explained(foreign: Foreign) -> None:
    result = foreign.run_here("--fixtures")
    for name in FIXTURES:
        (at,) = [
            number for number, line in enumerate(result.outlines) if re.match(rf"{name} (\[\w+ scope\] )?-- ", line)
        ]
        assert "messenger_db/pytest_plugin.py" in result.outlines[at]
        assert result.outlines[at + 1].startswith("    ")
    assert not [line for line in result.outlines if line.startswith("_messenger")]
