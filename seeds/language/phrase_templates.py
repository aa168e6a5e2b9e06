"""Templates of phrases, and what stands for their placeholders, such as {city}."""

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Final, NamedTuple, TypeVar

from . import phrasebook
from .faker_names import FakerNames
from .values import DATES, MANY, MINUTES, PERCENT, SCORES, SMALL, TIMES, Values

# What the placeholders of a conversation stand for so far, by name.
Bindings = dict[str, str]
# Returns what a placeholder stands for, given the bindings, which it can change.
Placeholder = Callable[[Bindings], str]

Value = TypeVar("Value")

PLACEHOLDER: Final = re.compile(r"\{([+*]?)([a-z]+)\}|\[([^\]]*)\]")
ARTICLE: Final = re.compile(r"\ba $")
POOL: Final = 2048
WORD_TRIES: Final = 4
EMOJI_SLOPE: Final = -1.1  # measured: the field notes in chat_statistics.toml
NAME_SLOPE: Final = -0.5  # assumed


class Template(NamedTuple):
    """A %-format, and the placeholders that fill it."""

    form: str
    placeholders: tuple[Placeholder, ...]

    def fill(self, bindings: Bindings) -> str:
        """Return the text."""
        return self.form % tuple([placeholder(bindings) for placeholder in self.placeholders])

    def fill_each(self) -> str:
        """Return the text with each placeholder filled by itself: {first} and {first} are two names then."""
        return self.form % tuple([placeholder({}) for placeholder in self.placeholders])


class Templates:
    """Compiles templates; has the placeholders by name."""

    def __init__(self, random: Random, names: FakerNames) -> None:
        self.random = random
        self.emoji: Final = ranked(phrasebook.emoji(), EMOJI_SLOPE)
        lists = phrasebook.words()
        values = Values(random, names, lists)
        draws: dict[str, Callable[[], str]] = {
            "city": self._listed(names.cities),
            "street": self._listed(names.streets),
            "company": self._listed(names.companies),
            "name": self._listed(names.first_names),
            "first": self._listed(names.first_names),
            "surname": self._listed(names.surnames),
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
        self._placeholders: dict[str, Placeholder] = {name: _unbound(draw) for name, draw in fresh.items()}
        self._placeholders["you"] = lambda bindings: bindings["you"]
        for name, draw in draws.items():
            self._add(name, draw)
        for name, choices in lists.items():
            self._add(name, self._of(self._filled(choices)))

    def compile(self, text: str) -> Template:
        """Return the template of a line of the phrasebook."""
        form, placeholders, end = "", [], 0
        for found in PLACEHOLDER.finditer(text):
            form += text[end : found.start()].replace("%", "%%")
            end = found.end()
            prefix, name, choices_text = found.groups()
            if name:
                placeholder = self._placeholders[prefix + name]
                if ARTICLE.search(form):
                    form, placeholder = form[:-2], _with_article(placeholder)
                placeholders.append(placeholder)
            else:
                choices = choices_text.split("|")
                if "" in choices and form.endswith(" "):
                    form, choices = form[:-1], [choice and " " + choice for choice in choices]
                elif "" in choices and text[end : end + 1] == " ":
                    end, choices = end + 1, [choice and choice + " " for choice in choices]
                placeholders.append(self._choice(choices))
            form += "%s"
        return Template(form + text[end:].replace("%", "%%"), tuple(placeholders))

    def words(self, template: Template) -> int:
        """Return how many words the text has, on average."""
        tries = WORD_TRIES if template.placeholders else 1
        bindings = {"you": "You"}
        return round(sum(len(template.fill(bindings).split()) for _ in range(tries)) / tries)

    def _choice(self, choices: list[str]) -> Placeholder:
        if "{" not in "".join(choices):
            return _unbound(self._of(choices))
        random, count = self.random.random, len(choices)
        templates = [self.compile(choice) for choice in choices]

        def placeholder(bindings: Bindings) -> str:
            return templates[int(random() * count)].fill(bindings)

        return placeholder

    def _add(self, name: str, draw: Callable[[], str]) -> None:
        """Add {name}, which keeps its value, {+name}, which takes another one, and {*name}, which is not kept."""

        def keep(bindings: Bindings) -> str:
            value = bindings.get(name)
            if value is None:
                value = bindings[name] = draw()
            return value

        def change(bindings: Bindings) -> str:
            before, value = bindings.get(name), draw()
            if value == before:
                value = draw()
            bindings[name] = value
            return value

        self._placeholders[name] = keep
        self._placeholders["+" + name] = change
        self._placeholders["*" + name] = _unbound(draw)

    def _filled(self, values: Sequence[str]) -> list[str]:
        """Return a pool to draw from: the first values of the list more often, their own placeholders filled."""
        random = self.random.random
        templates = [self.compile(value) for value in values]
        if not any(template.placeholders for template in templates):
            return ranked(list(values), NAME_SLOPE, 200)
        return [templates[int(random() ** 2 * len(templates))].fill_each() for _ in range(POOL)]

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
    """Repeat the values so that the n-th is drawn with a frequency that falls as n to the power of the slope.

    The powers are rounded to counts, so that every machine has the same list.
    """
    return [value for rank, value in enumerate(values, 1) for _ in range(max(1, round(scale * rank**slope)))]


def _with_article(placeholder: Placeholder) -> Placeholder:
    def with_article(bindings: Bindings) -> str:
        text = placeholder(bindings)
        return f"an {text}" if text[0] in "aeioAEIO" or text[:2] == "um" else f"a {text}"

    return with_article


def _unbound(draw: Callable[[], str]) -> Placeholder:
    return lambda _bindings: draw()
