"""What a project pays that has it installed and does not use it, and what it is told of it."""

from .foreign import Foreign

IDLE = """
import os
import sys

def test_idle(pytestconfig):
    ours = {name for name in sys.modules if name.partition(".")[0] == "messenger_db"}
    assert ours == {"messenger_db", "messenger_db.pytest_plugin"}
    assert not {"psycopg2", "yoyo", "dotenv", "concurrent.futures.thread"} & set(sys.modules)
"""


def test_nothing_is_imported_started_or_printed(foreign: Foreign) -> None:
    foreign.write(IDLE)
    result = foreign.run_embedded("-p", "no:xdist")
    result.assert_outcomes(passed=1)
    # In pytest's own list of plugins, and nowhere else.
    lines = [line for line in result.outlines if "messenger" in line and not line.startswith(("plugins:", "rootdir:"))]
    assert lines == []


def test_fixtures_are_explained(foreign: Foreign) -> None:
    result = foreign.run_here("--fixtures")
    for name in ("messenger_db", "messenger_db_url", "messenger_tx", "messenger_demo", "messenger_factory"):
        (at,) = [number for number, line in enumerate(result.outlines) if line.startswith(f"{name} -- ")]
        assert "messenger_db/pytest_plugin.py" in result.outlines[at]
        assert result.outlines[at + 1].startswith("    ")
    assert not [line for line in result.outlines if line.startswith("_messenger")]
