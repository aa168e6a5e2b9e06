"""The load of a messenger: 1,000 people at once over a pooler's 20 connections, 50 messages a second and then more."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from common import Database
from layouts import Layout, checkpoint
from paths import CONSTANTS, SIZES, prepared_text, timed_text
from pgbench import Latencies, Pace, Script, Transaction, run

# For each size of group its percentage of all messages, and how many members those have that are sent to.
Shares = Sequence[tuple[int, int, int]]

PEOPLE = 1000
CONNECTIONS = 20
SENDS = 50
SECONDS = 8
LIMIT = 100.0  # milliseconds that 99 of 100 sends must keep below

# What 1,000 people do in a second in which they send 50 messages: each tells that it is there every 30 seconds, and has
# delivered what came every ten. Assumptions, as nobody publishes such a mix.
MIX = {
    "deliver_pending": 100,
    "mark_read": 50,
    "session_by_token": 50,
    "heartbeat": 33,
    "history_before": 20,
    "chat_list": 20,
}

# How near the highest rate is looked for: a tenth of it.
NEAR = 0.1
HIGHEST = 25_600
# Fewer sends than these of those that were due: it does not keep up, whatever those took that ended.
KEEPS_UP = 0.9


@dataclass(frozen=True)
class Step:
    """A rate that was tried, in sends a second; how many ended; latencies by size of group; bytes of WAL a second."""

    rate: int
    done: float
    by_size: dict[int, Latencies]
    sends: Latencies
    others: Latencies
    wal: float

    @property
    def holds(self) -> bool:
        """Whether it kept up, and 99 of 100 sends below the limit."""
        return self.sends.p99 < LIMIT and self.done >= KEEPS_UP * self.rate


def scripts(layout: Layout, shares: Shares) -> list[Script]:
    """Return what people do: sends to groups of each size first, then the other paths."""
    all_shares = sum(share for _, share, _ in shares)
    sends = [
        Script(_text(layout, "send", "send_message", f"\\set size {size}"), round(SENDS * 100 * share / all_shares))
        for size, share, _ in shares
    ]
    return [*sends, *(Script(_text(layout, "member", name), 100 * times) for name, times in MIX.items())]


def _text(layout: Layout, chosen: str, name: str, *first: str) -> str:
    row = "\\set row random(0, :people - 1)"
    return "\n".join([*first, row, prepared_text(layout, chosen), timed_text(layout, (name,)), ""])


def step(database: Database, layout: Layout, shares: Shares, people: int, rate: int) -> Step:
    """Try a rate, in sends a second, by so many people."""
    with database.connect() as db:
        checkpoint(db)
        before = _wal(database)
        done = run(
            layout.url(database),
            scripts(layout, shares),
            {**CONSTANTS, "people": min(people, PEOPLE)},
            Pace(CONNECTIONS, SECONDS, rate * (SENDS + sum(MIX.values())) / SENDS),
        )
        wal = _wal(database) - before
    by_size = {
        size: [transaction for transaction in done if transaction.script == number] for number, size in enumerate(SIZES)
    }
    sends = list(chain.from_iterable(by_size.values()))
    others = [transaction for transaction in done if transaction.script >= len(SIZES)]
    return Step(
        rate,
        _ended(sends) / SECONDS,
        {size: Latencies.of(transactions) for size, transactions in by_size.items() if transactions},
        Latencies.of(sends),
        Latencies.of(others),
        wal / SECONDS,
    )


def search(database: Database, layouts: Sequence[Layout], shares: Shares, people: int) -> dict[str, list[Step]]:
    """Look for the highest rate that holds on each layout, a step on each in turn; return all steps, by rate."""
    tried: dict[str, list[Step]] = {layout.name: [] for layout in layouts}
    while todo := [(layout, rate) for layout in layouts if (rate := next_rate(tried[layout.name]))]:
        for layout, rate in todo:
            tried[layout.name].append(step(database, layout, shares, people, rate))
    return {name: sorted(steps, key=lambda one: one.rate) for name, steps in tried.items()}


def next_rate(tried: Sequence[Step]) -> int | None:
    """Return what to try next: the mission's rate, twice as much until it does not hold, then halves in between."""
    bad = min((one.rate for one in tried if not one.holds), default=HIGHEST)
    good = max((one.rate for one in tried if one.rate < bad), default=0)
    if not tried:
        return SENDS
    if not good or bad - good <= good * NEAR:
        return None
    return min(2 * good, HIGHEST - 1) if bad == HIGHEST else (good + bad) // 2


def best(tried: Sequence[Step]) -> Step | None:
    """Return the highest rate that held."""
    return max((one for one in tried if one.holds), key=lambda one: one.rate, default=None)


def _ended(transactions: Sequence[Transaction]) -> int:
    return sum(transaction.milliseconds is not None for transaction in transactions)


def _wal(database: Database) -> float:
    with database.connect() as db:
        row = db.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone()
    return float(row[0]) if row else 0.0
