"""The results as tables, as bench/results.md, and as charts."""

import math
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bench.common import Database, show
from bench.layouts import HERE, OURS, PLAIN, TUNED
from bench.load import LIMIT, best
from bench.pgbench import Latencies
from bench.results import DatasetResults, PathResult
from messenger_db.rehearsal.mix import SENDS

Rows = list[list[str]]

# Where a chart shows what never ended.
MOST_MILLISECONDS = 1e6

CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Machine:
    """Where and with what it was measured."""

    date: str
    processor: str
    cores: int
    memory: str
    system: str
    busy: float
    postgresql: str
    python: str
    settings: dict[str, str]

    @classmethod
    def of(cls, database: Database, settings: dict[str, str]) -> "Machine":
        """Look at the machine, and ask the server."""
        with database.connect() as db:
            row = db.execute("SELECT current_setting('server_version')").fetchone()
        names = [
            line.partition(": ")[2]
            for line in (CPU_INFO.read_text("utf-8").splitlines() if CPU_INFO.exists() else [])
            if line.startswith("model name")
        ]
        return cls(
            date=datetime.now(UTC).strftime("%d %B %Y"),
            processor=names[0] if names else platform.processor() or platform.machine(),
            cores=os.cpu_count() or 1,
            memory=f"{psutil.virtual_memory().total / 1024**3:.0f} GB",
            system=f"{platform.system()} {platform.release()}",
            busy=os.getloadavg()[0],
            postgresql=row[0] if row else "",
            python=platform.python_version(),
            settings=settings,
        )


def show_results(datasets: Sequence[DatasetResults]) -> None:
    """Print the tables."""
    for title, rows in tables(datasets):
        print(f"\n{title}\n")
        show(rows)


def write_results(machine: Machine, datasets: Sequence[DatasetResults], minutes: float) -> None:
    """Write results.md and its charts next to this file."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(("svg.jinja",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["log"] = lambda number: math.log(min(float(number), MOST_MILLISECONDS))
    drawn = charts(datasets)
    values = {
        "machine": machine,
        "minutes": minutes,
        "tables": tables(datasets),
        "charts": drawn,
        "held": held(datasets[-1]),
        "limit": LIMIT,
    }
    for old in HERE.glob("results-*.svg"):
        old.unlink()  # of a run with more sizes, say
    for chart in drawn:
        _write(chart["file"], environment.get_template(chart["template"]).render(chart=chart, limit=LIMIT))
    _write("results.md", environment.get_template("results.md.jinja").render(values))


def _write(name: str, text: str) -> None:
    (HERE / name).write_text(text, encoding="utf-8")


def tables(datasets: Sequence[DatasetResults]) -> list[tuple[str, Rows]]:
    """Return each table with its title, its head in the first row."""
    large = datasets[-1]
    found = [(f"Sends, {dataset.messages:,} messages", _sends(dataset)) for dataset in reversed(datasets)]
    for dataset in reversed(datasets):
        size = f"{dataset.messages:,} messages"
        found.append((f"Processor time of a call in microseconds, {size}", _processor(dataset)))
        found.append((f"Latency in ms, {size}", _latency(dataset)))
        found.append((f"Pages touched and bytes of WAL per call, {size}", _costs(dataset)))
    if len(datasets) > 1:
        sizes = f"{datasets[0].messages:,} to {large.messages:,} messages"
        found.append((f"Growth from {sizes}", _growth(datasets[0], large)))
    found.append(("Bytes of all tables with their indexes", _bytes(datasets)))
    found.append((f"Load at {large.messages:,} messages", _load(large)))
    found.append(
        ("Sends under load by size of group, at the mission's rate and at the highest that held", _by_size(large))
    )
    return found


def _sends(dataset: DatasetResults) -> Rows:
    ours = dataset.sends[OURS.name]
    head = ["layout", "a send alone, us", "to ours", "the mix per send, us", "to ours"]
    return [
        [*head, "alone, generic plans, us", "to ours", "the mix, generic plans, us", "to ours"],
        *(
            [
                layout,
                *_to_ours(sends.alone, ours.alone),
                *_to_ours(sends.mix, ours.mix),
                *_to_ours(sends.generic_alone, ours.generic_alone),
                *_to_ours(sends.generic_mix, ours.generic_mix),
            ]
            for layout, sends in dataset.sends.items()
        ),
    ]


def _to_ours(number: float, ours: float) -> list[str]:
    return [f"{number:,.0f}", _ratio(number, ours)]


def _processor(dataset: DatasetResults) -> Rows:
    return [
        ["path", "ours", "plain", "plain to ours", "tuned", "tuned to ours"],
        *(
            [
                name,
                *_compared(each[OURS.name].processor, each[PLAIN.name].processor),
                *_to_ours(each[TUNED.name].processor, each[OURS.name].processor),
            ]
            for name, each in dataset.paths.items()
        ),
    ]


def _latency(dataset: DatasetResults) -> Rows:
    head = ["path", "median", "95 %", "99 %", "plain median", "95 %", "99 %"]
    return [
        [*head, "plain to ours, median", "99 %", "calls"],
        *(
            [
                name,
                *_percentiles(ours),
                *_percentiles(plain),
                _ratio(plain.median, ours.median),
                _ratio(plain.p99, ours.p99),
                f"{ours.calls:,}",
            ]
            for name, (ours, plain) in _clocked(dataset).items()
        ),
    ]


def _clocked(dataset: DatasetResults) -> dict[str, tuple[Latencies, Latencies]]:
    """Return the latencies of each path, ours and plain."""
    return {name: (each[OURS.name].clocked, each[PLAIN.name].clocked) for name, each in dataset.paths.items()}


def _percentiles(latencies: Latencies) -> list[str]:
    return [f"{number:.2f}" for number in (latencies.median, latencies.p95, latencies.p99)]


def _costs(dataset: DatasetResults) -> Rows:
    return [
        ["path", "pages", "plain", "plain to ours", "WAL", "plain", "plain to ours"],
        *(
            [
                name,
                *_compared(each[OURS.name].cost.pages, each[PLAIN.name].cost.pages),
                *_compared(each[OURS.name].cost.wal, each[PLAIN.name].cost.wal),
            ]
            for name, each in dataset.paths.items()
        ),
    ]


def _compared(ours: float, plain: float) -> list[str]:
    return [f"{ours:,.0f}", f"{plain:,.0f}", _ratio(plain, ours)]


def _growth(small: DatasetResults, large: DatasetResults) -> Rows:
    head = ["path", "processor time", "plain", "median", "plain", "pages", "plain", "WAL", "plain"]
    return [head, *([name, *_grown(small.paths[name], large.paths[name])] for name in large.paths)]


def _grown(small: dict[str, PathResult], large: dict[str, PathResult]) -> list[str]:
    layouts = (OURS.name, PLAIN.name)
    return [
        *(_ratio(large[one].processor, small[one].processor) for one in layouts),
        *(_ratio(large[one].clocked.median, small[one].clocked.median) for one in layouts),
        *(_ratio(large[one].cost.pages, small[one].cost.pages) for one in layouts),
        *(_ratio(large[one].cost.wal, small[one].cost.wal) for one in layouts),
    ]


def _bytes(datasets: Sequence[DatasetResults]) -> Rows:
    return [
        ["messages", "ours, MB", "plain, MB", "plain to ours", "tuned, MB", "tuned to ours"],
        *(
            [
                f"{dataset.messages:,}",
                *_compared(*(dataset.bytes[one.name] / 1e6 for one in (OURS, PLAIN))),
                *_to_ours(*(dataset.bytes[one.name] / 1e6 for one in (TUNED, OURS))),
            ]
            for dataset in datasets
        ),
    ]


def _load(dataset: DatasetResults) -> Rows:
    head = ["layout", "sends per second", "came", "median", "95 %", "99 %", "of all else 99 %", "WAL per send, bytes"]
    return [
        [*head, "WAL to plain's", "holds"],
        *(
            [
                layout,
                f"{step.rate:,}",
                f"{step.done:,.0f}",
                *(f"{number:.1f}" for number in (step.sends.median, step.sends.p95, step.sends.p99, step.others.p99)),
                f"{step.wal:,.0f}",
                _ratio(step.wal, plain.wal),
                "yes" if step.holds else "no",
            ]
            for layout, steps in dataset.load.items()
            for step, plain in zip(steps, dataset.load[PLAIN.name], strict=True)
        ),
    ]


def _by_size(dataset: DatasetResults) -> Rows:
    members = {size: f"{count}" for size, _, count in dataset.shares}
    percent = {size: f"{share}" for size, share, _ in dataset.shares}
    return [
        ["layout", "sends per second", "members", "% of sends", "sends of these per second", "median", "95 %", "99 %"],
        *(
            [
                layout,
                f"{step.rate:,}",
                members[size],
                percent[size],
                f"{step.done * latencies.calls / step.sends.calls:,.1f}",
                *(f"{number:.1f}" for number in (latencies.median, latencies.p95, latencies.p99)),
            ]
            for layout, steps in dataset.load.items()
            for step in sorted(
                {one.rate: one for one in (steps[0], best(steps)) if one}.values(), key=lambda one: one.rate
            )
            for size, latencies in step.by_size.items()
        ),
    ]


def held(dataset: DatasetResults) -> dict[str, int]:
    """Return for each layout the highest rate that held, 0 where not even the first did."""
    return {layout: step.rate if (step := best(steps)) else 0 for layout, steps in dataset.load.items()}


def charts(datasets: Sequence[DatasetResults]) -> list[dict[str, Any]]:
    """Return what each chart shows."""
    large = datasets[-1]
    found = [
        _dots(
            "results-processor.svg",
            f"Processor time of a call at {large.messages:,} messages",
            "microseconds of the server's processor time",
            {name: (each[OURS.name].processor, each[PLAIN.name].processor) for name, each in large.paths.items()},
        ),
        _dots(
            "results-latency.svg",
            f"Median latency at {large.messages:,} messages",
            "ms of median latency",
            {name: (ours.median, plain.median) for name, (ours, plain) in _clocked(large).items()},
        ),
    ]
    if len(datasets) > 1:
        small = datasets[0]
        found.append(
            _dots(
                "results-growth.svg",
                f"Growth of the processor time from {small.messages:,} to {large.messages:,} messages",
                "factor of growth, 1 is none",
                {
                    name: (
                        each[OURS.name].processor / small.paths[name][OURS.name].processor,
                        each[PLAIN.name].processor / small.paths[name][PLAIN.name].processor,
                    )
                    for name, each in large.paths.items()
                },
            )
        )
    lines = {layout: [(step.rate, step.sends.p99) for step in steps] for layout, steps in large.load.items()}
    found.append(
        {
            "file": "results-load.svg",
            "template": "load.svg.jinja",
            "title": f"Time within which 99 % of sends end, at {large.messages:,} messages",
            "lines": lines,
            "rates": _ticks([rate for line in lines.values() for rate, _ in line], steps=(1, 2, 5)),
            "times": _ticks([time for line in lines.values() for _, time in line] + [LIMIT], steps=(1,)),
            "first": SENDS,
        }
    )
    return found


def _dots(file: str, title: str, axis: str, pairs: dict[str, tuple[float, float]]) -> dict[str, Any]:
    ticks = _ticks([number for pair in pairs.values() for number in pair], steps=(1, 2, 5))
    return {"file": file, "template": "dots.svg.jinja", "title": title, "axis": axis, "pairs": pairs, "ticks": ticks}


def _ticks(numbers: Sequence[float], steps: tuple[int, ...]) -> list[float]:
    """Return round numbers for a logarithmic axis, from one at or below the smallest to one at or above the largest."""
    finite = [number for number in numbers if 0 < number < float("inf")]
    ticks = [step * 10.0**power for power in range(-4, 8) for step in steps]
    first = max(tick for tick in ticks if tick <= min(finite))
    last = min(tick for tick in ticks if tick >= max(finite))
    return [tick for tick in ticks if first <= tick <= last]


def _ratio(one: float, other: float) -> str:
    return f"{one / other:.2f}" if other else "-"
