"""Values that are made up anew each time they are used: numbers, prices, links, laughter. Rare words come from here."""

from collections.abc import Sequence
from random import Random
from typing import Final

from .faker_names import FakerNames

SMALL: Final = [*map(str, range(2, 11)), "12", "two", "three", "four", "five", "six", "seven", "eight", "ten", "twelve"]
MANY: Final = [str(number) for number in range(13, 100)]
MINUTES: Final = [*["10", "15", "20", "20", "30", "30", "40", "45", "50", "90"], *map(str, range(5, 100))]
PERCENT: Final = [f"{number}%" for number in range(1, 101)]
SCORES: Final = ["2-1", "1-0", "2-0", "3-1", "1-1", "3-2", "0-0", "4-1", "4-0", "3-3", "5-2", "4-3", "6-1"]
DATES: Final = ["1st", "2nd", "3rd", *(f"{day}th" for day in range(4, 21)), "21st", "22nd", "23rd", "30th", "31st"]
TIMES: Final = [
    *("7", "8", "half past seven", "noon", "six", "eight", "nine"),
    *(f"{hour}:{minute}" for hour in range(7, 23) for minute in ("00", "15", "30", "30", "45")),
    *(f"{hour}{half}" for hour in range(1, 13) for half in ("am", "pm")),
]
SITES: Final = ["maps", "video", "photos", "news", "shop", "docs", "recipes", "tickets"]
CODE: Final = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH: Final = 7
KEYS: Final = "asdfghjkl"
CENTS: Final = 0.4  # assumed
PLAIN_LAUGH: Final = 0.45  # assumed
SLOPPY_LAUGH: Final = 0.75  # assumed


class Values:
    """Values made up one by one; small numbers are made up more often than large ones."""

    def __init__(self, random: Random, names: FakerNames, lists: dict[str, list[str]]) -> None:
        self._random = random.random
        self._bits = random.getrandbits
        self._users = names.users
        self._hashed, self._syllables, self._sounds = lists["tag"], lists["syllable"], lists["sound"]
        self._tags = [name.lower().replace(" ", "") for name in (*self._hashed, *names.first_names, *names.cities)]

    def number(self) -> str:
        """Return a number from 13 to 2012."""
        share = self._random()
        return str(13 + int(share * share * share * 2000))

    def price(self) -> str:
        """Return a price up to £400, mostly a few pounds."""
        share = self._random()
        pounds = f"£{1 + int(share * share * share * share * 400)}"
        return f"{pounds}.{self._bits(6) + 20}" if self._random() < CENTS else pounds

    def order(self) -> str:
        """Return the number of an order or a ticket."""
        return str(1_000_000 + self._bits(23))

    def link(self) -> str:
        """Return an address in .example, a domain that nobody can own."""
        bits = self._bits(6 * CODE_LENGTH)
        code = "".join([CODE[(bits >> 6 * digit & 63) % len(CODE)] for digit in range(CODE_LENGTH)])
        return f"https://{self._of(SITES)}.example/{code}"

    def hashtag(self) -> str:
        """Return two words as a hashtag."""
        return f"#{self._of(self._hashed)}{self._of(self._tags)}"

    def user(self) -> str:
        """Return an account somewhere, often with a number after the name."""
        bits = self._bits(11)
        return f"@{self._of(self._users)}{bits >> 1}" if bits & 1 else f"@{self._of(self._users)}"

    def brand(self) -> str:
        """Return a name that a firm might make up, of two or three syllables."""
        name = self._of(self._syllables) + self._of(self._syllables)
        return (name + self._of(self._syllables) if self._bits(1) else name).capitalize()

    def laugh(self) -> str:
        """Return haha, or a longer or sloppier one."""
        share = self._random()
        if share < PLAIN_LAUGH:
            return "haha"
        text = "ha" * (2 + int(share * share * share * 5))
        if share < SLOPPY_LAUGH:
            return text
        at = int(self._random() * len(text))
        return text[:at] + text[at + 1 :]

    def elongated(self) -> str:
        """Return a word such as sooo, drawn out by a few letters or many."""
        share = self._random()
        word = self._of(self._sounds)
        return word + word[-1] * (1 + int(share * share * share * 12))

    def smash(self) -> str:
        """Return what a hand on the keyboard writes."""
        return "".join([self._of(KEYS) for _ in range(5 + self._bits(2))])

    def _of(self, pool: Sequence[str]) -> str:
        return pool[int(self._random() * len(pool))]
