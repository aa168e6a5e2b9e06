"""Who speaks the lines of a conversation: the two of a direct chat, or pairs of a group's speakers that change."""

from collections.abc import Sequence
from random import Random

from ..language.talks import Line

SHARE_ASIDES = 0.35  # assumed: of those, said by a third person


class Cast:
    """The speakers of a conversation, by number; each scene has two of them, and others say short asides."""

    def __init__(self, weights: Sequence[int], random: Random) -> None:
        """Take how much each of the speakers talks."""
        self._random = random
        self._weights = weights
        self._has_others = len(weights) > 2  # noqa: PLR2004 (besides the two)
        self._pair = (0, 0)

    def begin_scene(self) -> None:
        """Choose who speaks in the next scene: mostly those who talk much."""
        (one,) = (other,) = self._random.choices(range(len(self._weights)), self._weights)
        if len(self._weights) > 1:
            others = [*self._weights[:one], 0, *self._weights[one + 1 :]]
            (other,) = self._random.choices(range(len(others)), others)
        self._pair = (one, other)

    def speaker(self, line: Line) -> int:
        """Return who says the line."""
        if line.is_aside and self._has_others and self._random.random() < SHARE_ASIDES:
            return self._random.randrange(len(self._weights))
        return self._pair[line.speaker]

    def partner(self, line: Line) -> int:
        """Return who is spoken to."""
        return self._pair[1 - line.speaker]
