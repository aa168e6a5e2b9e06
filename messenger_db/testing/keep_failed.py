"""--messenger-keep-failed: the databases of failed tests stay, and the report says where they are."""

import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

# What keeps the databases that a test has, and returns a line for its report; it is given the name of the test.
KEEPERS = pytest.StashKey[list[Callable[[str], str]]]()

# In the folder of a run whose own server has a kept database.
KEPT = "kept"


class Keeper:
    """A plugin for runs with that option."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep the databases of a test that fails, and say so in its report."""
        report = yield
        if report.failed and report.when != "teardown":
            # Those of fixtures of a wider scope are the session's.
            lines = [keep(item.nodeid) for node in (item, item.session) for keep in node.stash.get(KEEPERS, [])]
            if lines:
                report.sections.append(("messenger-db", "\n".join(lines)))
        return report

    def pytest_terminal_summary(self, terminalreporter: "TerminalReporter") -> None:
        """Say how to get rid of a server that lives on."""
        if (self._folder / KEPT).exists():
            terminalreporter.write_line(
                "messenger-db: the server with the kept databases goes on; remove it with "
                f"{sys.executable} -m messenger_db.testing.session_server {self._folder}"
            )
