"""make seed-report: how the chats of the database in use compare with real ones."""

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import groupby

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 (psycopg2 gives its class a function's name)

from messenger_db.current import current_target
from messenger_db.errors import MessengerError, end_on_interrupt, reason_of
from messenger_db.target import Target

from ..sql import statement
from ..statistics import HOURS, Figure, Kind, conversation_gap_seconds, figures, quiet_share
from .text_statistics import Texts

STATEMENTS = ("messages", "duplicates", "pace", "people", "replies", "attention")

# More texts than these say nothing more about how texts are, and take longer.
MOST_TEXTS = 500_000
BATCH = 5000
WHOLE = 100  # percent

HEADINGS: dict[Kind, str] = {"direct": "two-party chats", "group": "groups"}
NAME_WIDTH = 52
COLUMN_WIDTH = 27


@dataclass(frozen=True)
class Measured:
    """A figure as it is here, for one kind of chat: None where there is nothing to take it from."""

    figure: Figure
    kind: Kind
    observations: int = 0
    value: float | None = None

    @property
    def real(self) -> float:
        """The value that real chats have, or are assumed to have."""
        return self.figure.values[self.kind]

    @property
    def verdict(self) -> str:
        """The verdict: ok, off, or too few to say."""
        if self.value is None or self.observations < self.figure.needs:
            return "too few"
        return "ok" if abs(self.value - self.real) <= self.figure.tolerance else "off"


@dataclass(frozen=True)
class Report:
    """All that was measured: the figures in the order of the file, and what the charts draw beside them."""

    figures: list[Measured]
    texts: dict[Kind, Texts]
    text_percent: float
    messages_of_hours: list[int]

    @property
    def messages(self) -> int:
        """How many messages people sent."""
        return sum(self.messages_of_hours)

    @property
    def summary(self) -> str:
        """One line that counts the verdicts."""
        verdicts = [measured.verdict for measured in self.figures]
        ok, off, too_few = (verdicts.count(verdict) for verdict in ("ok", "off", "too few"))
        return f"{ok} of {ok + off} figures are ok; {too_few} have too few observations to say"


@contextmanager
def reading(target: Target) -> Iterator[Connection]:
    """Open a connection for reading one unchanging state of a database that has messages.

    Raises MessengerError where the schema is missing, there is no message, or a statement fails.
    """
    with closing(target.connect()) as connection:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True, autocommit=False)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT FROM messages LIMIT 1")
                if not cursor.rowcount:
                    raise MessengerError(f"there is no message in {target}: make seed first")
            yield connection
        except psycopg2.errors.UndefinedTable:
            raise MessengerError(f"there is no messenger schema in {target}: make db-up first") from None
        except psycopg2.Error as error:
            raise MessengerError(f"{target} could not be measured: {reason_of(error)}") from None


def measure(connection: Connection) -> Report:
    """Measure the database against all figures."""
    taken: dict[tuple[str, str], tuple[int, float | None]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement("report_hours"))
        by_hour: dict[int, int] = dict(cursor.fetchall())
        for name in STATEMENTS:
            cursor.execute(statement(f"report_{name}"), {"conversation_gap": conversation_gap_seconds()})
            taken |= {(figure, kind): (observations, value) for figure, kind, observations, value in cursor}
    hours = [by_hour.get(hour, 0) for hour in range(HOURS)]
    messages = sum(hours)
    if messages:
        taken["quiet_hours", "all"] = (messages, quiet_share(hours))
    percent = min(WHOLE, WHOLE * MOST_TEXTS / max(1, messages))
    texts = _texts(connection, percent)
    for kind, counted in texts.items():
        taken |= {(key, kind): (observations, value) for key, observations, value in counted.figures()}
    measured = [
        Measured(figure, kind, *taken.get((figure.key, kind), ()))
        for figure in figures().values()
        for kind in figure.values
    ]
    return Report(measured, texts, percent, hours)


def _texts(connection: Connection, percent: float) -> dict[Kind, Texts]:
    texts: dict[Kind, Texts] = {"direct": Texts(), "group": Texts()}
    # A cursor of the server's: the rows come in batches, however many there are.
    with connection.cursor("texts") as cursor:
        cursor.itersize = BATCH
        cursor.execute(statement("report_texts"), {"percent": percent})
        for kind, content in cursor:
            texts[kind].add(content)
    return texts


def shown(value: float | None, unit: str) -> str:
    """Write a value for people, without its unit; a share as a percentage."""
    if value is None:
        return "-"
    return f"{round(100 * value, 1):g} %" if unit == "share" else f"{round(value, 2):g}"


def title(figure: Figure) -> str:
    """Name a figure with its unit, and what it is over where that is no kind of chat."""
    unit = f" ({figure.unit})" if figure.unit not in ("", "share") else ""
    return f"{figure.name}{unit}" + (", all chats" if "all" in figure.values else "")


def table(report: Report) -> Iterator[str]:
    """Give the lines of the report, a column for each kind of chat; what is over all chats stands in the first."""
    yield f"{'':{NAME_WIDTH}}" + "".join(f"{heading:>{COLUMN_WIDTH}}" for heading in HEADINGS.values())
    yield f"{'':{NAME_WIDTH}}" + f"{'real':>8}{'here':>9}{'':10}" * len(HEADINGS)
    for section, rows in groupby(report.figures, lambda measured: measured.figure.section):
        yield f"\n{section}"
        for figure, cells in groupby(rows, lambda measured: measured.figure):
            by_kind = {measured.kind: _cell(measured) for measured in cells}
            columns = [by_kind["all"]] if "all" in by_kind else [by_kind.get(kind, "") for kind in HEADINGS]
            line = f"  {title(figure):{NAME_WIDTH - 2}}" + "".join(f"{column:{COLUMN_WIDTH}}" for column in columns)
            yield line.rstrip()


def _cell(measured: Measured) -> str:
    unit = measured.figure.unit
    real = shown(measured.real, unit) + ("" if measured.figure.is_measured else "*")
    return f"{real:>8}{shown(measured.value, unit):>9}  {measured.verdict:<8}"


def report() -> None:
    """Print how the database in use compares. Raises MessengerError as `reading` does."""
    target = current_target()
    with reading(target) as connection:
        measured = measure(connection)
    print(f"{measured.messages:,} messages in {target}")
    for line in table(measured):
        print(line)
    print("\n*: assumed, as no figure was found; seeds/statistics.toml says why, and how each figure is taken")
    if measured.text_percent < WHOLE:
        print(f"texts: a sample of {measured.text_percent:.0f} % of the messages")
    print(measured.summary)


def main() -> None:
    """Print the report; a MessengerError ends it with one line."""
    end_on_interrupt()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a pager that is left early is no error
    report()


if __name__ == "__main__":
    main()
