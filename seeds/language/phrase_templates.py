"""What stands for the slots of the phrasebook, such as {city}."""

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Final, TypeVar

from . import phrasebook
from .faker_names import Places
from .values import DATES, MANY, MINUTES, PERCENT, SCORES, SMALL, TIMES, Values

# Called with the values that the conversation keeps, by slot.
Slot = Callable[[dict[str, str]], str]
Form = tuple[str, tuple[Slot, ...]]

Value = TypeVar("Value")

SLOT: Final = re.compile(r"\{([+*]?)([a-z]+)\}|\[([^\]]*)\]")
ARTICLE: Final = re.compile(r"\ba $")
POOL: Final = 2048
WORD_TRIES: Final = 4
EMOJI_SLOPE: Final = -1.1  # measured: field notes
THING_SLOPE: Final = -0.5


class Slots:
    """The slots, by name; a template's text is put together from them."""

    def __init__(self, random: Random, places: Places) -> None:
        self.random = random
        self.emoji: Final = ranked(phrasebook.emoji(), EMOJI_SLOPE)
        things = phrasebook.words()
        values = Values(random, places, things)
        draws: dict[str, Callable[[], str]] = {
            "city": self._listed(places.cities),
            "street": self._listed(places.streets),
            "company": self._listed(places.companies),
            "name": self._listed(places.first_names),
            "first": self._listed(places.first_names),
            "surname": self._listed(places.surnames),
            "time": self._of(TIMES),
            "brand": values.brand,
        }
        fresh: dict[str, Callable[[], str]] = {
            "n": self._of(SMALL),
            "many": self._of(MANY),
            "minutes": self._of(MINUTES),
            "percent": self._of(PERCENT),
            "score": self._of(SCORES),
            "date": self._of(DATES),
            "number": values.number,
            "price": values.price,
            "order": values.order,
            "user": values.user,
            "link": values.link,
            "hashtag": values.hashtag,
            "haha": values.laugh,
            "elongated": values.elongated,
            "smash": values.smash,
            "emoji": self._of(self.emoji),
        }
        self._slots: dict[str, Slot] = {name: _fresh(draw) for name, draw in fresh.items()}
        self._slots["you"] = lambda kept: kept["you"]
        for name, draw in draws.items():
            self._add(name, draw)
        for name, choices in things.items():
            self._add(name, self._of(self._made(choices)))

    def compile(self, text: str) -> Form:
        """Return a %-format for the text and the slots that fill it."""
        form, slots, end = "", [], 0
        for found in SLOT.finditer(text):
            form += text[end : found.start()].replace("%", "%%")
            end = found.end()
            plus, name, bars = found.groups()
            if name:
                slot = self._slots[plus + name]
                if ARTICLE.search(form):
                    form, slot = form[:-2], _with_article(slot)
                slots.append(slot)
            else:
                choices = bars.split("|")
                if "" in choices and form.endswith(" "):
                    form, choices = form[:-1], [choice and " " + choice for choice in choices]
                elif "" in choices and text[end : end + 1] == " ":
                    end, choices = end + 1, [choice and choice + " " for choice in choices]
                slots.append(self._choice(choices))
            form += "%s"
        return form + text[end:].replace("%", "%%"), tuple(slots)

    def words(self, form: Form) -> int:
        """Return how many words the text has, on average."""
        text, slots = form
        tries = WORD_TRIES if slots else 1
        kept = {"you": "You"}
        return round(sum(len((text % tuple([slot(kept) for slot in slots])).split()) for _ in range(tries)) / tries)

    def _choice(self, choices: list[str]) -> Slot:
        if "{" not in "".join(choices):
            return _fresh(self._of(choices))
        random, count = self.random.random, len(choices)
        compiled = [self.compile(choice) for choice in choices]

        def slot(kept: dict[str, str]) -> str:
            form, slots = compiled[int(random() * count)]
            return form % tuple([fill(kept) for fill in slots])

        return slot

    def _add(self, name: str, draw: Callable[[], str]) -> None:
        def keep(kept: dict[str, str]) -> str:
            value = kept.get(name)
            if value is None:
                value = kept[name] = draw()
            return value

        def change(kept: dict[str, str]) -> str:
            before, value = kept.get(name), draw()
            if value == before:
                value = draw()
            kept[name] = value
            return value

        self._slots[name], self._slots["+" + name], self._slots["*" + name] = keep, change, _fresh(draw)

    def _made(self, values: Sequence[str]) -> list[str]:
        """Make a pool of things: the first values of the list more often, their own slots filled anew."""
        random, made = self.random.random, []
        forms = [self.compile(value) for value in values]
        if not any(slots for _, slots in forms):
            return ranked(list(values), THING_SLOPE, 200)
        for _ in range(POOL):
            form, slots = forms[int(random() ** 2 * len(forms))]
            made.append(form % tuple([fill({}) for fill in slots]))
        return made

    def _of(self, pool: Sequence[str]) -> Callable[[], str]:
        random, count = self.random.random, len(pool)
        return lambda: pool[int(random() * count)]

    def _listed(self, values: Sequence[str]) -> Callable[[], str]:
        random, count = self.random.random, len(values)

        def draw() -> str:
            share = random()
            return values[int(share * share * share * count)]

        return draw


def ranked(values: Sequence[Value], slope: float, scale: int = 4000) -> list[Value]:
    """Repeat the values so that a plain draw finds the n-th with a frequency that falls as n to the slope.

    The powers are rounded to counts, so every machine has the same list.
    """
    return [value for rank, value in enumerate(values, 1) for _ in range(max(1, round(scale * rank**slope)))]


def _with_article(slot: Slot) -> Slot:
    def with_article(kept: dict[str, str]) -> str:
        text = slot(kept)
        return f"an {text}" if text[0] in "aeioAEIO" or text[:2] == "um" else f"a {text}"

    return with_article


def _fresh(draw: Callable[[], str]) -> Slot:
    return lambda _kept: draw()
