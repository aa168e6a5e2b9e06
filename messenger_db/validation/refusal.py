"""What a check reports."""

from typing import NamedTuple


class Problem(NamedTuple):
    """Something wrong in a file; line 0 stands for the file as a whole."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """Write it as compilers do."""
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"
