"""Statistics of texts that are added one by one: only the vocabulary and a few counters are kept."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate
from statistics import linear_regression

TOKEN = re.compile(r"\w+(?:['\u2019]\w+)*")

# A flag is a pair of letters; any other emoji can have a variation selector or a skin tone, and joiners to the next.
_ONE = "[\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff][\ufe0f\u20e3\U0001f3fb-\U0001f3ff]*"
EMOJI = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|{_ONE}(?:\u200d{_ONE})*")

HEAPS_FIRST = 1000
HEAPS_STEP = 1.1

# Of a line whose slope is measured.
FEWEST_POINTS = 10


class TextStatistics:
    """The statistics of the texts added so far, by their keys in chat_statistics.toml."""

    def __init__(self) -> None:
        self.messages = 0
        self.words: Counter[int] = Counter()
        self.tokens: Counter[str] = Counter()
        self.emoji: Counter[str] = Counter()
        self._seen = 0
        self._growth: list[tuple[int, int]] = []
        self._next_point: float = HEAPS_FIRST
        self._with: Counter[str] = Counter()

    def add(self, text: str) -> None:
        """Add a text."""
        self.messages += 1
        self.words[max(1, len(text.split()))] += 1  # a text of nothing but spaces counts as one word
        tokens = TOKEN.findall(text.lower())
        self.tokens.update(tokens)
        self._seen += len(tokens)
        if self._seen >= self._next_point:
            self._growth.append((self._seen, len(self.tokens)))
            self._next_point = self._seen * HEAPS_STEP
        if not text.isascii() and (found := EMOJI.findall(text)):
            self.emoji.update(found)
            self._with["with_emoji"] += 1
        bare = text.rstrip()
        self._with["questions"] += bare.endswith("?")
        self._with["no_end_mark"] += bare[-1:].isalnum()
        self._with["lower_case"] += next((letter.islower() for letter in text if letter.isalpha()), False)

    def values(self) -> Iterator[tuple[str, int, float | None]]:
        """Yield key, number of observations and value of each statistic; the value is None for too few observations."""
        number = self.messages
        if number:
            for key in ("with_emoji", "questions", "no_end_mark", "lower_case"):
                yield key, number, self._with[key] / number
            yield "words_median", number, self._words_up_to(0.5)
            yield "words_90", number, self._words_up_to(0.9)
            yield "words_deviation", number, self._deviation()
            yield "one_word", number, self.words[1] / number
            yield "three_words", number, sum(self.words[words] for words in (1, 2, 3)) / number
        yield "zipf_slope", number, slope(ranks(self.tokens, 10, 1000))
        yield "heaps_exponent", number, slope(self._growth)
        yield "emoji_slope", self.emoji.total(), slope(ranks(self.emoji, 1, 50))

    def _words_up_to(self, share: float) -> int:
        """Return the number of words that this share of the texts does not exceed."""
        texts = accumulate(times for _, times in sorted(self.words.items()))
        return next(
            words for words, so_far in zip(sorted(self.words), texts, strict=True) if so_far >= share * self.messages
        )

    def _deviation(self) -> float:
        """Return the standard deviation of the logarithm of the words."""
        logs = [(math.log(words), times) for words, times in self.words.items()]
        mean = sum(log * times for log, times in logs) / self.messages
        return math.sqrt(sum((log - mean) ** 2 * times for log, times in logs) / self.messages)


def ranks(counted: Counter[str], first: int, last: int) -> list[tuple[int, int]]:
    """Return rank and frequency of the most common, from the first to the last rank."""
    return [(rank, times) for rank, (_, times) in enumerate(counted.most_common(last), 1) if rank >= first]


def slope(points: Iterable[tuple[int, int]]) -> float | None:
    """Return the slope of the least-squares line through the points on logarithmic scales, None for too few points."""
    logs = [(math.log10(x), math.log10(y)) for x, y in points]
    if len(logs) < FEWEST_POINTS:
        return None
    return linear_regression(*zip(*logs, strict=True)).slope
