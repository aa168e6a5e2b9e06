"""Whether PostgreSQL can read the files, in function bodies of SQL and PL/pgSQL too."""

from collections.abc import Iterator

from messenger_db.sql_analysis.migration_files import EncodingError, MigrationFolder
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


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find files that do not parse, and files without a statement."""
    for file in (*folder.forwards.values(), *folder.rollbacks.values()):
        if file.error and not isinstance(file.error, EncodingError):
            yield SYNTAX.at(file.file, file.error.line, str(file.error))
        if not file.error and not file.statements:
            yield NO_STATEMENT.at(file.file, 0, "has no statement, which yoyo takes for success")
