"""The numbers of the migrations in a folder, which are one sequence."""

from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from messenger_db.errors import MessengerError


class Draft(NamedTuple):
    """A migration without a number yet: its name, its files, and the rows that it must keep.

    {previous} in the forward file is the id of the migration before it, and {id} in the rollback file its own.
    """

    name: str
    forward: str
    rollback: str
    rows: str


FORWARD_FILES = "[0-9][0-9][0-9][0-9]_*.sql"


def ids(folder: Path) -> list[str]:
    """Return the ids of the migrations of a folder, in their order."""
    names = {path.name.removesuffix(".sql").removesuffix(".rollback") for path in folder.glob(FORWARD_FILES)}
    return sorted(names)


def number_of(id_: str) -> int:
    """Return the number of a migration."""
    return int(id_[:4])


def name_of(id_: str) -> str:
    """Return the name of a migration without its number."""
    return id_[5:]


def refuse_doubles(folder: Path) -> None:
    """Raise MessengerError when two migrations have one number."""
    for first, second in pairwise(ids(folder)):
        if number_of(first) == number_of(second):
            raise MessengerError(
                f"{first} and {second} have one number: make db-renumber NAME={second} puts the second one last; "
                f"name the one of your branch"
            )
