"""The vocabulary of the generated chats: the phrases of the phrasebook, names of groups, bios, reactions."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from . import phrasebook
from .faker_names import FakerNames
from .phrase_templates import Template, Templates
from .phrases import Phrase, Subject, by_words, pool, ready_to_be_answered

DESCRIBED: Final = 0.5  # assumed: of the groups
QUANTILES: Final = 1000
LONGEST_LEAD: Final = 12
# How fast the phrases of a list get rarer. Messages of one word are mostly the same few words. Assumed.
SLOPES: Final = {"react1": -1.6, "react2": -1.6, "react3": -1.5, "yes": -0.9, "no": -0.9, "short_question": -0.9}
SLOPE: Final = -0.6
# The marks of a list's phrases; "~" is said only together with other phrases.
MARKS: Final = {
    **dict.fromkeys(("opener", "tag", "new_topic", "lead", "closer"), "~"),
    "yes": "+",
    "no": "-",
    "unsure": "=",
    "aside": ".",
}
# Words per message as measured on real corpora (chat_statistics.toml), a little moved where the phrases do not fit
# exactly: the share of messages that are not longer, and the words.
DIRECT_LENGTHS: Final = (
    (0.085, 1), (0.145, 2), (0.208, 3), (0.28, 4), (0.35, 5), (0.42, 6), (0.48, 7), (0.545, 8), (0.65, 10), (0.74, 13),
    (0.83, 17), (0.915, 22), (0.96, 29), (0.985, 40), (0.997, 55), (1.0, 70),
)  # fmt: skip
GROUP_LENGTHS: Final = (
    (0.083, 1), (0.15, 2), (0.22, 3), (0.295, 4), (0.37, 5), (0.44, 6), (0.50, 7), (0.56, 8), (0.66, 10), (0.75, 13),
    (0.84, 16), (0.92, 21), (0.96, 29), (0.985, 40), (0.997, 55), (1.0, 70),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habits:
    """How people write in one kind of chat: assumed, and tuned so that the texts have the statistics of real ones."""

    lengths: Sequence[int]  # a thousand quantiles of the words per message
    asks: float  # share of longer messages that end in a question
    leads: float  # share that have a lead or a closer of the commonest words; they make Zipf's exponent
    asides: float  # share of statements that are off the topic; they make Heaps' exponent
    skew: int  # how strongly the first phrases of a topic are preferred
    greeting: str


class Vocabulary:
    """The phrases that people use; created once per data set."""

    def __init__(self, random: Random, names: FakerNames) -> None:
        self.random: Final = random
        self.templates: Final = Templates(random, names)
        lists = {name: [Phrase(line, self.templates) for line in lines] for name, lines in phrasebook.lists().items()}
        subjects = {name: Subject(topic, self.templates) for name, topic in phrasebook.topics().items()}
        _prepare(lists, subjects)
        self.lists: Final = {name: pool(phrases, SLOPES.get(name, SLOPE)) for name, phrases in lists.items()}
        self.brief: Final = {name: by_words(phrases, SLOPES.get(name, SLOPE)) for name, phrases in lists.items()}
        self.up_to: Final = {
            name: [pool([one for one in lists[name] if one.words <= words], SLOPE) for words in range(LONGEST_LEAD + 1)]
            for name in ("lead", "closer")
        }
        self.remarks, self.fresh, self.alone = (
            [self.lists.get(f"{name}{words}", []) for words in range(5)] for name in ("react", "fresh", "alone")
        )
        self.subjects: Final = subjects
        self.topics: Final = tuple(subjects)
        self.popular: Final = [name for name, subject in subjects.items() for _ in range(subject.weight**2)]
        self.direct: Final = Habits(_quantiles(DIRECT_LENGTHS), 0.2, 0.78, 0.16, 4, "greeting")
        self.group: Final = Habits(_quantiles(GROUP_LENGTHS), 0.255, 0.33, 0.26, 2, "group_greeting")

    def topic(self) -> str:
        """Return a topic, the popular ones often."""
        return self.popular[int(self.random.random() * len(self.popular))]

    def group_name(self, topic: str) -> str:
        """Return a name for a group about the topic."""
        return self._one(self.subjects[topic].groups)

    def group_description(self, topic: str) -> str | None:
        """Return a description for a group about the topic, or None."""
        return self._one(self.subjects[topic].abouts) if self.random.random() < DESCRIBED else None

    def bio(self) -> str:
        """Return a bio."""
        bios = self.lists["bio"]
        return self._one([bios[int(self.random.random() * len(bios))].forms[0]])

    def reaction(self) -> str:
        """Return an emoji, the frequent ones often."""
        emoji = self.templates.emoji
        return emoji[int(self.random.random() * len(emoji))]

    def _one(self, templates: Sequence[Template]) -> str:
        text = templates[int(self.random.random() * len(templates))].fill_each()
        return text[0].upper() + text[1:]


def joined(name: str, by: str | None = None) -> str:
    """Return the notice that somebody has joined a group."""
    return f"{by} added {name}" if by else f"{name} joined"


def left(name: str, by: str | None = None) -> str:
    """Return the notice that somebody has left a group."""
    return f"{by} removed {name}" if by else f"{name} left"


def _prepare(lists: dict[str, list[Phrase]], subjects: dict[str, Subject]) -> None:
    """Set the marks of the lists' phrases, and what answers the questions."""
    for name, mark in MARKS.items():
        for phrase in lists[name]:
            phrase.mark = mark
    for name in ("greeting", "group_greeting", "goodbye"):
        for phrase in lists[name]:
            phrase.replies = lists[name]
    questions = [phrase for subject in subjects.values() for phrase in subject.questions.phrases]
    for phrase in [*questions, *lists["short_question"]]:
        ready_to_be_answered(phrase, lists["yes"] + lists["no"] if phrase.mark == "!" else lists["unsure"])


def _quantiles(points: Sequence[tuple[float, int]]) -> list[int]:
    """Interpolate the points of a distribution to QUANTILES values, a straight line from one point to the next."""
    table: list[int] = []
    words = 0
    for share, to_words in points:
        count = round(share * QUANTILES) - len(table)
        table += [words + 1 + (to_words - words - 1) * n // max(1, count - 1) for n in range(count)]
        words = to_words
    return table
