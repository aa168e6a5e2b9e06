"""messenger-db new and checksums: the next migrations, from a recipe or empty, and what SHA256SUMS says of them."""

from pathlib import Path

from messenger_db import checksums, folders
from messenger_db.commands.new_backfill import new_backfill
from messenger_db.errors import MessengerError
from messenger_db.numbering import Draft, ids, numbered, refuse_doubles, refuse_name

FORWARD = """\
-- Why: what this migration is for, and what it locks for how long (README.md has the rules).
-- depends: {previous}

"""

ROLLBACK = """\
-- Takes {id} back, newest first. Say here what is lost, or refuse to lose it.

"""

# Where the rows are that a migration must keep, in a checkout with its tests.
ROWS = Path("tests", "migrations", "data")


def new(name: str, **settings: str) -> None:
    """Write the next migration, which depends on the newest one, or those of the recipe that is set, with checksums.

    With a name for a backfill, write that instead.

    Raises MessengerError, with nothing written, when the name is not lower-case words joined by underscores, or is
    taken, when two migrations have one number, when a released one is not what the manifest says, when the recipe does
    not fit the tables, and when a file cannot be written.
    """
    if settings.get("backfill"):
        new_backfill(settings["backfill"])
        return
    folder = folders.migrations_folder()
    if settings.get("recipe"):
        drafts, cases = _from_recipe(name, {key.upper(): value for key, value in settings.items()}, folder)
    else:
        drafts, cases = [Draft(name, FORWARD, ROLLBACK, "")], ""
    for draft in drafts:
        refuse_name(draft.name, folder, kind="migration", setting="NAME", example="add_pins")
    refuse_doubles(folder)
    checksums.refuse_released_changed(folder)
    files = _files(drafts, folder)
    _write(files, folder)
    for path in files:
        print(f"wrote {path.relative_to(folder.parent)}")
    if not settings.get("recipe"):
        (forward, *_) = files
        print(f"next, write rows that it must preserve: {ROWS / forward.name} ({folder.name}/README.md)")
    if cases:
        print("next, fill in the reasons and the comments in these files; then the tests ask for:")
        for line in cases.splitlines():
            print(f"  {line}")
        print("last, make db-checksums and make docs, which write what is generated")


def write_checksums() -> None:
    """Write the migrations as they are now into SHA256SUMS.

    Raises MessengerError when a released one differs from its line, or is not there.
    """
    folder = folders.migrations_folder()
    checksums.record(folder)
    print(f"wrote {folder.name}/{checksums.MANIFEST}")


def _from_recipe(name: str, settings: dict[str, str], folder: Path) -> tuple[list[Draft], str]:
    try:
        from messenger_db.recipes.recipe import fill, recipes
    except ModuleNotFoundError as error:
        raise MessengerError(f"{error.name} is not installed here: pip install '.[dev]' in a checkout") from None
    chosen, known = settings["RECIPE"], recipes()
    if chosen not in known:
        raise MessengerError(f"RECIPE={chosen} is not a recipe: {', '.join(known)}")
    if name:
        raise MessengerError(f"RECIPE={chosen} names its migrations itself: leave out NAME={name}")
    return fill(known[chosen], settings, folder)


def _files(drafts: list[Draft], folder: Path) -> dict[Path, str]:
    """Return the text of each file, with the numbers that follow."""
    data = folder.parent / ROWS
    files: dict[Path, str] = {}
    for id_, draft in numbered(drafts, max(ids(folder), default="")).items():
        files[folder / f"{id_}.sql"] = draft.forward
        files[folder / f"{id_}.rollback.sql"] = draft.rollback
        if draft.rows and data.is_dir():
            files[data / f"{id_}.sql"] = draft.rows
    return files


def _write(files: dict[Path, str], folder: Path) -> None:
    """Write all files and their checksums, or nothing. Raises MessengerError when one cannot be written."""
    written: list[Path] = []
    try:
        for path, text in files.items():
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
        checksums.record(folder)
    except OSError as error:
        for path in written:
            path.unlink()
        raise MessengerError(f"{path} could not be written: {error.strerror}; nothing was kept") from None
