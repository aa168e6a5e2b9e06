"""What a file tells yoyo in its header: depends and transactional."""

import re
from collections.abc import Iterator

from yoyo.migrations import parse_metadata_from_sql_comments

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.parse import Comment
from messenger_db.validation.refusal import Problem

DIRECTIVE = re.compile(r"(--|/\*)\s*(depends|transactional)\s*:", re.IGNORECASE)


def check_depends(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse dependencies, as yoyo reads them, that are not one line from the first to the last."""
    wanted = ""
    for half in folder.forwards.values():
        named = " ".join(half.directives.get("depends", "").split())
        if half.pieces and named != wanted:
            cure = f"write -- depends: {wanted}" if wanted else "take the depends line out"
            yield Problem(half.file, 0, f"depends on {named or 'nothing'}, not on {wanted or 'nothing'}; {cure}")
        wanted = half.id


def check_transactional(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse a word after `transactional` that yoyo cannot read."""
    for half in folder.forwards.values():
        word = half.directives.get("transactional", "true")
        if word.lower() not in ("true", "false"):
            yield Problem(half.file, 0, f"yoyo cannot read transactional: {word}; write true or false, once")


def check_directives_seen(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse a directive that stands where yoyo does not look, or is written as it does not know it."""
    for half in folder.parsed:
        for comment in half.comments:
            word = DIRECTIVE.match(comment.text)
            if word and (half.is_rollback or not _seen(half.text, comment)):
                cure = f"write -- {word[2].lower()}: before the first statement of {half.id}.sql"
                yield Problem(half.file, comment.line, f"yoyo does not see this {word[2]}; {cure}")


def _seen(text: str, comment: Comment) -> bool:
    """Tell whether a comment changes which directives yoyo reads."""
    without, _, _ = parse_metadata_from_sql_comments(text[: comment.start])
    with_it, _, _ = parse_metadata_from_sql_comments(text[: comment.start + len(comment.text)])
    return bool(with_it != without)
