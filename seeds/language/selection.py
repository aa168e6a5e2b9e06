"""Choosing phrases in one conversation: at random, by length, and so that none comes back soon."""

from collections.abc import Callable, Sequence
from typing import Final

from .phrases import Phrase, Rotation

TRIES: Final = 3  # phrases that are looked at to find one that is short enough


class Selection:
    """Chooses phrases, and remembers how far each rotation has come in this conversation."""

    def __init__(self, random: Callable[[], float], skew: int) -> None:
        """Take the source of randomness, and how strongly the first phrases of a rotation are preferred."""
        self._random = random
        self._skew = skew
        self._pace = random()
        self._positions: dict[Rotation, int] = {}
        self._skipped: dict[Rotation, list[Phrase]] = {}

    def any_of(self, phrases: Sequence[Phrase]) -> Phrase:
        """Return one of the phrases."""
        return phrases[int(self._random() * len(phrases))]

    def short_one_of(self, phrases: Sequence[Phrase], words: int) -> Phrase:
        """Return a phrase of at most so many words, or the shortest of those that were looked at."""
        best = self.any_of(phrases)
        for _ in range(TRIES):
            if best.words <= words:
                break
            other = self.any_of(phrases)
            if other.words < best.words:
                best = other
        return best

    def next_of(self, rotation: Rotation, words: int) -> Phrase:
        """Return the next phrase of at most so many words, or the last one looked at; skipped ones come later."""
        skipped = self._skipped.get(rotation)
        if skipped is None:
            skipped = self._skipped[rotation] = []
        for position, phrase in enumerate(skipped):
            if phrase.words <= words:
                del skipped[position]
                return phrase
        phrase = self._advance(rotation)
        for _ in range(TRIES):
            if phrase.words <= words:
                break
            skipped.append(phrase)
            phrase = self._advance(rotation)
        return phrase

    def _advance(self, rotation: Rotation) -> Phrase:
        count, position = len(rotation.phrases), self._positions.get(rotation)
        if position is None:
            position = int(self._random() ** self._skew * count)
        else:
            position = (position + rotation.strides[int(self._pace * len(rotation.strides))]) % count
        self._positions[rotation] = position
        return rotation.phrases[position]
