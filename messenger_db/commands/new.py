"""messenger-db new and checksums: the next numbered pair of migration files, and what SHA256SUMS says of it."""

import re
from pathlib import Path

from messenger_db import checksums, folders
from messenger_db.errors import MessengerError

FORWARD = """\
-- Why: what this migration is for, and what it locks for how long (README.md has the rules).
-- depends: {newest}

"""

ROLLBACK = """\
-- Takes {id} back, newest first. Say here what is lost, or refuse to lose it.

"""


def new(name: str) -> None:
    """Write NNNN_name.sql, which depends on the newest migration, NNNN_name.rollback.sql, and their checksums.

    Raises MessengerError when the name is not lower-case words joined by underscores, or is the newest one's, when an
    older migration is not what the manifest says, and when a file cannot be written; then none of them is kept.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise MessengerError(
            f"NAME={name} is not a name for a migration, which is lower-case words joined by underscores: "
            "make db-new NAME=add_pins"
        )
    folder = folders.migrations_folder()
    newest = max((path.stem for path in folder.glob("[0-9][0-9][0-9][0-9]_*.sql") if _is_forward(path)), default="")
    if newest[5:] == name:
        raise MessengerError(f"{newest} has that name already: write it, or choose another name")
    migration = f"{int(newest[:4] or 0) + 1:04}_{name}"
    checksums.refuse_released_changed(folder)
    if list(folder.glob(f"{migration}.*")):
        raise MessengerError(f"{migration} exists in part: delete it, or choose another name")
    written: list[Path] = []
    try:
        for half, text in ((f"{migration}.sql", FORWARD), (f"{migration}.rollback.sql", ROLLBACK)):
            with (folder / half).open("x", encoding="utf-8") as file:
                written.append(folder / half)
                file.write(text.format(newest=newest, id=migration))
        checksums.record(folder)
    except OSError as error:
        for path in written:
            path.unlink()
        raise MessengerError(f"{migration} could not be written into {folder}: {error.strerror}") from None
    for path in written:
        print(f"wrote {folder.name}/{path.name}")
    print(f"next, write rows that it must preserve: tests/migrations/data/{migration}.sql ({folder.name}/README.md)")


def write_checksums() -> None:
    """Write the migrations as they are now into SHA256SUMS.

    Raises MessengerError when a released one differs from its line, or is not there.
    """
    folder = folders.migrations_folder()
    checksums.record(folder)
    print(f"wrote {folder.name}/{checksums.MANIFEST}")


def _is_forward(path: Path) -> bool:
    return not path.name.endswith(".rollback.sql")
