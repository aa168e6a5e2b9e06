"""Whether a rollback takes back all that its forward half makes, newest first."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from messenger_db.sql_analysis.effects import RELATIONS, Effect, created, dropped
from messenger_db.sql_analysis.migration_files import MigrationFile, MigrationFolder
from messenger_db.validation.refusal import Problem


class Change(NamedTuple):
    """A effect and the statement that makes it: its place in the file, and its line."""

    place: int
    line: int
    effect: Effect


class Undoing(NamedTuple):
    """A change, and the place and line in the rollback that takes it back."""

    place: int
    line: int
    change: Change


UNDO = {
    "creates": "does not drop {effect}, which line {line} of {file} creates; drop it here",
    "replaces": "does not put back {effect}, which line {line} of {file} replaces; CREATE OR REPLACE it as it was",
    "renames": "does not take back the renaming of {effect} in line {line} of {file}; rename it back here",
}


def check_rollback_complete(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse a rollback that leaves what the forward half makes: all goes, directly or with its table."""
    for forward, rollback in folder.migrations:
        changes = _changes(forward)
        done = [undoing.change for undoing in _undoings(changes, rollback)]
        dropped = {change.effect.name for change in done if change.effect.kind in RELATIONS}
        for change in changes:
            if change not in done and change.effect.table not in dropped:
                text = UNDO[change.effect.act].format(effect=change.effect, line=change.line, file=forward.file)
                yield Problem(rollback.file, 0, text)


def check_rollback_order(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse a rollback that does not begin with the newest, which may need what is older."""
    for forward, rollback in folder.migrations:
        undoings = _undoings(_changes(forward), rollback)
        undoings.sort(key=lambda undoing: (undoing.place, -undoing.change.place))
        for earlier, later in pairwise(undoings):
            if earlier.change.place < later.change.place:
                newer, older = later.change.effect, earlier.change.effect
                text = f"{newer} is newer than {older}; take it back first, newest to oldest"
                yield Problem(rollback.file, later.line, text)


def _changes(forward: MigrationFile) -> list[Change]:
    """Give what is left of all that a forward half makes when it ends."""
    changes: list[Change] = []
    for place, statement in enumerate(forward.statements):
        for effect in dropped(statement.node):
            if effect.act == "creates" and (change := _newest(changes, effect)):
                changes.remove(change)
        changes += [Change(place, statement.line, effect) for effect in created(statement.node)]
    return changes


def _undoings(changes: list[Change], rollback: MigrationFile) -> list[Undoing]:
    """Pair each change with what takes it back; of two that are named alike each needs its own."""
    left, undoings = list(changes), []
    for place, statement in enumerate(rollback.statements):
        for effect in dropped(statement.node):
            if change := _newest(left, effect):
                left.remove(change)
                undoings.append(Undoing(place, statement.line, change))
    return undoings


def _newest(changes: list[Change], effect: Effect) -> Change | None:
    return next((change for change in reversed(changes) if change.effect.key == effect.key), None)
