"""The data of the preview's charts: the database compared with real chats."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from psycopg2.extensions import connection as Connection

from ..chat_statistics import HOURS, Kind, conversation_gap_seconds, local_hours, value
from ..sql import QUERIES
from .report import HEADINGS, Report, best_shift
from .text_statistics import ranks

# Words per message in buckets, each with its first and last number.
WORDS = ((1, 1), (2, 3), (4, 5), (6, 8), (9, 12), (13, 18), (19, 27), (28, math.inf))

# Gaps by powers of two, up to the longest pause within a conversation.
GAPS = range(math.ceil(math.log2(conversation_gap_seconds())))

RUNS = ("runs_of_1", "runs_of_2", "runs_of_3", "runs_of_4")

# Ranks at equal distances on a logarithmic scale.
RANKS = sorted({round(10 ** (step / 10)) for step in range(31)})

TICKS = 5

Point = tuple[float, float]


@dataclass(frozen=True)
class Bars:
    """A row of shares for each kind of chat, in the database and in real chats."""

    labels: list[str]
    here: dict[Kind, list[float]]
    real: dict[Kind, list[float]]

    @property
    def ticks(self) -> list[float]:
        """The values of the axis, from 0 to at least the largest share."""
        largest = max(max(row) for rows in (self.here, self.real) for row in rows.values())
        step = next((step for step in (0.01, 0.02, 0.05, 0.1, 0.2) if step * (TICKS - 1) >= largest), 0.25)
        return [step * tick for tick in range(max(1, math.ceil(largest / step)) + 1)]


@dataclass(frozen=True)
class Lines:
    """Lines through points on logarithmic scales; those of real chats have two points each."""

    here: dict[Kind, list[Point]]
    real: dict[Kind, list[Point]]


@dataclass(frozen=True)
class Charts:
    """All charts."""

    words: Bars
    gaps: Bars
    runs: Bars
    hours: Bars
    hours_shifted: int
    speakers: list[Point]
    top_tenth: float
    zipf: Lines


def charts(connection: Connection, report: Report) -> Charts:
    """Return the charts of a database that has been measured."""
    shift = best_shift(report.messages_of_hours)
    weights = local_hours()
    with connection.cursor() as cursor:
        QUERIES["charts.speakers"].execute(cursor)
        speakers = [(0.0, 0.0), *cursor.fetchall()]
    return Charts(
        words=_words(report),
        gaps=_gaps(connection),
        runs=_runs(report),
        hours=Bars(
            [str(hour) for hour in range(HOURS)],
            {"all": _shares(report.messages_of_hours)},
            {"all": _shares([weights[(hour - shift) % HOURS] for hour in range(HOURS)])},
        ),
        hours_shifted=(shift + HOURS // 2) % HOURS - HOURS // 2,
        speakers=speakers,
        top_tenth=value("top_tenth", "all"),
        zipf=_zipf(report),
    )


def _words(report: Report) -> Bars:
    here, real = {}, {}
    for kind, texts in report.texts.items():
        here[kind] = _shares(
            [sum(times for words, times in texts.words.items() if first <= words <= last) for first, last in WORDS]
        )
        one, three = value("one_word", kind), value("three_words", kind)
        spread = NormalDist(math.log(value("words_median", kind)), value("words_deviation", kind))
        longer = _shares([_between(spread, first - 0.5, last + 0.5) for first, last in WORDS[2:]])
        real[kind] = [one, three - one, *((1 - three) * share for share in longer)]
    labels = [str(first) if first == last else f"{first}-{last}" for first, last in WORDS[:-1]]
    return Bars([*labels, f"{WORDS[-1][0]}+"], here, real)


def _gaps(connection: Connection) -> Bars:
    with connection.cursor() as cursor:
        QUERIES["charts.gaps"].execute(cursor, conversation_gap=conversation_gap_seconds())
        counted = {(kind, bucket): gaps for kind, bucket, gaps in cursor}
    real = {}
    for kind in HEADINGS:
        spread = NormalDist(value("gap_ln_mean", kind), value("gap_ln_deviation", kind))
        real[kind] = _shares([_between(spread, 2**power if power else 0, 2 ** (power + 1)) for power in GAPS])
    here = {kind: _shares([counted.get((kind, power), 0) for power in GAPS]) for kind in HEADINGS}
    return Bars([str(2**power) for power in GAPS], here, real)


def _runs(report: Report) -> Bars:
    measured = {(one.statistic.key, one.kind): one.value or 0 for one in report.measurements}

    def with_rest(shares: list[float]) -> list[float]:
        return [*shares, max(0, 1 - sum(shares)) if any(shares) else 0]

    return Bars(
        ["1", "2", "3", "4", "5+"],
        {kind: with_rest([measured[key, kind] for key in RUNS]) for kind in HEADINGS},
        {kind: with_rest([value(key, kind) for key in RUNS]) for kind in HEADINGS},
    )


def _zipf(report: Report) -> Lines:
    here: dict[Kind, list[Point]] = {}
    real: dict[Kind, list[Point]] = {}
    for kind, texts in report.texts.items():
        total = max(1, texts.tokens.total())
        shares = {rank: times / total for rank, times in ranks(texts.tokens, 1, RANKS[-1])}
        here[kind] = [(rank, shares[rank]) for rank in RANKS if rank in shares]
        start = shares.get(10)  # the rank from which on the slope is measured
        if start:
            real[kind] = [(10, start), (1000, start * 100 ** value("zipf_slope", kind))]
    return Lines(here, real)


def _shares(numbers: Sequence[float]) -> list[float]:
    total = sum(numbers)
    return [number / total if total else 0 for number in numbers]


def _between(spread: NormalDist, first: float, last: float) -> float:
    """Return the share of a log-normal distribution between two numbers."""
    return (1 if last == math.inf else spread.cdf(math.log(last))) - (spread.cdf(math.log(first)) if first else 0)
