"""The load of a messenger: 1,000 people at once on a pooler's 20 connections, 50 messages per second and then more."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import gcd

from bench.cases import CONSTANTS, prepared_text, timed_text
from bench.common import Database
from bench.layouts import Layout, checkpoint
from bench.pgbench import Latencies, Pace, Script, Transaction, run
from messenger_db.rehearsal.mix import MIX, SENDS

# For each size of group its percentage of all messages, and how many members those have that are sent to.
Shares = Sequence[tuple[int, int, int]]

PEOPLE = 1000
CONNECTIONS = 20
WARM_SECONDS = 5
SECONDS = 20
LIMIT = 100.0  # milliseconds that 99 of 100 sends must keep below
HIGHEST = 25_600

# Each connection first calls each statement so often: the server plans a prepared statement anew five times.
WARM_CALLS = 6
# The size of the groups that those calls send to.
WARM_SIZE = 10
# Fewer sends than these of those that were due: it does not keep up, whatever those took that ended.
KEEPS_UP = 0.9


@dataclass(frozen=True)
class Step:
    """A rate that was tried, in sends per second; how many ended; latencies by size of group; bytes of WAL per send."""

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


def kinds(shares: Shares) -> list[tuple[str, int, int]]:
    """Return what people do: the path, the size of the group of a send, and how often among all."""
    all_shares = sum(share for _, share, _ in shares)
    sends = [("send_message", size, round(SENDS * 100 * share / all_shares)) for size, share, _ in shares]
    return [*sends, *((name, 0, 100 * times) for name, times in MIX.items())]


class Mix:
    """What people do as one script of pgbench, so that each connection has prepared each statement once.

    A connection's first transactions call each path by turns, the others are drawn by their weights. What the n-th
    transaction of a connection does hangs on n alone, so that pgbench's log tells.
    """

    def __init__(self, shares: Shares) -> None:
        self.kinds = kinds(shares)
        self.paths = list(dict.fromkeys(name for name, _, _ in self.kinds))
        self.limits = list(accumulate(weight for _, _, weight in self.kinds))
        self.total = self.limits[-1]
        # The multiples of the golden ratio spread evenly, whatever part of them is looked at.
        self.step = next(step for step in range(round(self.total * 0.618), self.total) if gcd(step, self.total) == 1)
        self.warm = WARM_CALLS * len(self.paths)

    def kind(self, transaction: Transaction) -> tuple[str, int]:
        """Return the path of a transaction that is not one of the first, and the size of the group of a send."""
        draw = (transaction.number + transaction.client * self.warm) * self.step % self.total
        name, size, _ = next(kind for kind, limit in zip(self.kinds, self.limits, strict=True) if draw < limit)
        return name, size

    def draw(self) -> list[str]:
        """Return the lines of pgbench that draw :path, an index of paths, and the :size of the group of a send."""
        drawn = [
            f"WHEN :draw < {limit} THEN {self.paths.index(name)}"
            for (name, _, _), limit in zip(self.kinds, self.limits, strict=True)
        ]
        sizes = [
            f"WHEN :draw < {limit} THEN {size}"
            for (_, size, _), limit in zip(self.kinds, self.limits, strict=True)
            if size
        ]
        return [
            "\\set n :n + 1",
            f"\\set draw mod((:n + :client_id * {self.warm}) * {self.step}, {self.total})",
            f"\\set path CASE WHEN :n <= {self.warm} THEN mod(:n, {len(self.paths)}) {' '.join(drawn)} END",
            f"\\set size CASE WHEN :n <= {self.warm} THEN {WARM_SIZE} {' '.join(sizes)} ELSE 0 END",
        ]

    def script(self, layout: Layout) -> Script:
        """Return the script."""
        lines = [*self.draw(), "\\set row random(0, :people - 1)"]
        for number, name in enumerate(self.paths):
            lines += [
                f"\\{'elif' if number else 'if'} :path = {number}",
                prepared_text(layout, "send" if name == "send_message" else "member"),
                timed_text(layout, (name,)),
            ]
        return Script("\n".join([*lines, "\\endif", ""]))


def step(database: Database, layout: Layout, shares: Shares, people: int, rate: int) -> Step:
    """Try a rate, in sends per second, by so many people."""
    mix = Mix(shares)
    with database.connect() as db:
        checkpoint(db)
        before = _wal(database)
        done = run(
            layout.url(database),
            [mix.script(layout)],
            {**CONSTANTS, "people": min(people, PEOPLE), "n": 0},
            Pace(CONNECTIONS, WARM_SECONDS + SECONDS, rate * (SENDS + sum(MIX.values())) / SENDS),
        )
        wal = _wal(database) - before
    began = min(one.ended for one in done)
    measured = [one for one in done if one.ended >= began + WARM_SECONDS and one.number > mix.warm]
    if not measured:
        raise SystemExit(f"{layout.name} did not get beyond its first calls at {rate} sends per second")
    by_kind: dict[tuple[str, int], list[Transaction]] = {}
    for one in measured:
        by_kind.setdefault(mix.kind(one), []).append(one)
    sends = [one for (_, size), found in by_kind.items() if size for one in found]
    others = [one for (_, size), found in by_kind.items() if not size for one in found]
    all_calls = len(done) * sum(weight for _, size, weight in mix.kinds if size) / mix.total
    return Step(
        rate,
        sum(one.milliseconds is not None for one in sends) / SECONDS,
        {size: Latencies.of(by_kind[name, size]) for name, size, _ in mix.kinds if size and (name, size) in by_kind},
        Latencies.of(sends),
        Latencies.of(others),
        wal / all_calls,
    )


def steps(database: Database, layouts: Sequence[Layout], shares: Shares, people: int) -> dict[str, list[Step]]:
    """Try the mission's rate and twice as much each time, each on all layouts in turn, until it holds on none."""
    tried: dict[str, list[Step]] = {layout.name: [] for layout in layouts}
    rate = SENDS
    while rate <= HIGHEST:
        for layout in layouts:
            tried[layout.name].append(step(database, layout, shares, people, rate))
        if not any(found[-1].holds for found in tried.values()):
            break
        rate *= 2
    return tried


def best(tried: Sequence[Step]) -> Step | None:
    """Return the highest rate that held."""
    return max((one for one in tried if one.holds), key=lambda one: one.rate, default=None)


def _wal(database: Database) -> float:
    with database.connect() as db:
        row = db.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone()
    return float(row[0]) if row else 0.0
