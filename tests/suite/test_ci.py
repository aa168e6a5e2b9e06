"""What CI runs."""

import re
from pathlib import Path

import matrix

WORKFLOW = Path(__file__).parents[2] / ".github" / "workflows" / "ci.yml"


def test_ci_runs_the_pairs_of_the_matrix() -> None:
    text = WORKFLOW.read_text("utf-8")
    assert re.findall(r'\{ postgresql: "(.*)", python: "(.*)" \}', text) == [*matrix.PAIRS]


def test_ci_runs_the_command_of_a_developer() -> None:
    assert "      - run: .ci/run\n" in WORKFLOW.read_text("utf-8")
