"""The files of a folder of migrations, read once for all checks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from yoyo.migrations import read_sql_migration

from messenger_db.sums import MANIFEST
from messenger_db.validation.sql import Comment, SqlError, Statement, comments, parse

FILE_NAME = re.compile(r"([0-9]{4}_[a-z0-9_]+)(\.rollback)?\.sql")


class Problem(NamedTuple):
    """Something wrong in a file; line 0 stands for the file as a whole."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """Write it as compilers do."""
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


@dataclass(frozen=True)
class Half:
    """One file of a migration, as yoyo reads it (directives, pieces) and as PostgreSQL does (statements)."""

    file: str
    id: str
    text: str = ""
    directives: dict[str, str] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    error: Problem | None = None

    @property
    def is_rollback(self) -> bool:
        """Whether it is the half that takes back."""
        return self.file.endswith(".rollback.sql")


@dataclass(frozen=True)
class Folder:
    """A folder of migrations: its halves by id, in yoyo's order, and the files that are none."""

    path: Path
    strangers: list[str]
    forwards: dict[str, Half]
    rollbacks: dict[str, Half]

    @property
    def halves(self) -> list[Half]:
        """All files that parse."""
        return [half for half in (*self.forwards.values(), *self.rollbacks.values()) if not half.error]

    @property
    def statements(self) -> Iterator[tuple[Half, Statement]]:
        """All statements, each with its file."""
        return ((half, statement) for half in self.halves for statement in half.statements)

    @property
    def migrations(self) -> list[tuple[Half, Half]]:
        """The two halves of each migration of which both parse."""
        pairs = [(self.forwards[key], self.rollbacks[key]) for key in self.forwards if key in self.rollbacks]
        return [(forward, rollback) for forward, rollback in pairs if not forward.error and not rollback.error]

    def in_transaction(self, half: Half) -> bool:
        """Tell whether yoyo runs a file in a transaction: its forward half says so for both."""
        forward = self.forwards.get(half.id)
        return not forward or forward.directives.get("transactional", "").lower() != "false"


def read(path: Path) -> Folder:
    """Read all files of a folder."""
    folder = Folder(path, [], {}, {})
    for file in sorted(path.iterdir()):
        if file.is_file() and (match := FILE_NAME.fullmatch(file.name)):
            halves = folder.rollbacks if match[2] else folder.forwards
            halves[match[1]] = _half(file, match[1])
        elif file.name not in ("README.md", MANIFEST):
            folder.strangers.append(file.name)
    return folder


def _half(path: Path, key: str) -> Half:
    try:
        text = path.read_text(encoding="UTF-8")
    except UnicodeDecodeError:
        return Half(path.name, key, error=Problem(path.name, 0, "is not UTF-8; save it as UTF-8"))
    directives, _, pieces = read_sql_migration(str(path))
    try:
        return Half(path.name, key, text, directives, pieces, parse(text), comments(text))
    except SqlError as error:
        problem = Problem(path.name, error.line, f"PostgreSQL cannot parse this: {error}; correct it")
        return Half(path.name, key, text, directives, pieces, error=problem)
