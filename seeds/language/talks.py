"""The talks that the generated chats replay, from talks.txt.gz: what two people once wrote to each other."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import accumulate
from random import Random
from typing import NamedTuple

# How many talks are looked at for one that is long enough.
LOOKED_AT, FEW = 24, 99
LONGEST_ASIDE = 3  # words


class Line(NamedTuple):
    """A message of a talk. It may have slots, which dressing.py fills; without a text it is a picture."""

    speaker: int  # 0 or 1
    pause: int  # seconds since the line before
    answers: int  # how many lines back the one is that it answers; 0 for none in particular
    has_picture: bool
    text: str
    is_aside: bool = False  # anybody can have said it: a few words that ask nothing and name nobody


@dataclass(frozen=True)
class Talk:
    """A talk: its topic, and its lines as they are in the file."""

    topic: str
    text: bytes  # in UTF-8: with an emoji in it, a str would take four bytes for each character
    length: int

    @cached_property
    def lines(self) -> Sequence[Line]:
        """Its lines."""
        return [_line(text) for text in self.text.decode().split("\n")]

    @cached_property
    def clock(self) -> Sequence[int]:
        """When each of its lines is said, in seconds from its first one."""
        return list(accumulate(int(line.split(b"\t", 2)[1]) for line in self.text.split(b"\n")))


class Scene(NamedTuple):
    """A part of a talk."""

    talk: int  # its index
    first: int
    length: int

    def lines(self) -> Sequence[Line]:
        """Return its lines."""
        return talks()[self.talk].lines[self.first : self.first + self.length]

    def seconds(self) -> Sequence[int]:
        """Return when each of its lines is said, counted from the first one."""
        clock = talks()[self.talk].clock[self.first : self.first + self.length]
        return [seconds - clock[0] for seconds in clock]

    def duration(self) -> int:
        """Return how many seconds after the first line the last one is said."""
        clock = talks()[self.talk].clock
        return clock[self.first + self.length - 1] - clock[self.first]


@cache
def talks() -> Sequence[Talk]:
    """Return all talks."""
    text = gzip.decompress(files(__package__).joinpath("talks.txt.gz").read_bytes())
    every = (talk.partition(b"\n") for talk in text.rstrip(b"\n").removeprefix(b"= ").split(b"\n= "))
    return [Talk(topic.decode(), lines, lines.count(b"\n") + 1) for topic, _, lines in every]


@cache
def topics() -> dict[str, int]:
    """Return the topics, and how many talks each has."""
    every = [talk.topic for talk in talks()]
    return {topic: every.count(topic) for topic in dict.fromkeys(every)}


class Deck:
    """Deals the talks, each once before one comes again; and parts of a talk one after the other."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._decks: dict[str | None, list[Scene]] = {}
        self._used: set[int] = set()

    def deal(self, topic: str | None, most: int, *, rest_later: bool = False) -> Scene:
        """Return the next talk of a topic, or of any: at most so many lines of it, whose rest can be dealt later."""
        scene = self._next(topic, most)
        if scene.length <= most:
            return scene
        if rest_later:
            self._decks[topic].insert(0, Scene(scene.talk, scene.first + most, scene.length - most))
        return scene._replace(length=most)

    def _next(self, topic: str | None, most: int) -> Scene:
        """Return the next talk; for few lines, one of the next talks that is long enough."""
        deck = self._decks.setdefault(topic, [])
        while True:
            while deck and deck[-1].first == 0 and deck[-1].talk in self._used:
                deck.pop()
            if deck:
                break
            deck += self._shuffled(topic)
        long = (
            at
            for at in range(len(deck) - 1, max(-1, len(deck) - 1 - LOOKED_AT), -1)
            if deck[at].length >= most and (deck[at].first or deck[at].talk not in self._used)
        )
        scene = deck.pop(next(long, len(deck) - 1) if most <= FEW else -1)
        self._used.add(scene.talk)
        return scene

    def _shuffled(self, topic: str | None) -> list[Scene]:
        every = [Scene(number, 0, talk.length) for number, talk in enumerate(talks()) if topic in (None, talk.topic)]
        self._random.shuffle(every)
        if all(scene.talk in self._used for scene in every):
            self._used -= {scene.talk for scene in every}
        return every


def _line(line: str) -> Line:
    speaker, pause, answers, picture, text = line.split("\t")
    is_aside = text.count(" ") < LONGEST_ASIDE and text.isascii() and text != "" and text[-1] != "?"
    return Line(int(speaker), int(pause), int(answers), picture == "+", text, is_aside)
