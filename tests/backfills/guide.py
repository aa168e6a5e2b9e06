"""The example of docs/changing-live-tables.md: its files and its commands, in their order."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

from messenger_db.numbering import ids, name_of, number_of

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "changing-live-tables.md"
MIGRATION = re.compile(r"^`migrations/(\d{4}_\w+)(?:\.rollback)?\.sql`:$", re.MULTILINE)
STEP = re.compile(
    r"^`(?P<file>(?:migrations|backfills)/\S+\.sql)`:\n\n```sql\n(?P<text>(?s:.*?))```|^    make (?P<make>.*)$",
    re.MULTILINE,
)


class Step(NamedTuple):
    """A file to write, or a target of make with its settings."""

    file: str = ""
    text: str = ""
    target: str = ""
    settings: tuple[tuple[str, str], ...] = ()


def steps() -> list[Step]:
    """Return the steps of the example, with the numbers that its migrations get after those of the checkout."""
    example = PAGE.read_text(encoding="utf-8").partition("## An example")[2].partition("\n## ")[0]
    first, *others = ids(ROOT / "migrations")
    if others:
        for id_ in set(MIGRATION.findall(example)):
            example = example.replace(id_, f"{number_of(id_) + len(others):04}_{name_of(id_)}")
        example = example.replace(first, others[-1])
    found: list[Step] = []
    for match in STEP.finditer(example):
        if match["file"]:
            found.append(Step(match["file"], match["text"]))
        else:
            target, *words = shlex.split(match["make"])
            settings = tuple((name, value) for name, _, value in (word.partition("=") for word in words))
            found.append(Step(target=target, settings=settings))
    return found
