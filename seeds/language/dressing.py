"""Fills the slots of a talk: the names and towns of the data set, and what depends on the sender's clock."""

import re
from random import Random

from .names import Names

SLOT = re.compile(r"\{([a-z ]+?)(?: \d+)?\}")
WEEKDAYS = ("Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday")  # 1970 began on the first

# The first hour of each; before the first one it is still the last.
PARTS_OF_DAY = ((4, "morning"), (12, "afternoon"), (18, "evening"))
MEALS = ((4, "breakfast"), (11, "lunch"), (15, "dinner"))
NIGHT = (20, 4)


class Dressing:
    """What the slots of one talk are filled with: the same slot with the same name each time."""

    def __init__(self, names: Names, random: Random) -> None:
        self._names = names
        self._random = random
        self._known: dict[str, str] = {}

    def dress(self, text: str, you: str, hour: int, day: int) -> str:
        """Return the text as somebody writes it to another, by their local hour and days since 1970."""
        if "{" not in text:
            return text
        return SLOT.sub(lambda slot: self._filled(slot, you, hour, day), text)

    def _filled(self, slot: re.Match[str], you: str, hour: int, day: int) -> str:
        match slot[1]:
            case "you":
                return you
            case "good day":
                said = f"good {_at(hour, PARTS_OF_DAY)}"
            case "good night":
                said = "good night" if hour >= NIGHT[0] or hour < NIGHT[1] else "bye"
            case "meal":
                said = _at(hour, MEALS)
            case "today" | "tomorrow" | "yesterday" as which:
                said = WEEKDAYS[(day + ("yesterday", "today", "tomorrow").index(which) - 1) % len(WEEKDAYS)]
            case kind:
                return self._named(slot[0], kind)
        return said.capitalize() if slot.start() == 0 else said

    def _named(self, slot: str, kind: str) -> str:
        if slot not in self._known:
            pool = {"woman": self._names.women, "man": self._names.men, "town": self._names.towns}
            self._known[slot] = self._random.choice(pool.get(kind) or self._names.women)
        return self._known[slot]


def _at(hour: int, parts: tuple[tuple[int, str], ...]) -> str:
    return next((part for first, part in reversed(parts) if hour >= first), parts[-1][1])
