"""make seed-report: how the chats of the database in use compare with real ones."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import groupby

from messenger_db.process_exit import end_plainly

if __name__ == "__main__":
    end_plainly()  # before the other imports, which take a while: Ctrl-C is not an error then either

import psycopg2
from psycopg2.extensions import connection as Connection

from messenger_db.connection import Target
from messenger_db.database_in_use import current_target
from messenger_db.errors import MessengerError, reason_of

from ..chat_statistics import (
    HOURS,
    Kind,
    Statistic,
    all_statistics,
    conversation_gap_seconds,
    local_hours,
    quiet_share,
)
from ..sql import QUERIES
from .conversation_statistics import Said, conversation_values
from .impossible_facts import ImpossibleFacts
from .text_statistics import TextStatistics

QUERY_NAMES = ("messages", "duplicates", "pace", "people", "replies", "attention", "facts")

# More texts would take longer and change nothing.
MOST_TEXTS = 500_000
BATCH = 5000
# For the statistics of whole conversations; a chat of two years or of one day counts alike.
CHATS, MESSAGES_PER_CHAT = 300, 1000
WHOLE = 100  # percent

HEADINGS: dict[Kind, str] = {"direct": "two-party chats", "group": "groups"}
NAME_WIDTH = 52
COLUMN_WIDTH = 27


@dataclass(frozen=True)
class Measurement:
    """A statistic of one kind of chat in the database; the value is None where there is nothing to measure."""

    statistic: Statistic
    kind: Kind
    observations: int = 0
    value: float | None = None

    @property
    def real(self) -> float:
        """The value of real chats, measured or assumed."""
        return self.statistic.values[self.kind]

    @property
    def verdict(self) -> str:
        """The verdict: ok, off, or too few observations to tell."""
        if self.value is None or self.observations < self.statistic.needs:
            return "too few"
        above = self.value - self.real
        return "ok" if (above if self.statistic.less_is_fine else abs(above)) <= self.statistic.tolerance else "off"


@dataclass(frozen=True)
class Report:
    """Everything that was measured: the statistics in the order of the file, and what the charts show as well."""

    measurements: list[Measurement]
    texts: dict[Kind, TextStatistics]
    text_percent: float
    messages_of_hours: list[int]

    @property
    def messages(self) -> int:
        """The number of messages that people sent."""
        return sum(self.messages_of_hours)

    @property
    def summary(self) -> str:
        """The verdicts, counted, in one line."""
        verdicts = [measurement.verdict for measurement in self.measurements]
        ok, off, too_few = (verdicts.count(verdict) for verdict in ("ok", "off", "too few"))
        return f"{ok} of {ok + off} statistics are ok; {too_few} have too few observations to tell"


@contextmanager
def reading(target: Target) -> Iterator[Connection]:
    """Open a read-only connection to a single snapshot of a database that has messages.

    Raises MessengerError where the schema is missing, there are no messages, or a statement fails.
    """
    with closing(target.connect()) as connection:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True, autocommit=False)
        try:
            with connection.cursor() as cursor:
                QUERIES["report.has_messages"].execute(cursor)
                if cursor.fetchone() == (False,):
                    raise MessengerError(f"there are no messages in {target}: make seed first")
            yield connection
        except psycopg2.errors.UndefinedTable:
            raise MessengerError(f"{target} does not have the messenger schema: make db-up first") from None
        except psycopg2.Error as error:
            raise MessengerError(f"{target} could not be measured: {reason_of(error)}") from None


def measure(connection: Connection) -> Report:
    """Measure the statistics of the database."""
    found: dict[tuple[str, str], tuple[int, float | None]] = {}
    with connection.cursor() as cursor:
        QUERIES["report.hours"].execute(cursor)
        by_hour: dict[int, int] = dict(cursor.fetchall())
        for name in QUERY_NAMES:
            gap = {"conversation_gap": conversation_gap_seconds()} if name == "pace" else {}
            QUERIES[f"report.{name}"].execute(cursor, **gap)
            found |= {(statistic, kind): (observations, value) for statistic, kind, observations, value in cursor}
    hours = [by_hour.get(hour, 0) for hour in range(HOURS)]
    messages = sum(hours)
    if messages:
        found["quiet_hours", "all"] = (messages, quiet_share(hours))
    percent = min(WHOLE, WHOLE * MOST_TEXTS / max(1, messages))
    texts, facts = _texts(connection, percent)
    shift = best_shift(hours)
    found |= {(key, "all"): (seen, value) for key, seen, value in facts.values(lambda hour: (hour - shift) % HOURS)}
    for kind, of_kind in texts.items():
        found |= {(key, kind): (observations, value) for key, observations, value in of_kind.values()}
    for kind, conversations in _conversations(connection).items():
        found |= {(key, kind): (long, value) for key, long, value in conversation_values(conversations)}
    measurements = [
        Measurement(statistic, kind, *found.get((statistic.key, kind), ()))
        for statistic in all_statistics().values()
        for kind in statistic.values
    ]
    return Report(measurements, texts, percent, hours)


def _texts(connection: Connection, percent: float) -> tuple[dict[Kind, TextStatistics], ImpossibleFacts]:
    texts: dict[Kind, TextStatistics] = {"direct": TextStatistics(), "group": TextStatistics()}
    facts = ImpossibleFacts()
    # A cursor on the server: the rows come in batches, however many there are.
    with connection.cursor("texts") as cursor:
        cursor.itersize = BATCH
        QUERIES["report.texts"].execute(cursor, percent=percent)
        for kind, content, hour in cursor:
            if kind in texts:  # of other kinds of chat there is nothing to compare with
                texts[kind].add(content)
                facts.add(content, hour)
    return texts, facts


def _conversations(connection: Connection) -> dict[Kind, list[list[Said]]]:
    """Return some conversations of each kind: a pause begins another one, as does another chat."""
    conversations: dict[Kind, list[list[Said]]] = {kind: [] for kind in HEADINGS}
    last: tuple[str, float] = ("", 0)
    with connection.cursor() as cursor:
        QUERIES["report.conversations"].execute(cursor, chats=CHATS, messages=MESSAGES_PER_CHAT)
        for kind, chat, sender, content, sent_at in cursor:
            if kind not in conversations:
                continue
            if chat != last[0] or sent_at > last[1] + conversation_gap_seconds():
                conversations[kind].append([])
            conversations[kind][-1].append(Said(sender, content))
            last = (chat, sent_at)
    return conversations


def best_shift(messages: Sequence[int]) -> int:
    """Return by how many hours the local hours have to be shifted to fit those of UTC best."""
    weights = local_hours()
    return max(
        range(HOURS), key=lambda shift: sum(messages[hour] * weights[(hour - shift) % HOURS] for hour in range(HOURS))
    )


def shown(value: float | None, unit: str) -> str:
    """Return a value as text, without its unit; a share as a percentage."""
    if value is None:
        return "-"
    return f"{round(100 * value, 1):g} %" if unit == "share" else f"{round(value, 2):g}"


def title(statistic: Statistic) -> str:
    """Return the name of a statistic with its unit, and "all chats" where it is not of one kind of chat."""
    unit = f" ({statistic.unit})" if statistic.unit not in ("", "share") else ""
    return f"{statistic.name}{unit}" + (", all chats" if "all" in statistic.values else "")


def table(report: Report) -> Iterator[str]:
    """Yield the lines of the report, a column for each kind of chat; statistics of all chats are in the first."""
    yield f"{'':{NAME_WIDTH}}" + "".join(f"{heading:>{COLUMN_WIDTH}}" for heading in HEADINGS.values())
    yield f"{'':{NAME_WIDTH}}" + f"{'real':>8}{'here':>9}{'':10}" * len(HEADINGS)
    for section, rows in groupby(report.measurements, lambda measurement: measurement.statistic.section):
        yield f"\n{section}"
        for statistic, cells in groupby(rows, lambda measurement: measurement.statistic):
            by_kind = {measurement.kind: _cell(measurement) for measurement in cells}
            columns = [by_kind["all"]] if "all" in by_kind else [by_kind.get(kind, "") for kind in HEADINGS]
            line = f"  {title(statistic):{NAME_WIDTH - 2}}" + "".join(f"{column:{COLUMN_WIDTH}}" for column in columns)
            yield line.rstrip()


def _cell(measurement: Measurement) -> str:
    unit = measurement.statistic.unit
    real = shown(measurement.real, unit) + ("" if measurement.statistic.is_measured else "*")
    return f"{real:>8}{shown(measurement.value, unit):>9}  {measurement.verdict:<8}"


def report() -> None:
    """Print the report of the database in use. Raises MessengerError as `reading` does."""
    target = current_target()
    with reading(target) as connection:
        measured = measure(connection)
    print(f"{measured.messages:,} messages in {target}")
    for line in table(measured):
        print(line)
    print("\n*: assumed, as nothing was published; seeds/chat_statistics.toml has the reason, and how each is measured")
    if measured.text_percent < WHOLE:
        print(f"texts: a sample of {measured.text_percent:.0f} % of the messages")
    print(measured.summary)


def main() -> None:
    """Print the report; a MessengerError ends it with one line."""
    report()


if __name__ == "__main__":
    main()
