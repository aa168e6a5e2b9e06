"""Who speaks the lines of a conversation: the two of a direct chat, or pairs of a group's speakers that change."""

from collections.abc import Sequence
from random import Random

from ..distributions import Weighted
from ..language.talks import Line

# What anybody can have said: a few words that ask nothing and name nobody.
LONGEST_ASIDE = 3  # words
SHARE_ASIDES = 0.6  # assumed: of these, said by a third person


class Cast:
    """The speakers of a conversation, by number; each scene has two of them, and others say short asides."""

    def __init__(self, weights: Sequence[int], random: Random) -> None:
        """Take how much each of the speakers talks."""
        self._random = random
        self._everybody = Weighted(weights)
        self._count = len(weights)
        self._pair = (0, min(1, self._count - 1))

    def begin_scene(self) -> None:
        """Choose who speaks in the next scene."""
        if self._count == 1:
            return
        one = self._everybody.draw(self._random)
        other = one
        while other == one:
            other = self._everybody.draw(self._random)
        self._pair = (one, other)

    def speaker(self, line: Line) -> int:
        """Return who says the line."""
        is_aside = (
            line.text and len(line.text.split()) <= LONGEST_ASIDE and line.text.isascii() and line.text[-1] != "?"
        )
        if self._count > len(self._pair) and is_aside and self._random.random() < SHARE_ASIDES:
            return self._random.randrange(self._count)
        return self._pair[line.speaker]

    def partner(self, line: Line) -> int:
        """Return who is spoken to."""
        return self._pair[1 - line.speaker]
