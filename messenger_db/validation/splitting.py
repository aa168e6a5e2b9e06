"""Whether yoyo splits a file into the same statements as PostgreSQL; yoyo sends each piece by itself."""

from collections.abc import Iterator
from itertools import takewhile

from messenger_db.sql_analysis.migration_files import MigrationFile, MigrationFolder
from messenger_db.sql_analysis.parse import SqlError, Statement, tokens
from messenger_db.validation.refusal import Problem, Refusal

TORN_STATEMENT = Refusal(
    "torn-statement",
    "yoyo splits a file by rules of its own. It takes a backslash before a quote for an escape, some words for the"
    " begin of a block, and a comment after the last statement for one more, and sends a part of a statement or none.",
    "put quotes around names such as begin and declare",
)

ESCAPE = "which yoyo takes for an escape of the quote, so that it reads on"


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find where yoyo's pieces and PostgreSQL's statements begin to differ, and why."""
    for file in folder.parsed:
        statements = [[token.text for token in statement.tokens] for statement in file.statements]
        pieces = list(map(_words, file.pieces))
        whole = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(statements, pieces, strict=False)))
        if pieces[whole:] and not pieces[whole] and statements:
            yield _empty(file, whole)
        elif whole < len(statements):
            yield from _torn(file, file.statements[whole:])


def _words(piece: str) -> list[str]:
    """Return what a piece sends to the server, without the last semicolon."""
    try:
        words = [token.text for token in tokens(piece) if not token.is_comment]
    except SqlError:
        return [piece]  # it ends in a string
    return words[:-1] if words[-1:] == [";"] else words


def _empty(file: MigrationFile, whole: int) -> Problem:
    """Name the piece after so many whole statements, which is a comment or a semicolon."""
    if not all(token.is_comment for token in tokens(file.pieces[whole])):
        line = file.statements[whole - 1].end_line if whole else 0
        wrong = f"an empty statement stands {'after this one' if whole else 'before the first one'}"
        return TORN_STATEMENT.at(file.file, line, wrong, "remove its semicolon")
    wrong = "yoyo takes a comment after the last statement for one more statement, an empty one"
    return TORN_STATEMENT.at(file.file, file.comments[-1].line, wrong, "move the comment above a statement")


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
