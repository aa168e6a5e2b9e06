"""Facts in texts that cannot be: the wrong time of day, a sister James, hunger after a meal."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from faker.providers.person.en_US import Provider as Names

HOURS = 24
# The local hours at which one can say it: the first, and the one after the last, which may be of the next day.
TIMES = {
    "good morning": (3, 13),
    "good afternoon": (11, 19),
    "good evening": (16, 27),
    "breakfast": (4, 13),
    "lunch": (10, 16),
    "dinner": (14, 26),
}
GREETING = re.compile(r"(?<!a )\bgood (?:morning|afternoon|evening)\b")
MEAL = re.compile(r"\b(?:breakfast|lunch|dinner)\b")
WOMEN = "sister|mother|mum|mom|aunt|gran|grandma|daughter|niece|wife|girlfriend"
MEN = "brother|father|dad|uncle|grandpa|son|nephew|husband|boyfriend"
KIN = re.compile(rf"\b(?:({WOMEN})|({MEN})) ([A-Z][a-z]+)\b")
HUNGRY = re.compile(r"\b(?:starving|so hungry|i'm hungry|im hungry)\b")
FULL = re.compile(r"\b(?:ate too much|so full|too full|stuffed)\b")


class ImpossibleFacts:
    """The facts in the texts added so far, by the keys of chat_statistics.toml."""

    def __init__(self) -> None:
        self._by_hour: dict[str, Counter[tuple[str, int]]] = {"greeting_hours": Counter(), "meal_hours": Counter()}
        self._right: Counter[str] = Counter()
        self._wrong: Counter[str] = Counter()

    def add(self, text: str, hour: int) -> None:
        """Add a text that was sent at an hour of the day, UTC."""
        if match := KIN.search(text):
            self._add_kin(match)
        small = text.lower()
        for key, words in (("greeting_hours", GREETING), ("meal_hours", MEAL)):
            if match := words.search(small):
                self._by_hour[key][match[0], hour] += 1
        if HUNGRY.search(small):
            self._count("hunger", is_wrong=FULL.search(small) is not None)

    def values(self, local: Callable[[int], int]) -> Iterator[tuple[str, int, float | None]]:
        """Yield key, number of observations and share of what cannot be, by the local hour of an hour in UTC."""
        for key, said in self._by_hour.items():
            wrong = sum(times for (what, hour), times in said.items() if not _fits(what, local(hour)))
            yield key, said.total(), wrong / said.total() if said else None
        for key in ("kin", "hunger"):
            total = self._right[key] + self._wrong[key]
            yield key, total, self._wrong[key] / total if total else None

    def _add_kin(self, match: re.Match[str]) -> None:
        is_woman, is_man = match[3] in Names.first_names_female, match[3] in Names.first_names_male
        if is_woman != is_man:
            self._count("kin", is_wrong=is_man == bool(match[1]))

    def _count(self, key: str, *, is_wrong: bool) -> None:
        (self._wrong if is_wrong else self._right)[key] += 1


def _fits(what: str, hour: int) -> bool:
    first, last = TIMES[what]
    return first <= hour < last or first <= hour + HOURS < last
