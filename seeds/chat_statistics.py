"""The statistics of real chats, from chat_statistics.toml."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Kind = Literal["direct", "group", "all"]

KINDS: tuple[Kind, ...] = ("direct", "group", "all")

HOURS = 24
QUIET_HOURS = 6


@dataclass(frozen=True)
class Statistic:
    """One statistic: its values by kind of chat, in its unit, and their source."""

    section: str
    key: str
    name: str
    unit: str
    values: dict[Kind, float]
    tolerance: float
    needs: int
    source: str
    is_measured: bool
    less_is_fine: bool = False


@cache
def all_statistics() -> dict[str, Statistic]:
    """Return all statistics by key, in the order of the file. Keys are unique across its sections."""
    sections = {name: part for name, part in _read().items() if isinstance(part, dict)}
    return {key: _statistic(section, key, entry) for section, part in sections.items() for key, entry in part.items()}


def value(key: str, kind: Kind) -> float:
    """Return the value of a statistic for a kind of chat, as in `value("gap_median", "direct")`.

    Raises KeyError for an unknown statistic, or one without a value for that kind.
    """
    return all_statistics()[key].values[kind]


@cache
def local_hours() -> tuple[float, ...]:
    """Return the weight of each local hour of the day, from 0 to 23."""
    return tuple(_read()["hours"]["quiet_hours"]["weights"])


@cache
def conversation_gap_seconds() -> int:
    """Return the longest pause within a conversation."""
    seconds: int = _read()["conversation_gap_seconds"]
    return seconds


@cache
def largest_group() -> int:
    """Return how many active members a group can have."""
    members: int = _read()["largest_group"]
    return members


def quiet_share(weights: Sequence[float]) -> float:
    """Return the share of the six consecutive hours with the least weight, across midnight too, of all 24."""
    twice = [*weights, *weights]
    return min(sum(twice[first : first + QUIET_HOURS]) for first in range(HOURS)) / sum(weights)


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("chat_statistics.toml").read_text(encoding="utf-8"))


def _statistic(section: str, key: str, entry: dict[str, Any]) -> Statistic:
    if "weights" in entry:
        entry = entry | {"all": quiet_share(entry["weights"])}
    return Statistic(
        section=section,
        key=key,
        name=entry["name"],
        unit=entry["unit"],
        values={kind: entry[kind] for kind in KINDS if kind in entry},
        tolerance=entry["tolerance"],
        needs=entry["needs"],
        source=entry.get("measured") or entry["assumed"],
        is_measured="measured" in entry,
        less_is_fine=entry.get("less_is_fine", False),
    )
