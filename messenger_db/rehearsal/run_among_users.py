"""A migration, applied as make db-up does while others use the tables: how long it takes, and how long they wait."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from messenger_db.backend import MessengerBackend
from messenger_db.errors import MessengerError
from messenger_db.migration_statements import Statement
from messenger_db.rehearsal.traffic import Session, Took, Traffic
from messenger_db.rehearsal.users import HOT_PATH

# The others work so long before the migration begins, and after it.
WARM_SECONDS = 1.5
COOL_SECONDS = 0.3


class Span(NamedTuple):
    """A time by the monotonic clock."""

    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """How long it was."""
        return self.ended - self.began


@dataclass(frozen=True)
class AmongUsers:
    """When each statement ran, and the migration as a whole, after so many attempts; what the others did meanwhile."""

    statements: list[Span]
    whole: Span
    attempts: int
    error: str | None
    took: Sequence[Took]

    def longest(self, kind: str, table: str, span: Span) -> float:
        """Return the longest that readers, or writers, of a table took in a span, in seconds."""
        return max(
            (
                one.seconds
                for one in self.took
                if (one.kind, one.name) == (kind, table) and one.began < span.ended and one.ended > span.began
            ),
            default=0.0,
        )

    def longest_elsewhere(self, blocked: Collection[tuple[str, str]]) -> float:
        """Return the longest that users of tables took during the migration, but for those kinds of users of tables."""
        return max(
            (
                one.seconds
                for one in self.took
                if one.kind != HOT_PATH
                and (one.kind, one.name) not in blocked
                and one.began < self.whole.ended
                and one.ended > self.whole.began
            ),
            default=0.0,
        )

    @property
    def longest_before(self) -> float:
        """The longest that anybody took before the migration began: what is due to the machine."""
        return max((one.seconds for one in self.took if one.ended < self.whole.began), default=0.0)

    @property
    def refused(self) -> dict[str, str]:
        """The server's reasons for refusing hot paths, by name."""
        return {
            one.name: one.error
            for one in self.took
            if one.kind == HOT_PATH and one.error and one.ended > self.whole.began
        }


def run_among_users(
    backend: MessengerBackend, url: str, work: Callable[[], None], users: Sequence[Session]
) -> AmongUsers:
    """Let the backend work, as by applying a migration, while others use the tables. Its errors are kept."""
    timer = _Timer()
    backend.around_statement = timer
    error = None
    with Traffic(url, users) as traffic:
        time.sleep(WARM_SECONDS)
        began = time.monotonic()
        try:
            work()
        except MessengerError as refused:
            error = str(refused).removeprefix("messenger-db: ")
        ended = time.monotonic()
        time.sleep(COOL_SECONDS)
    return AmongUsers(timer.spans, Span(began, ended), timer.attempts, error, traffic.took)


class _Timer:
    """Notes when each statement runs, of the last attempt only."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.attempts = 0
        self._line = 0

    @contextmanager
    def __call__(self, statement: Statement) -> Iterator[None]:
        if not self.spans or statement.line <= self._line:
            self.attempts += 1
            self.spans.clear()
        self._line = statement.line
        began = time.monotonic()
        try:
            yield
        finally:
            self.spans.append(Span(began, time.monotonic()))
