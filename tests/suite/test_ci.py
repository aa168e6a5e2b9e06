"""What CI runs, and that its workers share the tests as they are meant to."""

import re
from pathlib import Path

import matrix
import pytest

WORKFLOW = Path(__file__).parents[2] / ".github" / "workflows" / "ci.yml"


def test_ci_runs_the_pairs_of_the_matrix() -> None:
    text = WORKFLOW.read_text("utf-8")
    assert re.findall(r'\{ postgresql: "(.*)", python: "(.*)" \}', text) == [*matrix.PAIRS]


def test_ci_runs_the_command_of_a_developer() -> None:
    assert "      - run: .ci/run\n" in WORKFLOW.read_text("utf-8")


@pytest.mark.xdist_group("itself")
def test_xdist_knows_the_groups_of_tests(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("loadgroup", False):
        pytest.skip("no worker of xdist, or one that runs tests of any group")
    assert request.node.nodeid.endswith("@itself")
