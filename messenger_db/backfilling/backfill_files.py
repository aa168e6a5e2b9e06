"""The files of backfills/: a header, and one statement that changes the rows of a batch."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from messenger_db.checksums import checksum_of
from messenger_db.errors import MessengerError
from messenger_db.migration_statements import Statement, statements_of

FOLDER = "backfills"

FILE_NAME = re.compile(r"[0-9]{4}_[a-z0-9_]+")
HEADER = re.compile(r"--\s*(depends|table|key|covered)\s*:\s*(.*?)\s*")
NEEDS = re.compile(r"--\s*needs\s*:\s*backfill\s+([0-9]{4})\s*")

DIRECTIVES = ("depends", "table", "key", "covered")

# A file on its own says as little about a name as make validate needs to say more.
MORE = "make validate says more"


@dataclass(frozen=True)
class Backfill:
    """A file of backfills/: which rows it changes, by which key, and what covers the rows written meanwhile."""

    path: Path
    depends: str
    table: str
    key: tuple[str, ...]
    covered: str
    statement: Statement

    @property
    def id(self) -> str:
        """The name of the file without its ending."""
        return self.path.stem

    @property
    def checksum(self) -> str:
        """The SHA-256 of the file, in hexadecimal."""
        return checksum_of(self.path)

    @property
    def trigger(self) -> str | None:
        """The trigger that covers rows written meanwhile, if one does."""
        kind, _, name = self.covered.partition(" ")
        return name if kind == "trigger" else None

    @property
    def is_covered_by_application(self) -> bool:
        """Whether only the application covers rows written meanwhile."""
        return self.covered.startswith("application ")


def beside(migrations_folder: Path) -> Path:
    """Return the folder of the backfills that belong to a folder of migrations."""
    return migrations_folder.parent / FOLDER


def read_backfills(folder: Path) -> dict[str, Backfill]:
    """Return the backfills of a folder by id, in order. Raises MessengerError for one that cannot be read."""
    files = sorted(path for path in folder.glob("*.sql") if FILE_NAME.fullmatch(path.stem))
    return {path.stem: _read(path) for path in files}


def header_lines(text: str) -> list[str]:
    """Return the lines of a file before its first statement."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("--"):
            break
        lines.append(line.strip())
    return lines


def directives(text: str) -> dict[str, str]:
    """Return what the header of a backfill says of each directive; the last one counts."""
    matches = (HEADER.fullmatch(line) for line in header_lines(text))
    return {match[1]: match[2] for match in matches if match}


def needs(migration: Path) -> list[str]:
    """Return the numbers of the backfills that a migration's header says it needs."""
    text = migration.read_text(encoding="utf-8", errors="replace")
    return [match[1] for line in header_lines(text) if (match := NEEDS.fullmatch(line))]


def find(word: str, known: Collection[str]) -> list[str]:
    """Return the ids that a person may mean: the id, its number, or its name."""
    return sorted(id_ for id_ in known if word in (id_, id_[:4], id_[5:]))


def needing(backfill: str, files: Mapping[str, Path]) -> list[str]:
    """Return the ids of the migrations of `files` that need a backfill."""
    return sorted(id_ for id_, path in files.items() if backfill[:4] in needs(path))


def _read(path: Path) -> Backfill:
    name = f"{FOLDER}/{path.name}"
    try:
        found = directives(path.read_text(encoding="utf-8"))
        statements = statements_of(path)
    except UnicodeDecodeError:
        raise MessengerError(f"{name} is not UTF-8: save it as UTF-8") from None
    missing = [directive for directive in DIRECTIVES if not found.get(directive)]
    if missing:
        raise MessengerError(f"{name} has no line -- {missing[0]}: in its header: add it ({MORE})")
    if len(statements) != 1:
        raise MessengerError(f"{name} has {len(statements)} statements: a backfill is one ({MORE})")
    key = tuple(column.strip() for column in found["key"].split(","))
    return Backfill(path, found["depends"], found["table"], key, found["covered"], statements[0])
