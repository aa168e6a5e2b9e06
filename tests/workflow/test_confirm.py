"""Asking before data are deleted on a database that is not the embedded one."""

import pytest

from .checkouts import Checkout, refusal, succeeded
from .databases import Database

TARGETS = ("db-down", "seed")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("words", [(), ("CONFIRM=",), ("CONFIRM=postgres",)])
def test_refused_without_the_name(untouched: Checkout, migrated: Database, target: str, words: tuple[str, ...]) -> None:
    before = migrated.contents()
    # What stands on stdin is no answer: nobody sits there.
    done = untouched.target(target, *words, stdin=f"{migrated.name}\n", DATABASE_URL=migrated.url())
    assert f"CONFIRM={migrated.name}" in refusal(done)
    assert migrated.contents() == before


@pytest.mark.parametrize("target", TARGETS)
def test_goes_on_with_the_name(untouched: Checkout, migrated: Database, target: str) -> None:
    before = migrated.contents()
    succeeded(untouched.make(target, f"CONFIRM={migrated.name}", DATABASE_URL=migrated.url()))
    assert migrated.contents() != before


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("answer", ["", "postgres"])
def test_a_wrong_answer_at_a_terminal_is_refused(
    untouched: Checkout, migrated: Database, target: str, answer: str
) -> None:
    before = migrated.contents()
    status, shown = untouched.at_terminal(answer, "make", target, DATABASE_URL=migrated.url())
    assert status != 0
    assert "Type the database's name" in shown
    assert "refused" in shown
    assert "Traceback" not in shown
    assert migrated.contents() == before


@pytest.mark.parametrize("target", TARGETS)
def test_the_right_answer_at_a_terminal_goes_on(untouched: Checkout, migrated: Database, target: str) -> None:
    before = migrated.contents()
    status, shown = untouched.at_terminal(migrated.name, "make", target, DATABASE_URL=migrated.url())
    assert status == 0, shown
    assert "Type the database's name" in shown
    assert migrated.contents() != before


def test_no_answer_at_a_terminal_is_refused(untouched: Checkout, migrated: Database) -> None:
    before = migrated.contents()
    end_of_input = "\x04"
    status, shown = untouched.at_terminal(end_of_input, "make", "db-down", DATABASE_URL=migrated.url())
    assert status != 0
    assert "Traceback" not in shown
    assert migrated.contents() == before
