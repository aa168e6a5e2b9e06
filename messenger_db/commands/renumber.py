"""messenger-db renumber: give the migrations that are not released numbers without gaps or doubles, in one sequence."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from messenger_db import checksums, folders
from messenger_db.checksums import with_depends
from messenger_db.commands.new import ROWS
from messenger_db.errors import MessengerError
from messenger_db.numbering import renumbered

# Where a migration may be named: in files of these kinds, but not in folders with a dot.
TEXTS = (".md", ".py", ".sql", ".toml", ".yml", ".html")


def renumber(name: str) -> None:
    """Rename the files whose number changes, and write their `-- depends:` lines and the checksums anew.

    `name` is of the migration that comes last, with those of its branch that depend on it; without one, the order
    stays. Raises MessengerError, with nothing changed, when that leaves two with one number, when a released one is
    not what the manifest says, and when a file cannot be written.
    """
    folder = folders.migrations_folder()
    checksums.refuse_released_changed(folder)
    numbers = renumbered(folder, name)
    _change(folder, numbers)
    changed = {old: new for old, new in numbers.items() if old != new}
    for old, new in changed.items():
        print(f"{old} is now {new}")
    if not changed:
        print("all migrations have their numbers")
        return
    print(
        "a database that has one of them applied has the old number: make db-up there says how to go on, with its rows"
    )
    for line in _named(folder.parent, changed):
        print(line)


def _change(folder: Path, numbers: dict[str, str]) -> None:
    """Write the `-- depends:` lines, then rename the files; undo what is done where one of them fails."""
    renamed = [
        (path, path.with_name(path.name.replace(old, new, 1)))
        for old, new in numbers.items()
        for path in (*folder.glob(f"{old}.*"), *(folder.parent / ROWS).glob(f"{old}.*"))
        if old != new
    ]
    released = checksums.release(folder).files
    undo: list[Callable[[], object]] = []
    try:
        previous = ""
        for old, new in numbers.items():
            path = folder / f"{old}.sql"
            before = path.read_bytes()
            after = with_depends(before.decode(errors="surrogateescape"), previous).encode(errors="surrogateescape")
            if after != before and path.name not in released:
                undo.append(partial(path.write_bytes, before))
                path.write_bytes(after)
            previous = new
        for path, target in renamed:
            path.rename(target)
            undo.append(partial(target.rename, path))
        checksums.record(folder)
    except OSError as error:
        for step in reversed(undo):
            with suppress(OSError):
                step()
        raise MessengerError(
            f"{error.filename} could not be changed: {error.strerror}; nothing was renumbered"
        ) from None


def _named(checkout: Path, changed: dict[str, str]) -> Iterator[str]:
    """Yield a line for each place in the checkout that names a migration by its old number."""
    words = re.compile(rf"\b({'|'.join(changed)})(?![a-z0-9_])")
    for folder in (checkout, *(path for path in sorted(checkout.iterdir()) if _is_searched(path))):
        paths = folder.iterdir() if folder == checkout else folder.rglob("*")
        for path in sorted(path for path in paths if path.suffix in TEXTS and path.is_file()):
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
                if found := words.search(line):
                    place = f"{path.relative_to(checkout)}:{number}"
                    yield f"{place}: names {found[1]}; write {changed[found[1]]}"


def _is_searched(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")
