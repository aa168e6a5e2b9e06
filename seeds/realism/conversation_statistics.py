"""Statistics of whole conversations: how much is said again elsewhere, and how a turn answers the one before.

They depend on how much is compared, so that samples of the same size are: so many conversations, of each so many texts.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from random import Random

from .text_statistics import TOKEN

CONVERSATIONS, TEXTS, SAMPLES = 25, 20, 6
SEQUENCE = 5  # words
NEAR_DUPLICATE, WORDS_OF_A_DUPLICATE = 0.6, 5
CANDIDATES = 10
CLAUSE = re.compile(r"[.,!?;\n]+| - ")

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """A text and who sent it."""

    sender: str
    text: str


def conversation_values(conversations: Sequence[Sequence[Said]]) -> Iterator[tuple[str, int, float | None]]:
    """Yield key, number of conversations that are long enough and value of each statistic, None for too few of them."""
    long = [conversation[:TEXTS] for conversation in conversations if len(conversation) >= TEXTS]
    random = Random(1)
    samples = [random.sample(long, CONVERSATIONS) for _ in range(SAMPLES)] if len(long) >= CONVERSATIONS else []
    for key, measure in MEASURES.items():
        values = [value for sample in samples if (value := measure(sample)) is not None]
        yield key, len(long), sum(values) / len(values) if values else None


def _tokens(text: str) -> Tokens:
    return tuple(TOKEN.findall(text.lower()))


def _sequences(tokens: Tokens, length: int) -> Iterator[Tokens]:
    return (tokens[first : first + length] for first in range(len(tokens) - length + 1))


def _distinct_pairs(sample: Sequence[Sequence[Said]]) -> float | None:
    pairs = [pair for one in sample for said in one for pair in _sequences(_tokens(said.text), 2)]
    return _share(len(set(pairs)), len(pairs))


def _repeated_sequences(sample: Sequence[Sequence[Said]]) -> float | None:
    found = [{five for said in one for five in _sequences(_tokens(said.text), SEQUENCE)} for one in sample]
    times = Counter(five for fives in found for five in fives)
    return _share(sum(times[five] > 1 for fives in found for five in fives), sum(map(len, found)))


def _near_duplicates(sample: Sequence[Sequence[Said]]) -> float | None:
    """Return the share of longer texts that have most of their different words in common with one elsewhere."""
    texts = [
        (number, words)
        for number, one in enumerate(sample)
        for said in one
        if len(tokens := _tokens(said.text)) >= WORDS_OF_A_DUPLICATE and (words := frozenset(tokens))
    ]
    alike = sum(
        any(other != number and len(words & others) >= NEAR_DUPLICATE * len(words | others) for other, others in texts)
        for number, words in texts
    )
    return _share(alike, len(texts))


def _fillers(sample: Sequence[Sequence[Said]]) -> float | None:
    """Return the share of texts whose first or last clause, of several words, another text has at the same end."""
    ends = [end for one in sample for said in one for end in _ends(said.text)]
    times = Counter(ends)
    texts = [said.text for one in sample for said in one]
    return _share(sum(any(times[end] > 1 for end in _ends(text)) for text in texts), len(texts))


def _ends(text: str) -> list[tuple[str, Tokens]]:
    clauses = [tokens for clause in CLAUSE.split(text) if (tokens := _tokens(clause))]
    ends = (("first", clauses[0]), ("last", clauses[-1])) if len(clauses) > 1 else ()
    return [(where, clause) for where, clause in ends if len(clause) > 1]


def _kinship(sample: Sequence[Sequence[Said]]) -> float | None:
    """Return how often, of ten turns, the one that followed has most in common with the turn before it.

    The other nine are of other conversations; words count by their rarity in the sample.
    """
    turns = [
        [
            Counter(token for said in turn for token in _tokens(said.text))
            for _, turn in groupby(one, lambda said: said.sender)
        ]
        for one in sample
    ]
    every = [(number, turn) for number, one in enumerate(turns) for turn in one]
    times = Counter(word for _, turn in every for word in turn)
    weights = {word: math.log(len(every) / count) ** 2 for word, count in times.items()}
    lengths = {id(turn): math.sqrt(sum(weights[word] for word in turn)) for _, turn in every}

    def likeness(one: Counter[str], other: Counter[str]) -> float:
        length = lengths[id(one)] * lengths[id(other)]
        return sum(weights[word] for word in one.keys() & other.keys()) / length if length else 0

    random = Random(2)
    found = asked = 0.0
    for number, one in enumerate(turns):
        for before, after in pairwise(one):
            others: list[float] = []
            while len(others) < CANDIDATES - 1:
                other, turn = every[int(random.random() * len(every))]
                if other != number:
                    others.append(likeness(before, turn))
            own = likeness(before, after)
            asked += 1
            if max(others) <= own:
                found += 1 / (1 + others.count(own))
    return _share(found, asked)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


MEASURES = {
    "distinct_pairs": _distinct_pairs,
    "repeated_sequences": _repeated_sequences,
    "near_duplicates": _near_duplicates,
    "fillers": _fillers,
    "kinship": _kinship,
}
