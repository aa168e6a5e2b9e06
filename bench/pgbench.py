"""pgbench: a script run for some seconds, and how long each of its transactions took."""

import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from messenger_db.embedded.binaries import wheel

WHOLE = 100
THREADS = 2


class Script(NamedTuple):
    """A script of pgbench's, and how often it is drawn beside others."""

    text: str
    weight: int = 1


class Pace(NamedTuple):
    """How many connections, for how many seconds, and how many transactions per second; 0 is as many as can be."""

    clients: int
    seconds: int
    rate: float = 0


class Transaction(NamedTuple):
    """A line of pgbench's log.

    A client counts its transactions in `number`; `ended` is in seconds since the epoch. The milliseconds are None when
    it failed. Under a rate they begin when the transaction was due, so that waiting for a free connection counts.
    """

    client: int
    number: int
    script: int
    milliseconds: float | None
    ended: float


@dataclass(frozen=True)
class Latencies:
    """Milliseconds of so many calls."""

    calls: int
    median: float
    p95: float
    p99: float
    mean: float

    @classmethod
    def of(cls, transactions: Iterable[Transaction]) -> "Latencies":
        """Sum transactions up; those that failed count as endless. Raises ValueError when there are none."""
        took = sorted(
            float("inf") if transaction.milliseconds is None else transaction.milliseconds
            for transaction in transactions
        )
        if not took:
            raise ValueError("not one transaction ended")

        def percentile(percent: int) -> float:
            return took[min(len(took) - 1, len(took) * percent // WHOLE)]

        return cls(len(took), percentile(50), percentile(95), percentile(99), fmean(took))


def run(
    url: str,
    scripts: Sequence[Script],
    variables: Mapping[str, object],
    pace: Pace,
) -> list[Transaction]:
    """Run the scripts, drawn at random by their weights. Ends the program when pgbench fails."""
    with tempfile.TemporaryDirectory(prefix="messenger-db-bench-") as folder:
        files = [Path(folder) / f"{number}.sql" for number in range(len(scripts))]
        for file, script in zip(files, scripts, strict=True):
            file.write_text(script.text, encoding="utf-8")
        done = subprocess.run(
            [
                wheel() / "bin" / "pgbench",
                "--no-vacuum",
                "--protocol=prepared",
                "--random-seed=1",
                f"--client={pace.clients}",
                f"--jobs={min(pace.clients, THREADS)}",
                f"--time={pace.seconds}",
                "--log",
                f"--log-prefix={folder}/log",
                *([f"--rate={pace.rate:g}"] if pace.rate else []),
                *(f"--define={name}={value}" for name, value in variables.items()),
                *(f"--file={file}@{script.weight}" for file, script in zip(files, scripts, strict=True)),
                url,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit(f"pgbench failed:\n{done.stderr}")
        return [_parsed(line) for log in Path(folder).glob("log.*") for line in log.read_text("ascii").splitlines()]


def _parsed(line: str) -> Transaction:
    client, number, took, script, seconds, microseconds, *_ = line.split()
    milliseconds = int(took) / 1000 if took.isdigit() else None
    return Transaction(int(client), int(number), int(script), milliseconds, int(seconds) + int(microseconds) / 1e6)
