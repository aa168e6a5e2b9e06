"""Whether a rollback undoes all that its forward file creates, newest first."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from messenger_db.sql_analysis.effects import RELATIONS, Effect, created, dropped, parents
from messenger_db.sql_analysis.migration_files import MigrationFile, MigrationFolder
from messenger_db.validation.refusal import Problem, Refusal

ROLLBACK_INCOMPLETE = Refusal(
    "rollback-incomplete",
    "Objects that a rollback leaves make the next apply fail, or stay in the schema without a migration.",
    "undo in the rollback file all that the forward file creates, replaces and renames",
    is_waivable=True,
)
ROLLBACK_ORDER = Refusal(
    "rollback-order",
    "A newer object can depend on an older one, so it is dropped first.",
    "undo it first, from the newest to the oldest",
    is_waivable=True,
)


class Change(NamedTuple):
    """An effect of a statement: the statement's position in the file, and its line."""

    position: int
    line: int
    effect: Effect


class Reversal(NamedTuple):
    """A change, and the position and line of the statement in the rollback file that undoes it."""

    position: int
    line: int
    change: Change


WRONG = {
    "creates": "does not drop {effect}, which line {line} of {file} creates",
    "replaces": "does not restore {effect}, which line {line} of {file} replaces",
    "renames": "does not undo the renaming of {effect} in line {line} of {file}",
}
CURE = {
    "creates": "drop it here",
    "replaces": "CREATE OR REPLACE it as it was",
    "renames": "rename it back here",
}


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find what the rollback files leave, and what they undo too early."""
    for forward, rollback in folder.migrations:
        changes = _changes(forward)
        reversals = _reversals(changes, rollback)
        yield from _left(forward, rollback, changes, reversals)
        yield from _too_early(rollback, reversals)


def _left(
    forward: MigrationFile, rollback: MigrationFile, changes: list[Change], reversals: list[Reversal]
) -> Iterator[Problem]:
    """Find what is dropped neither directly nor with its table, nor with the one that this is a partition of."""
    reversed_changes = [reversal.change for reversal in reversals]
    gone = {change.effect.name for change in reversed_changes if change.effect.kind in RELATIONS}
    tables = parents(forward.statements)
    for change in changes:
        if change not in reversed_changes and gone.isdisjoint(_owners(change.effect, tables)):
            wrong = WRONG[change.effect.act].format(effect=change.effect, line=change.line, file=forward.file)
            yield ROLLBACK_INCOMPLETE.at(rollback.file, 0, wrong, CURE[change.effect.act])


def _owners(effect: Effect, tables: Mapping[str, str]) -> Iterator[str]:
    """Yield the tables with which an object is dropped; `tables` has the parent of each partition."""
    left = dict(tables)  # each is looked up once: SQL that no server takes can go round in a circle
    owner = effect.table or (left.pop(effect.name, None) if effect.kind == "table" else None)
    while owner:
        yield owner
        owner = left.pop(owner, None)


def _too_early(rollback: MigrationFile, reversals: list[Reversal]) -> Iterator[Problem]:
    in_order = sorted(reversals, key=lambda reversal: (reversal.position, -reversal.change.position))
    for earlier, later in pairwise(in_order):
        if earlier.change.position < later.change.position:
            wrong = f"{later.change.effect} is newer than {earlier.change.effect}"
            yield ROLLBACK_ORDER.at(rollback.file, later.line, wrong)


def _changes(forward: MigrationFile) -> list[Change]:
    """Return what is left, when a forward file ends, of all that it creates."""
    changes: list[Change] = []
    for position, statement in enumerate(forward.statements):
        for effect in dropped(statement.node):
            if effect.act == "creates" and (change := _newest(changes, effect)):
                changes.remove(change)
        changes += [Change(position, statement.line, effect) for effect in created(statement.node)]
    return changes


def _reversals(changes: list[Change], rollback: MigrationFile) -> list[Reversal]:
    """Pair each change with the statement that undoes it; of two with the same name each needs its own."""
    left, reversals = list(changes), []
    for position, statement in enumerate(rollback.statements):
        for effect in dropped(statement.node):
            if change := _newest(left, effect):
                left.remove(change)
                reversals.append(Reversal(position, statement.line, change))
    return reversals


def _newest(changes: list[Change], effect: Effect) -> Change | None:
    return next((change for change in reversed(changes) if change.effect.key == effect.key), None)
