"""What each statement of migration files does to those who use the tables: locks, and for how long, and lost data."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from messenger_db.sql_analysis.in_use import Effects, effects
from messenger_db.sql_analysis.locks import Lock, Mode
from messenger_db.sql_analysis.migration_files import MigrationFile, MigrationFolder
from messenger_db.sql_analysis.schema_changes import apply
from messenger_db.sql_analysis.schema_state import SchemaState


class Hazard(NamedTuple):
    """The effect of a statement on others; line 0 stands for the file as a whole.

    One that is a lock has the table, PostgreSQL's name of the mode, and how long it is kept.
    """

    file: str
    line: int
    text: str
    table: str | None = None
    lock: str | None = None
    duration: str | None = None

    def __str__(self) -> str:
        """Write it as compilers do."""
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


def hazards(folder: MigrationFolder, files: Sequence[MigrationFile]) -> Iterator[Hazard]:
    """Yield the hazards in files that run in that order, but for those to relations that the files create.

    A file that cannot be read has one hazard, its error.
    """
    state = _before(folder, files)
    for file in files:
        if file.error:
            yield Hazard(file.file, file.error.line, str(file.error))
        found = []
        for statement in file.statements:
            found.append(effects(statement, state))
            apply(state, statement)
        yield from _of_file(file, found, in_transaction=folder.in_transaction(file))


def _before(folder: MigrationFolder, files: Sequence[MigrationFile]) -> SchemaState:
    """Return the state in which the first of the files runs."""
    state = SchemaState()
    for forward in folder.forwards.values():
        if not files or forward is files[0]:
            break
        for statement in forward.statements:
            apply(state, statement)
        if forward.id == files[0].id:
            break
    state.new.clear()
    return state


def _of_file(file: MigrationFile, found: list[Effects], *, in_transaction: bool) -> Iterator[Hazard]:
    lines = file.text.split("\n")
    held: dict[str, Mode] = {}
    for number, effect in enumerate(found):
        line = effect.statement.line
        head = lines[line - 1].strip(" ;(")
        for text in effect.losses:
            yield Hazard(file.file, line, f"{head}: {text}")
        later = found[number + 1 :] if in_transaction else []
        for lock in effect.locks:
            # A lock that the transaction has already says nothing, unless it is kept for longer now.
            if effect.work or held.get(lock.table, 0) < lock.mode:
                duration = _duration(lock, effect, later)
                text = f"{head}: {lock.mode} on {lock.table} stops {lock.mode.stops}, for {duration}"
                yield Hazard(file.file, line, text, lock.table, str(lock.mode), duration)
            held[lock.table] = max(lock.mode, held.get(lock.table, lock.mode))


def _duration(lock: Lock, effect: Effects, later: list[Effects]) -> str:
    """Say how long a lock is kept: until the transaction ends, so while later statements work too."""
    longest = effect.longest
    duration = str(longest.kind)
    if longest.kind and longest.table != lock.table:
        duration = f"a {longest.kind.name.lower()} of {longest.table}"
    after = max(later, key=lambda effect: effect.longest.kind, default=None)
    if lock.mode.is_strong and after and after.longest.kind > longest.kind:
        rest = f"a {after.longest.kind.name.lower()} of {after.longest.table}"
        return f"{duration} and then {rest} by line {after.statement.line}"
    return duration
