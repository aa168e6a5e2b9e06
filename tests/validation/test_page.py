"""docs/validation.md lists the refusals as the code declares them."""

from pathlib import Path

from messenger_db.validation.checks import REFUSALS
from messenger_db.validation.refusals_page import page

PAGE = Path(__file__).parent.parent.parent / "docs" / "validation.md"


def test_it_is_what_make_docs_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run make docs"


def test_it_has_a_heading_for_each_refusal() -> None:
    headings = [line.removeprefix("### ") for line in page().splitlines() if line.startswith("### ")]
    assert headings == list(REFUSALS)
