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
from common import Database, show
from found import Found, World
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from layouts import HERE, OURS, PLAIN
from load import LIMIT, SENDS, best

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


def show_results(worlds: Sequence[World]) -> None:
    """Print the tables."""
    for title, rows in tables(worlds):
        print(f"\n{title}\n")
        show(rows)


def write_results(machine: Machine, worlds: Sequence[World], minutes: float) -> None:
    """Write results.md and its charts beside this file."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(("svg.jinja",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["log"] = lambda number: math.log(min(float(number), MOST_MILLISECONDS))
    values = {
        "machine": machine,
        "minutes": minutes,
        "worlds": worlds,
        "tables": tables(worlds),
        "charts": charts(worlds),
        "held": held(worlds[-1]),
        "limit": LIMIT,
    }
    for old in HERE.glob("results-*.svg"):
        old.unlink()  # of a run with more sizes, say
    for chart in charts(worlds):
        _write(chart["file"], environment.get_template(chart["template"]).render(chart=chart, limit=LIMIT))
    _write("results.md", environment.get_template("results.md.jinja").render(values))


def _write(name: str, text: str) -> None:
    (HERE / name).write_text(text, encoding="utf-8")


def tables(worlds: Sequence[World]) -> list[tuple[str, Rows]]:
    """Return each table with its title, its head in the first row."""
    found = []
    for world in reversed(worlds):
        size = f"{world.messages:,} messages"
        found.append((f"Latency in ms and calls a second, {size}", _latency(world)))
        found.append((f"Pages touched and bytes of WAL a call, {size}", _costs(world)))
    if len(worlds) > 1:
        sizes = f"{worlds[0].messages:,} to {worlds[-1].messages:,} messages"
        found.append((f"Growth from {sizes}", _growth(worlds[0], worlds[-1])))
    found.append(("Bytes of all tables with their indexes", _bytes(worlds)))
    found.append((f"Load at {worlds[-1].messages:,} messages", _load(worlds[-1])))
    found.append(("Sends by size of group, at the mission's rate and at the highest that held", _sends(worlds[-1])))
    return found


def _latency(world: World) -> Rows:
    head = ["path", "median", "95 %", "99 %", "a second", "plain median", "95 %", "99 %", "a second"]
    return [
        [*head, "plain to ours, median", "99 %", "calls"],
        *(
            [
                name,
                *_percentiles(both[OURS.name]),
                *_percentiles(both[PLAIN.name]),
                _ratio(both[PLAIN.name].latencies.median, both[OURS.name].latencies.median),
                _ratio(both[PLAIN.name].latencies.p99, both[OURS.name].latencies.p99),
                f"{both[OURS.name].latencies.calls:,}",
            ]
            for name, both in world.paths.items()
        ),
    ]


def _percentiles(found: Found) -> list[str]:
    latencies = found.latencies
    return [*(f"{number:.2f}" for number in (latencies.median, latencies.p95, latencies.p99)), f"{found.rate:,.0f}"]


def _costs(world: World) -> Rows:
    return [
        ["path", "pages", "plain", "plain to ours", "WAL", "plain", "plain to ours"],
        *(
            [
                name,
                *_compared(both[OURS.name].cost.pages, both[PLAIN.name].cost.pages),
                *_compared(both[OURS.name].cost.wal, both[PLAIN.name].cost.wal),
            ]
            for name, both in world.paths.items()
        ),
    ]


def _compared(ours: float, plain: float) -> list[str]:
    return [f"{ours:,.0f}", f"{plain:,.0f}", _ratio(plain, ours)]


def _growth(small: World, large: World) -> Rows:
    head = ["path", "median", "plain", "99 %", "plain", "pages", "plain", "WAL", "plain"]
    return [head, *([name, *_grown(small.paths[name], large.paths[name])] for name in large.paths)]


def _grown(small: dict[str, Found], large: dict[str, Found]) -> list[str]:
    layouts = (OURS.name, PLAIN.name)
    return [
        *(_ratio(large[one].latencies.median, small[one].latencies.median) for one in layouts),
        *(_ratio(large[one].latencies.p99, small[one].latencies.p99) for one in layouts),
        *(_ratio(large[one].cost.pages, small[one].cost.pages) for one in layouts),
        *(_ratio(large[one].cost.wal, small[one].cost.wal) for one in layouts),
    ]


def _bytes(worlds: Sequence[World]) -> Rows:
    return [
        ["messages", "ours, MB", "plain, MB", "plain to ours"],
        *(
            [f"{world.messages:,}", *_compared(*(world.bytes[one.name] / 1e6 for one in (OURS, PLAIN)))]
            for world in worlds
        ),
    ]


def _load(world: World) -> Rows:
    head = ["layout", "sends a second", "came", "median", "95 %", "99 %", "of all else 99 %", "WAL, MB a second"]
    return [
        [*head, "holds"],
        *(
            [
                layout,
                f"{step.rate:,}",
                f"{step.done:,.0f}",
                *(f"{number:.1f}" for number in (step.sends.median, step.sends.p95, step.sends.p99, step.others.p99)),
                f"{step.wal / 1e6:.1f}",
                "yes" if step.holds else "no",
            ]
            for layout, steps in world.load.items()
            for step in steps
        ),
    ]


def _sends(world: World) -> Rows:
    members = {size: f"{count}" for size, _, count in world.shares}
    percent = {size: f"{share}" for size, share, _ in world.shares}
    return [
        ["layout", "sends a second", "members", "% of sends", "sends of these a second", "median", "95 %", "99 %"],
        *(
            [
                layout,
                f"{step.rate:,}",
                members[size],
                percent[size],
                f"{step.done * latencies.calls / step.sends.calls:,.1f}",
                *(f"{number:.1f}" for number in (latencies.median, latencies.p95, latencies.p99)),
            ]
            for layout, steps in world.load.items()
            for step in sorted(
                {one.rate: one for one in (steps[0], best(steps)) if one}.values(), key=lambda one: one.rate
            )
            for size, latencies in step.by_size.items()
        ),
    ]


def held(world: World) -> dict[str, int]:
    """Return for each layout the highest rate that held, 0 where not even the first did."""
    return {layout: step.rate if (step := best(steps)) else 0 for layout, steps in world.load.items()}


def charts(worlds: Sequence[World]) -> list[dict[str, Any]]:
    """Return what each chart shows."""
    large = worlds[-1]
    found = [
        _dots(
            "results-latency.svg",
            f"Median latency at {large.messages:,} messages",
            "ms of median latency",
            {
                name: (both[OURS.name].latencies.median, both[PLAIN.name].latencies.median)
                for name, both in large.paths.items()
            },
        )
    ]
    if len(worlds) > 1:
        found.append(
            _dots(
                "results-growth.svg",
                f"Growth of the median latency from {worlds[0].messages:,} to {large.messages:,} messages",
                "factor of growth, 1 is none",
                {
                    name: (
                        both[OURS.name].latencies.median / worlds[0].paths[name][OURS.name].latencies.median,
                        both[PLAIN.name].latencies.median / worlds[0].paths[name][PLAIN.name].latencies.median,
                    )
                    for name, both in large.paths.items()
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
