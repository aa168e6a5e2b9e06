"""The statements of a migration's file, each with its place in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import psycopg2
from yoyo.migrations import read_sql_migration

NOT_YET_SQL = re.compile(r"(?:\s+|--[^\n]*|/\*.*?\*/)*", re.DOTALL)


class Statement(NamedTuple):
    """A statement, as yoyo splits a file."""

    text: str
    file: Path
    line: int

    @contextmanager
    def located(self, before: int = 0) -> Iterator[None]:
        """Add to an error of the server's, as a note, in which file and line it is.

        `before` is the number of characters that were sent to the server before this statement's own.
        """
        try:
            yield
        except psycopg2.Error as error:
            # The server counts characters from 1; without a position it means the statement as a whole.
            position = max(0, int(error.diag.statement_position or 1) - 1 - before)
            start = NOT_YET_SQL.match(self.text)
            line = self.line + self.text.count("\n", 0, position or (start.end() if start else 0))
            error.add_note(f"{self.file.parent.name}/{self.file.name}:{line}")
            raise


def statements_of(file: Path) -> list[Statement]:
    """Return the statements of a file, none where it is missing."""
    return list(_split(file, file.read_bytes())) if file.exists() else []


@lru_cache(maxsize=64)
def _split(file: Path, _content: bytes) -> tuple[Statement, ...]:
    """Split a file once as long as its content is the same: for a tenant, it takes longer than running it."""
    *_, texts = read_sql_migration(str(file))
    whole = file.read_text(encoding="utf-8") if texts else ""
    found: list[Statement] = []
    line, counted, end = 1, 0, 0
    for text in texts:
        start = max(whole.find(text, end), end)
        line += whole.count("\n", counted, start)
        found.append(Statement(text, file, line))
        counted, end = start, start + len(text)
    return tuple(found)
