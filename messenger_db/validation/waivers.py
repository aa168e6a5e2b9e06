"""Whether the waivers in the files are right, and the problems that they leave.

A waiver is a comment above a statement, in it or at its end: `-- messenger-ignore ID -- REASON`.
"""

import re
from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.validation.refusal import Problem, Refusal

WAIVER_FORM = Refusal(
    "waiver-form",
    "A waiver is for one refusal, and the next reader has to know why it was right.",
    "write -- messenger-ignore ID -- REASON above the statement",
)
WAIVER_UNKNOWN = Refusal(
    "waiver-unknown",
    "A waiver with a wrong id waives nothing.",
    "take the id from the refusal's line",
)
WAIVER_NOT_ALLOWED = Refusal(
    "waiver-not-allowed",
    "Some refusals have no exception, because PostgreSQL or yoyo would fail or do something else.",
    "remove the waiver, and the fault that it is for",
)
WAIVER_UNUSED = Refusal(
    "waiver-unused",
    "A waiver that waives nothing hides the next fault in its place.",
    "remove it, or write it above the statement that is refused",
)

INTENDED = re.compile(r"(--|/\*)\s*messenger-ignore\b", re.IGNORECASE)
WAIVER = re.compile(r"-- messenger-ignore (\S+) -- \S.*")


class Waiver(NamedTuple):
    """A waiver in a comment: an id, on the lines of one statement and for the file as a whole."""

    file: str
    lines: range
    id: str

    def covers(self, problem: Problem) -> bool:
        """Return whether a problem is one that this waives."""
        is_here = problem.line == 0 or problem.line in self.lines
        return problem.file == self.file and problem.id == self.id and is_here


def apply(folder: MigrationFolder, problems: Set[Problem], refusals: Mapping[str, Refusal]) -> Iterator[Problem]:
    """Yield the problems that are not waived, and what is wrong with the waivers themselves."""
    left = set(problems)
    for file in folder.parsed:
        for comment in filter(lambda comment: INTENDED.match(comment.text), file.comments):
            match = WAIVER.fullmatch(comment.text)
            if not match:
                yield WAIVER_FORM.at(file.file, comment.line, "a waiver has one id and a reason")
            elif match[1].startswith("squawk/"):
                cure = f"write -- squawk-ignore {match[1].removeprefix('squawk/')} -- REASON"
                yield WAIVER_UNKNOWN.at(file.file, comment.line, f"{match[1]} is a rule of squawk", cure)
            elif match[1] not in refusals:
                yield WAIVER_UNKNOWN.at(file.file, comment.line, f"there is no refusal {match[1]}")
            elif not refusals[match[1]].is_waivable:
                yield WAIVER_NOT_ALLOWED.at(file.file, comment.line, f"{match[1]} cannot be waived")
            else:
                waiver = Waiver(file.file, file.lines_of(comment), match[1])
                waived = {problem for problem in problems if waiver.covers(problem)}
                left -= waived
                if not waived:
                    yield WAIVER_UNUSED.at(file.file, comment.line, f"there is no {match[1]} here to waive")
    yield from left
