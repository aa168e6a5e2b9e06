"""The numbers and names of the migrations in a folder, which are one sequence; backfills are numbered alike."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from messenger_db.checksums import DEPENDS, release
from messenger_db.errors import MessengerError


class Draft(NamedTuple):
    """A migration without a number yet: its name, its files, and the rows that it must keep.

    {previous} in the forward file is the id of the migration before it, and {id} in the rollback file its own.
    """

    name: str
    forward: str
    rollback: str
    rows: str


MIGRATION_FILES = "[0-9][0-9][0-9][0-9]_*.sql"


def files(folder: Path, pattern: str = MIGRATION_FILES) -> Iterator[Path]:
    """Yield the files of a folder's migrations. Raises MessengerError for a folder in the place of one.

    yoyo would pass over that without a word.
    """
    for path in folder.glob(pattern):
        if path.is_dir():
            raise MessengerError(f"{path.name} is a folder, not a file: restore the file, or remove the folder")
        yield path


def ids(folder: Path) -> list[str]:
    """Return the ids of the migrations of a folder, in their order. Raises MessengerError as `files` does."""
    return sorted({path.name.removesuffix(".sql").removesuffix(".rollback") for path in files(folder)})


def number_of(id_: str) -> int:
    """Return the number of a migration."""
    return int(id_[:4])


def name_of(id_: str) -> str:
    """Return the name of a migration without its number."""
    return id_[5:]


def id_after(previous: str, name: str) -> str:
    """Return the id that a name gets after the id `previous`, or first where that is empty."""
    return f"{number_of(previous) + 1 if previous else 1:04}_{name}"


def refuse_name(name: str, folder: Path, *, kind: str, setting: str, example: str) -> None:
    """Raise MessengerError when a new name is not lower-case words joined by underscores, or one of the folder has it.

    `kind` says what it would be the name of, `setting` where it stands.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise MessengerError(
            f"{setting}={name} is not a name for a {kind}, which is lower-case words joined by underscores: "
            f"make db-new {setting}={example}"
        )
    if taken := next((id_ for id_ in ids(folder) if name_of(id_) == name), None):
        raise MessengerError(f"{taken} has that name already: write it, or choose another name")


def numbered(drafts: Iterable[Draft], previous: str) -> dict[str, Draft]:
    """Return the drafts with their texts filled in, by the ids that they get after the id `previous`, or first."""
    found: dict[str, Draft] = {}
    for draft in drafts:
        id_ = id_after(previous, draft.name)
        forward, rollback = draft.forward.replace("{previous}", previous), draft.rollback.replace("{id}", id_)
        found[id_] = draft._replace(forward=forward, rollback=rollback)
        previous = id_
    return found


def refuse_doubles(folder: Path) -> None:
    """Raise MessengerError when two migrations have one number."""
    for first, second in pairwise(ids(folder)):
        if number_of(first) == number_of(second):
            raise MessengerError(
                f"{first} and {second} have one number: make db-renumber NAME={second} puts it last, with those that "
                "depend on it; name the one of your branch"
            )


def renumbered(folder: Path, last: str) -> dict[str, str]:
    """Return the new id of each migration, in the new order; the released ones keep theirs.

    Those that depend on the one named `last` go with it, where another branch has its number. Raises MessengerError
    when no migration that is not released has that name, when two have one number and none is named, and when two
    have one name.
    """
    released = {file.removesuffix(".sql").removesuffix(".rollback") for file in release(folder).files}
    free = [id_ for id_ in ids(folder) if id_ not in released]
    if last:
        moved = _branch(folder, _found(last, free, released), free)
        free = [id_ for id_ in free if id_ not in moved] + moved
    elif double := next((pair for pair in pairwise(free) if number_of(pair[0]) == number_of(pair[1])), None):
        raise MessengerError(f"{' and '.join(double)} have one number: make db-renumber NAME={double[1]} puts it last")
    names = [name_of(id_) for id_ in free]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise MessengerError(f"two migrations have the name {twice}: rename the files of one of them")
    renamed = {id_: f"{number:04}_{name_of(id_)}" for number, id_ in enumerate(free, start=len(released) + 1)}
    return {id_: id_ for id_ in sorted(released)} | renamed


def _found(name: str, free: list[str], released: set[str]) -> str:
    found = [id_ for id_ in free if name in (id_, name_of(id_))]
    if not found:
        why = (
            "was released: renumber the other one"
            if name in released
            else f"is not a migration that can be renumbered: {', '.join(free)}"
        )
        raise MessengerError(f"NAME={name} {why}")
    return found[0]


def _branch(folder: Path, last: str, free: list[str]) -> list[str]:
    """Return the migration, and where another one has its number, those after it that depend on it."""
    if [number_of(id_) for id_ in free].count(number_of(last)) == 1:
        return [last]
    moved = [last]
    for id_ in free:
        text = (folder / f"{id_}.sql").read_text(encoding="utf-8", errors="replace")
        if (line := DEPENDS.search(text)) and line[2].strip() in moved:
            moved.append(id_)
    return moved
