"""The files of a folder of migrations, read once for all checks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from yoyo.migrations import read_sql_migration

from messenger_db.sql_analysis.parse import Comment, SqlError, Statement, comments, parse
from messenger_db.sums import MANIFEST

FILE_NAME = re.compile(r"([0-9]{4}_[a-z0-9_]+)(\.rollback)?\.sql")


class EncodingError(SqlError):
    """A file that is not UTF-8."""


@dataclass(frozen=True)
class MigrationFile:
    """One file of a migration, as yoyo reads it (directives, pieces) and as PostgreSQL does (statements)."""

    file: str
    id: str
    text: str = ""
    directives: dict[str, str] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    error: SqlError | None = None

    @property
    def is_rollback(self) -> bool:
        """Whether this is the rollback file of its migration."""
        return self.file.endswith(".rollback.sql")


@dataclass(frozen=True)
class MigrationFolder:
    """A folder of migrations: its forward and rollback files by id, in yoyo's order, and the names of other files."""

    path: Path
    strangers: list[str]
    forwards: dict[str, MigrationFile]
    rollbacks: dict[str, MigrationFile]

    @property
    def parsed(self) -> list[MigrationFile]:
        """All files that parse."""
        return [file for file in (*self.forwards.values(), *self.rollbacks.values()) if not file.error]

    @property
    def statements(self) -> Iterator[tuple[MigrationFile, Statement]]:
        """All statements, each with its file."""
        return ((file, statement) for file in self.parsed for statement in file.statements)

    @property
    def migrations(self) -> list[tuple[MigrationFile, MigrationFile]]:
        """The forward and the rollback file of each migration of which both parse."""
        pairs = [(self.forwards[key], self.rollbacks[key]) for key in self.forwards if key in self.rollbacks]
        return [(forward, rollback) for forward, rollback in pairs if not forward.error and not rollback.error]

    def in_transaction(self, file: MigrationFile) -> bool:
        """Return whether yoyo runs a file in a transaction: the forward file decides for both."""
        forward = self.forwards.get(file.id)
        return not forward or forward.directives.get("transactional", "").lower() != "false"


def read(path: Path) -> MigrationFolder:
    """Read all files of a folder."""
    folder = MigrationFolder(path, [], {}, {})
    for file in sorted(path.iterdir()):
        if file.is_file() and (match := FILE_NAME.fullmatch(file.name)):
            files = folder.rollbacks if match[2] else folder.forwards
            files[match[1]] = _migration_file(file, match[1])
        elif file.name not in ("README.md", MANIFEST):
            folder.strangers.append(file.name)
    return folder


def _migration_file(path: Path, key: str) -> MigrationFile:
    try:
        text = path.read_text(encoding="UTF-8")
    except UnicodeDecodeError:
        return MigrationFile(path.name, key, error=EncodingError(0, "is not UTF-8; save it as UTF-8"))
    directives, _, pieces = read_sql_migration(str(path))
    try:
        return MigrationFile(path.name, key, text, directives, pieces, parse(text), comments(text))
    except SqlError as error:
        problem = SqlError(error.line, f"PostgreSQL cannot parse this: {error}; correct it")
        return MigrationFile(path.name, key, text, directives, pieces, error=problem)
