"""Whether PostgreSQL can read the files, in function bodies of SQL and PL/pgSQL too."""

import re
from collections.abc import Iterator

from messenger_db.sql_analysis.migration_files import EncodingError, MigrationFolder
from messenger_db.sql_analysis.parse import SqlError, visible
from messenger_db.validation.refusal import Problem, Refusal

SYNTAX = Refusal(
    "syntax",
    "PostgreSQL's own grammar refuses it, so a server does too.",
    "correct it",
)
NO_STATEMENT = Refusal(
    "no-statement",
    "yoyo takes a file without a statement for one that succeeded.",
    "write one",
)


COPY = re.compile(r"\bCOPY\b[^;]*\bFROM\s+STDIN\b[^;]*;\s*$", re.IGNORECASE)
# Where the server cannot read on, what psql would have kept to itself.
PSQL = (
    (r'at or near "\\"', re.compile(r"\\[\w!?]+"), "a command of psql, which PostgreSQL does not know: write SQL"),
    (r'at or near ":"', re.compile(r":['\"]?[A-Za-z_]\w*['\"]?"), "a variable of psql: write its value"),
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find files that do not parse, and files without a statement."""
    for file in (*folder.forwards.values(), *folder.rollbacks.values()):
        if file.error and not isinstance(file.error, EncodingError):
            yield SYNTAX.at(file.file, file.error.line, str(file.error), _cure(file.text, file.error))
        if not file.error and not file.statements:
            yield NO_STATEMENT.at(file.file, 0, "has no statement, which yoyo takes for success")


def _cure(text: str, error: SqlError) -> str:
    """Return what to do about an error whose reason its line shows, and nothing about any other."""
    *before, line = text.split("\n")[: error.line]
    if COPY.search("\n".join(before)):
        return "rows after COPY ... FROM STDIN are for psql alone: write them as an INSERT"
    for near, pattern, what in PSQL:
        if re.search(near, str(error)) and (found := pattern.search(line)):
            return f"{found[0]} is {what}"
    odd = [character for character in line if not character.isprintable() and character != "\t"]
    return f"write a plain space, or nothing: PostgreSQL takes {visible(odd[0])} for a letter" if odd else ""
