"""What became of the mutants: a table of their fates, and what is wrong with them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Fate(NamedTuple):
    """A mutant of a kind, and the test that noticed it, or none; `trouble` says why the verdict does not count."""

    kind: str
    name: str
    killer: str | None
    trouble: str | None = None


def wrong(fates: Iterable[Fate], equivalent: Mapping[str, str]) -> list[str]:
    """Return what is wrong, a line each: survivors, mutants that could not be tried, and equivalents that are not."""
    lines = []
    for fate in sorted(fates, key=lambda fate: fate.name):
        if fate.trouble:
            lines.append(f"{fate.name}: {fate.trouble}")
        elif fate.killer and fate.name in equivalent:
            lines.append(f"{fate.name}: is listed as equivalent, but {fate.killer} notices it")
        elif not fate.killer and fate.name not in equivalent:
            lines.append(f"survivor: {fate.name}")
    return lines


def unknown(fates: Iterable[Fate], equivalent: Mapping[str, str]) -> list[str]:
    """Return the entries of the list of equivalents that are not mutants, a line each."""
    names = {fate.name for fate in fates}
    return [f"listed as equivalent, but there is no such mutant: {name}" for name in equivalent if name not in names]


def show(fates: Iterable[Fate], equivalent: Mapping[str, str]) -> None:
    """Print how many of each kind were made, killed, are equivalent and survived."""
    counts: dict[str, Counter[str]] = {}
    for fate in fates:
        end = "killed" if fate.killer else "equivalent" if fate.name in equivalent else "survived"
        for kind in (fate.kind, "all"):
            counts.setdefault(kind, Counter())[end] += 1
    ends = ("killed", "equivalent", "survived")
    rows = [[kind, str(of.total()), *(str(of[end]) for end in ends)] for kind, of in counts.items()]
    rows.sort(key=lambda row: (row[0] == "all", row[0].casefold()))
    table = [["", "made", *ends], *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    table.insert(1, ["-" * width for width in widths])
    for row in table:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
