"""Whether yoyo splits a file into the same statements as PostgreSQL; yoyo sends each piece by itself."""

from collections.abc import Iterator
from itertools import takewhile

from messenger_db.sql_analysis.migration_files import MigrationFile, MigrationFolder
from messenger_db.sql_analysis.parse import SqlError, Statement, tokens
from messenger_db.validation.refusal import Problem, Refusal

TORN_STATEMENT = Refusal(
    "torn-statement",
    "yoyo splits a file by rules of its own. It takes a backslash before a quote for an escape, some words for the"
    " begin of a block, and a comment after the last statement for one more, and sends half a statement or none.",
    "put quotes around names such as begin and declare",
)

ESCAPE = "which yoyo takes for an escape of the quote, so that it reads on"


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find where yoyo's pieces and PostgreSQL's statements begin to differ, and why."""
    for file in folder.parsed:
        whole = sum(1 for _ in takewhile(_is_whole, zip(file.statements, file.pieces, strict=False)))
        if whole < len(file.statements):
            yield from _torn(file, file.statements[whole:])
        elif whole and whole < len(file.pieces):
            line = next(comment.line for comment in file.comments if comment.line >= file.statements[-1].end_line)
            wrong = "yoyo takes a comment after the last statement for one more statement, an empty one"
            yield TORN_STATEMENT.at(file.file, line, wrong, "move the comment above a statement")


def _is_whole(pair: tuple[Statement, str]) -> bool:
    """Return whether yoyo's piece is the statement, but for comments and the semicolon."""
    statement, piece = pair
    try:
        words = [token.text for token in tokens(piece) if not token.is_comment]
    except SqlError:
        return False  # it ends in a string
    return words in ([token.text for token in statement.tokens], [*(token.text for token in statement.tokens), ";"])


def _torn(file: MigrationFile, statements: list[Statement]) -> Iterator[Problem]:
    """Name what yoyo does not see the end of, or where there is nothing, the statement that it splits otherwise."""
    tokens_left = [token for statement in statements for token in statement.tokens]
    strings = [token.end_line for token in tokens_left if token.text.endswith("\\'")]
    names = [token.end_line for token in tokens_left if token.text.endswith('\\"')]
    for line in strings:
        cure = r"write the backslash as \x5C in an E'' string"
        yield TORN_STATEMENT.at(file.file, line, f"a string ends in a backslash, {ESCAPE}", cure)
    for line in names:
        yield TORN_STATEMENT.at(file.file, line, f"a name ends in a backslash, {ESCAPE}", "choose another name")
    if not strings and not names:
        wrong = "yoyo ends this statement elsewhere than PostgreSQL does"
        yield TORN_STATEMENT.at(file.file, statements[0].line, wrong)
