"""The figures of real chats, as `figures.toml` holds them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Kind = Literal["direct", "group", "all"]


@dataclass(frozen=True)
class Figure:
    """One figure: its values by kind of chat, and what is known of where they come from."""

    section: str
    key: str
    name: str
    unit: str
    values: dict[Kind, float]
    tolerance: float
    needs: int
    source: str
    is_measured: bool


@dataclass(frozen=True)
class Hours:
    """The hours of the day: the weight of each local hour from 0 to 23."""

    weights: tuple[float, ...]
    tolerance: float
    needs: int
    source: str


@cache
def figures() -> dict[str, Figure]:
    """Return all figures by key, in the order of the file. The keys are unique across its sections."""
    sections = {name: part for name, part in _read().items() if isinstance(part, dict) and name != "hours"}
    return {key: _figure(section, key, entry) for section, part in sections.items() for key, entry in part.items()}


def value(key: str, kind: Kind) -> float:
    """Return a figure's value for a kind of chat, such as `value("gap_median", "direct")`.

    Raises KeyError where there is no such figure, or none for that kind.
    """
    return figures()[key].values[kind]


@cache
def hours() -> Hours:
    """Return the hours of the day."""
    entry = _read()["hours"]
    return Hours(tuple(entry["weights"]), entry["tolerance"], entry["needs"], entry["assumed"])


@cache
def conversation_gap_seconds() -> int:
    """Return how long a pause within a conversation may be."""
    seconds: int = _read()["conversation_gap_seconds"]
    return seconds


def _read() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("figures.toml").read_text(encoding="utf-8"))


def _figure(section: str, key: str, entry: dict[str, Any]) -> Figure:
    kinds: tuple[Kind, ...] = ("direct", "group", "all")
    return Figure(
        section=section,
        key=key,
        name=entry["name"],
        unit=entry["unit"],
        values={kind: entry[kind] for kind in kinds if kind in entry},
        tolerance=entry["tolerance"],
        needs=entry["needs"],
        source=entry.get("measured") or entry["assumed"],
        is_measured="measured" in entry,
    )
