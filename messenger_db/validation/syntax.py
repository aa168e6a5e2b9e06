"""Whether PostgreSQL can read a file, and yoyo reads the same statements."""

from collections.abc import Iterator

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.validation.refusal import Problem


def check_syntax(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse what PostgreSQL's own grammar does, in function bodies of SQL and PL/pgSQL too."""
    for half in (*folder.forwards.values(), *folder.rollbacks.values()):
        if half.error:
            yield Problem(half.file, half.error.line, str(half.error))


def check_not_empty(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse a half without a statement: yoyo takes it for done."""
    for half in folder.parsed:
        if not half.statements:
            yield Problem(half.file, 0, "has no statement, which yoyo would take for success; write one")


def check_splitting(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse what yoyo splits in another way than PostgreSQL: an empty statement fails, and so does half of one."""
    for half in folder.parsed:
        yours, ours = len(half.pieces), len(half.statements)
        if half.statements and yours != ours:
            cure = "put no comment after the last one, and quotes around names such as begin or declare"
            yield Problem(half.file, 0, f"number of statements: {yours} for yoyo, {ours} for PostgreSQL; {cure}")
