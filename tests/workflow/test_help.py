"""make without a target, and the help of the command."""

import re

import pytest

from messenger_db import __version__
from messenger_db.cli import COMMANDS, GROUPS

from .checkouts import ROOT, Checkout, succeeded

MAKEFILE = (ROOT / "Makefile").read_text()
# Silent: a name that a target had before.
ALIASES = {"db-sums"}
TARGETS = {name for line in re.findall(r"^\.PHONY: ([a-z].*)$", MAKEFILE, re.MULTILINE) for name in line.split()}


def test_make_prints_every_target_with_a_line_under_its_purpose(untouched: Checkout) -> None:
    first, *groups = succeeded(untouched.make()).strip("\n").split("\n\n")
    targets = [line.split()[:2] for group in groups for line in group.splitlines()[1:]]
    assert {target for _, target in [*targets, first.split()[:2]]} == TARGETS - ALIASES
    assert all(len(line.split()) > 3 for group in groups for line in group.splitlines()[1:])
    assert [group.partition("\n")[0] for group in groups][:2] == ["Every day", "Writing migrations"]


def test_make_help_is_the_default(untouched: Checkout) -> None:
    assert succeeded(untouched.make("help")) == succeeded(untouched.make())


def test_help_starts_nothing(untouched: Checkout) -> None:
    untouched.make()
    assert (untouched.processes(), untouched.server_homes) == ([], [])


def test_the_command_lists_its_commands_by_purpose(untouched: Checkout) -> None:
    said = succeeded(untouched.command("--help"))
    for group, commands in GROUPS.items():
        assert f"\n{group}:\n  {commands[0].name} " in said
        assert all(command.help in said for command in commands)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_an_example(untouched: Checkout, name: str) -> None:
    said = succeeded(untouched.command(name, "--help"))
    assert said.startswith(f"usage: messenger-db {name} ")
    assert said.rstrip().endswith(f"example: {COMMANDS[name].example}")


def test_the_version_is_the_package_s(untouched: Checkout) -> None:
    assert succeeded(untouched.command("--version")) == f"{__version__}\n"
