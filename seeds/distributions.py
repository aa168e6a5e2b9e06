"""Random draws that come out alike on every machine: whole numbers from tables, and ids."""

import math
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from statistics import NormalDist
from struct import Struct
from typing import TypeVar

T = TypeVar("T")

_STEPS = 4096
_TWO_HALVES = Struct(">QQ")


class Lognormal:
    """A log-normal distribution, as a table of whole numbers, so that no machine's exp() shows."""

    def __init__(self, median: float, deviation: float, lowest: int, highest: int) -> None:
        """Take the median and the standard deviation of the logarithm; values are cut to the range."""
        normal = NormalDist(math.log(median), deviation)
        values = (round(math.exp(normal.inv_cdf((step + 0.5) / _STEPS))) for step in range(_STEPS))
        self._values = [min(max(value, lowest), highest) for value in values]

    def draw(self, random: Random) -> int:
        """Return one value."""
        return self._values[random.getrandbits(12)]


class Weighted:
    """Whole numbers from 0, each in proportion to its weight."""

    def __init__(self, weights: Sequence[float]) -> None:
        *self._sums, self._total = accumulate(weights)

    def draw(self, random: Random) -> int:
        """Return one of the numbers."""
        return bisect(self._sums, random.random() * self._total)


def one_of(values: Sequence[T], random: Random) -> T:
    """Return one of the values, as random.choice does in five times the time."""
    return values[int(random.random() * len(values))]


def uuid4(random: Random) -> str:
    """Return a random UUID."""
    digits = random.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62) | 4 << 76 | 2 << 62
    return _dashed(digits.to_bytes(16, "big").hex())


def uuid7(time: int, random: Random) -> str:
    """Return the UUIDv7 of a time, as the schema's uuid_v7() makes it: ms, 12 bits below the ms, 62 random bits.

    It has no dashes, which the server does without.
    """
    milliseconds, micros = divmod(time, 1000)
    first, second = milliseconds << 16 | 0x7000 | micros * 4096 // 1000, 1 << 63 | random.getrandbits(62)
    return _TWO_HALVES.pack(first, second).hex()


def _dashed(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
