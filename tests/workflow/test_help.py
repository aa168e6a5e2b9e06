"""make without a target."""

import re

from .checkouts import ROOT, Checkout, succeeded

MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = [name for line in re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE) for name in line.split()]


def test_make_prints_every_target_with_a_line(untouched: Checkout) -> None:
    said = succeeded(untouched.make())
    assert [line.split()[:2] for line in said.splitlines()] == [["make", target] for target in TARGETS]
    assert all(len(line.split()) > 3 for line in said.splitlines())


def test_make_help_is_the_default(untouched: Checkout) -> None:
    assert succeeded(untouched.make("help")) == succeeded(untouched.make())


def test_help_starts_nothing(untouched: Checkout) -> None:
    untouched.make()
    assert (untouched.processes(), untouched.server_homes) == ([], [])
