"""What people write that is not said in a talk: names of groups, bios, reactions, notices."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from ..distributions import Weighted
from .dressing import Dressing
from .names import Names
from .talks import topics

DESCRIBED = 0.5  # assumed: of the groups
EMOJI_SLOPE = -1.1  # as in chat_statistics.toml


class Phrases:
    """Draws phrases."""

    def __init__(self, names: Names, random: Random) -> None:
        self._names = names
        self._random = random
        self._topics = Weighted(list(topics().values()))

    def topic(self) -> str:
        """Return a topic, one with many talks often."""
        return list(topics())[self._topics.draw(self._random)]

    def group_name(self, topic: str) -> str:
        """Return a name for a group about the topic."""
        return self._one(_read()["groups"][topic][0])

    def group_description(self, topic: str) -> str | None:
        """Return a description for a group about the topic, or None."""
        return self._one(_read()["groups"][topic][1]) if self._random.random() < DESCRIBED else None

    def bio(self) -> str:
        """Return a bio."""
        return self._one(_read()["bios"])

    def _one(self, phrases: Sequence[str]) -> str:
        surname = self._random.choice(self._names.surnames)
        phrase = self._random.choice(phrases).replace("{surname}", surname)
        return Dressing(self._names, self._random).dress(phrase, "", 0, 0)


def reaction(random: Random) -> str:
    """Return an emoji, the frequent ones often."""
    emoji, weights = _reactions()
    return emoji[weights.draw(random)]


def joined(name: str, by: str) -> str:
    """Return the notice that somebody was added to a group."""
    return f"{by} added {name}"


def left(name: str) -> str:
    """Return the notice that somebody has left a group."""
    return f"{name} left"


@cache
def _reactions() -> tuple[Sequence[str], Weighted]:
    emoji = str(_read()["emoji"]).split()
    return emoji, Weighted([round(1e6 * rank**EMOJI_SLOPE) for rank in range(1, len(emoji) + 1)])


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("phrases.toml").read_text(encoding="utf-8"))
