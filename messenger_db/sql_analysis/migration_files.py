"""The files of a folder of migrations, read once for all checks."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from yoyo.migrations import read_sql_migration

from messenger_db.checksums import MANIFEST
from messenger_db.concurrently import is_named
from messenger_db.sql_analysis.parse import SqlError, Statement, Token, parse, tokens

FILE_NAME = re.compile(r"([0-9]{4}_[a-z0-9_]+)(\.rollback)?\.sql")


class EncodingError(SqlError):
    """A file that is not UTF-8 without a byte order mark."""


class ByteOrderMarkError(EncodingError):
    """A file of UTF-8 that starts with a byte order mark."""


@dataclass(frozen=True)
class MigrationFile:
    """One file of a migration, as yoyo reads it (directives, pieces) and as PostgreSQL does (statements)."""

    file: str
    id: str
    text: str = ""
    directives: dict[str, str] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    comments: list[Token] = field(default_factory=list)
    error: SqlError | None = None

    @property
    def is_rollback(self) -> bool:
        """Whether this is the rollback file of its migration."""
        return self.file.endswith(".rollback.sql")

    def lines_of(self, comment: Token) -> range:
        """Return the lines of the statement that a comment stands above, in or next to; none below the last one."""
        found = (statement for statement in self.statements if statement.end_line >= comment.line)
        statement = next(found, None)
        return range(statement.line, statement.end_line + 1) if statement else range(0)


@dataclass(frozen=True, eq=False)
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
        """Return whether a file runs in a transaction: the forward file decides, and CONCURRENTLY in the rollback."""
        forward = self.forwards.get(file.id)
        is_outside = bool(forward and forward.directives.get("transactional", "").lower() == "false")
        return not is_outside or (file.is_rollback and not any(map(is_named, file.pieces)))


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
        text = _decode(path.read_bytes())
    except EncodingError as error:
        return MigrationFile(path.name, key, error=error)
    directives, _, pieces = read_sql_migration(str(path))
    try:
        comments = [token for token in tokens(text) if token.is_comment]
        return MigrationFile(path.name, key, text, directives, pieces, parse(text), comments)
    except SqlError as error:
        return MigrationFile(path.name, key, text, directives, pieces, error=error)


def _decode(content: bytes) -> str:
    """Return a file's text as yoyo reads it. Raise EncodingError with the first line that cannot be read."""
    if content.startswith(codecs.BOM_UTF8):
        raise ByteOrderMarkError(1, "starts with a byte order mark (BOM)")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise EncodingError(1, "starts with the byte order mark (BOM) of UTF-16, and is not UTF-8")
    try:
        text = content.decode("UTF-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise EncodingError(line, f"the byte 0x{content[error.start]:02x} is not UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise EncodingError(line, "a zero byte, at which PostgreSQL stops reading, is not UTF-8 text")
    return text.replace("\r\n", "\n").replace("\r", "\n")
