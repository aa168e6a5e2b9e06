"""Refusals with stable ids, and the problems that the checks find."""

from dataclasses import dataclass
from typing import NamedTuple


class Problem(NamedTuple):
    """Something wrong in a file, refused under an id; line 0 stands for the file as a whole."""

    file: str
    line: int
    text: str
    id: str

    def __str__(self) -> str:
        """Write it in one line, as compilers do."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.text} [{self.id}]"


@dataclass(frozen=True)
class Refusal:
    """A kind of problem: its id, why it is refused, what to do instead, and whether a file can waive it."""

    id: str
    reason: str
    cure: str
    is_waivable: bool = False

    def at(self, file: str, line: int, wrong: str, cure: str = "") -> Problem:
        """Return a problem of this kind, with a cure of its own where it is more exact than the general one."""
        return Problem(file, line, f"{wrong}; {cure or self.cure}", self.id)
