"""The cases of the checks: what files a folder of migrations has, and what is wrong with it.

Each table in `cases/` is for one module of checks. A case has the migration 0001_notes, which creates a table, unless
it gives other text for it (`first`, `first_rollback`) or is `without` a file. `forward` and `rollback` are the files of
0002_more; `files` are further ones by their names, and `backfills` those of the folder beside. The manifest is right
unless it is one of these. `problems` are the lines that are expected, none when the case is accepted.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from messenger_db.checksums import MANIFEST, record

TABLES = sorted(Path(__file__).parent.glob("cases/*.toml"))

FIRST = """\
CREATE TABLE notes (
    id uuid NOT NULL,
    CONSTRAINT notes_pkey PRIMARY KEY (id)
);
"""
FIRST_ROLLBACK = "DROP TABLE notes;\n"


@dataclass(frozen=True)
class Case:
    """A folder of migrations, and the lines that say what is wrong with it."""

    module: str
    name: str
    first: str | None = FIRST
    first_rollback: str | None = FIRST_ROLLBACK
    forward: str | None = None
    rollback: str | None = None
    files: dict[str, str] = field(default_factory=dict)
    backfills: dict[str, str] = field(default_factory=dict)
    without: list[str] = field(default_factory=list)
    encoding: str = "UTF-8"
    problems: list[str] = field(default_factory=list)

    def contents(self) -> dict[str, bytes]:
        """Return the bytes of each file by its name."""
        files = {
            "0001_notes.sql": self.first,
            "0001_notes.rollback.sql": self.first_rollback,
            "0002_more.sql": self.forward,
            "0002_more.rollback.sql": self.rollback,
            **self.files,
        }
        return {
            name: text.encode(self.encoding)
            for name, text in files.items()
            if text is not None and name not in self.without
        }

    def write(self, parent: Path) -> Path:
        """Write the files into a folder of the case's name in `parent`, and return the folder."""
        folder = parent / self.name
        folder.mkdir()
        for name, content in self.contents().items():
            (folder / name).write_bytes(content)
        for name, text in self.backfills.items():
            (parent / "backfills").mkdir(exist_ok=True)
            (parent / "backfills" / name).write_text(text, encoding="UTF-8")
        if MANIFEST not in (*self.files, *self.without):
            record(folder)
        return folder


def read_cases(table: Path) -> list[Case]:
    """Return the cases of a table."""
    return [Case(table.stem, **case) for case in tomllib.loads(table.read_text(encoding="UTF-8"))["case"]]


# What linters and migration tools call hazardous; the file itself says more.
HAZARD_TABLE: dict[str, Any] = tomllib.loads(Path(__file__).with_name("hazards.toml").read_text(encoding="UTF-8"))
HAZARDS: list[dict[str, Any]] = HAZARD_TABLE["hazard"]

CASES = {case.name: case for table in TABLES for case in read_cases(table)}
