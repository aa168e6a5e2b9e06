"""What a file tells yoyo in its header by depends and transactional."""

import re
from collections.abc import Iterator

from yoyo.migrations import parse_metadata_from_sql_comments

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.parse import Token
from messenger_db.validation.refusal import Problem, Refusal

DEPENDS_NOT_PREVIOUS = Refusal(
    "depends-not-previous",
    "The migrations are one line, so that all databases have them in the same order.",
    "name the migration before it, and no other, in -- depends:",
)
TRANSACTIONAL_VALUE = Refusal(
    "transactional-value",
    "yoyo fails at a value that it does not know.",
    "write true or false, once",
)
DIRECTIVE_UNSEEN = Refusal(
    "directive-unseen",
    "yoyo reads directives only in lines of their own before the first statement of the forward file, in lower case.",
    "write it in the header of the forward file",
)

DIRECTIVE = re.compile(r"(--|/\*)\s*(depends|transactional)\s*:", re.IGNORECASE)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find dependencies that are not one line, values that yoyo cannot read, and directives that it does not see."""
    yield from _depends(folder)
    for file in folder.forwards.values():
        value = file.directives.get("transactional", "true")
        if value.lower() not in ("true", "false"):
            yield TRANSACTIONAL_VALUE.at(file.file, 0, f"yoyo cannot read transactional: {value}")
    for file in folder.parsed:
        for comment in file.comments:
            directive = DIRECTIVE.match(comment.text)
            if directive and (file.is_rollback or not _is_seen(file.text, comment)):
                cure = f"write -- {directive[2].lower()}: before the first statement of {file.id}.sql"
                yield DIRECTIVE_UNSEEN.at(file.file, comment.line, f"yoyo does not see this {directive[2]}", cure)


def _depends(folder: MigrationFolder) -> Iterator[Problem]:
    previous = ""
    for file in folder.forwards.values():
        named = " ".join(file.directives.get("depends", "").split())
        if file.pieces and named != previous:
            cure = f"write -- depends: {previous}" if previous else "remove the depends line"
            wrong = f"depends on {named or 'nothing'}, not on {previous or 'nothing'}"
            yield DEPENDS_NOT_PREVIOUS.at(file.file, 0, wrong, cure)
        previous = file.id


def _is_seen(text: str, comment: Token) -> bool:
    """Return whether a comment changes which directives yoyo reads."""
    without, _, _ = parse_metadata_from_sql_comments(text[: comment.start])
    with_it, _, _ = parse_metadata_from_sql_comments(text[: comment.start + len(comment.text)])
    return bool(with_it != without)
