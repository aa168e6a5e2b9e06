"""Phrases: lines of the phrasebook, ready to be used."""

import re
from collections.abc import Sequence
from math import gcd
from typing import Final

from . import phrasebook
from .phrase_templates import Template, Templates, ranked

BRIEF: Final = 3  # words of a brief message at most
SHORT: Final = 5  # words of a short statement at most
VARIED: Final = 2
POOL_SCALE: Final = 400
SHORTHAND: Final = [
    (re.compile(pattern), short)
    for pattern, short in (
        (r"(?<![{+*])\byou\b", "u"),
        (r"\byour\b", "ur"),
        (r"n't\b", "nt"),
        (r"\bI'm\b", "im"),
        (r"\bI've\b", "ive"),
        (r"\bthat's\b", "thats"),
        (r"\bit's\b", "its"),
        (r"\btomorrow\b", "tmrw"),
        (r"\bbecause\b", "cos"),
        (r"\bplease\b", "pls"),
        (r"\bthanks\b", "thx"),
        (r"\bweekend\b", "wknd"),
        (r"\b([a-z]{4,})ing\b", r"\1in"),
    )
]


class Phrase:
    """A line of the phrasebook, ready to be used in full or in shorthand."""

    __slots__ = ("asks", "forms", "joins", "mark", "plain", "replies", "short", "text", "words")

    def __init__(self, line: phrasebook.Line, templates: Templates) -> None:
        self.mark = line.mark
        self.text = line.text
        self.asks = line.text.endswith("?")
        self.joins = line.text.endswith(" but")  # no comma comes after it
        self.forms: tuple[Template, Template] = templates.compile(line.text), templates.compile(shorthand(line.text))
        # It varies so little that it would soon be said again word for word.
        self.plain = len(self.forms[0].placeholders) < VARIED
        self.words = templates.words(self.forms[0])
        self.replies = [Phrase(reply, templates) for reply in line.replies]
        self.short: list[list[Phrase]] = []  # for a question: brief answers, by their number of words


class Rotation:
    """Phrases that each conversation goes through in its own order, so that none comes back soon."""

    __slots__ = ("phrases", "strides")

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self.phrases = phrases
        self.strides = [stride for stride in (1, 2, 3, 5) if gcd(stride, len(phrases)) == 1]


class Subject:
    """A topic, ready to be talked about."""

    __slots__ = ("abouts", "groups", "long", "questions", "remarks", "short", "weight")

    def __init__(self, topic: phrasebook.Topic, templates: Templates) -> None:
        phrases = [Phrase(line, templates) for line in topic.lines]
        statements = [phrase for phrase in phrases if phrase.mark == "."]
        self.weight = topic.weight
        self.questions = Rotation([phrase for phrase in phrases if phrase.mark != "."])
        self.short = Rotation([phrase for phrase in statements if phrase.words <= SHORT])
        self.long = Rotation([phrase for phrase in statements if phrase.words > SHORT])
        self.remarks = Rotation([Phrase(line, templates) for line in topic.remarks])
        self.groups = [templates.compile(text) for text in topic.groups]
        self.abouts = [templates.compile(text) for text in topic.abouts]


def pool(phrases: Sequence[Phrase], slope: float) -> list[Phrase]:
    """Return the phrases to draw from, the first ones more often."""
    return ranked(phrases, slope, POOL_SCALE)


def by_words(phrases: Sequence[Phrase], slope: float) -> list[list[Phrase]]:
    """Return a pool for each number of words that a brief message can have."""
    return [pool([one for one in phrases if one.words == words], slope) for words in range(BRIEF + 1)]


def ready_to_be_answered(question: Phrase, anyhow: Sequence[Phrase]) -> None:
    """Sort the brief answers to a question by their words: its own, twice as often as those that answer any question.

    An answer that asks the same with "you?" is answered as the question is; one that asks something else, by anyhow.
    """
    own = [one for one in question.replies if not one.asks]
    every = [*own, *own, *anyhow]
    question.short = [[one for one in every if one.words == words] for words in range(BRIEF + 1)]
    for reply in question.replies:
        if reply.asks:
            hands_back = reply.text.endswith("you?")
            reply.mark = question.mark if hands_back else "!"
            reply.replies = own if hands_back else list(anyhow)
            reply.short = question.short


def shorthand(text: str) -> str:
    """Return the text as people in a hurry write it."""
    for pattern, short in SHORTHAND:
        text = pattern.sub(short, text)
    return text
