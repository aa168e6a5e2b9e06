"""The migrations that are applied to a database, compared with the files of this checkout."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from yoyo.migrations import Migration, parse_metadata_from_sql_comments

from messenger_db.checksums import Checksums, release, same_but_for_depends
from messenger_db.confirm import is_embedded
from messenger_db.connection import Target
from messenger_db.errors import MessengerError, printable
from messenger_db.numbering import files, name_of


def files_beside(migrations: Iterable[Migration]) -> dict[str, Path]:
    """Return the forward files of the folders of `migrations`, by id: also those that yoyo was not asked for.

    Raises MessengerError for a folder in the place of one.
    """
    folders = {Path(migration.path).parent for migration in migrations}
    found = (file for folder in folders for file in files(folder, "*.sql"))
    return {file.stem: file for file in found if not file.stem.endswith(".rollback")}


def absent(applied: Iterable[str], files: Collection[str]) -> list[str]:
    """Return the ids of what is applied and has no file here, oldest first."""
    return sorted(id_ for id_ in applied if id_ not in files)


def ahead(absent: Collection[str]) -> str:
    """Return the words for a database with applied migrations whose files are absent here."""
    return f"is ahead of this checkout: {_are_applied(absent)}, but {_files(absent)} not here"


def way_out(absent: Collection[str], target: Target) -> str:
    """Return what to do where the files of applied migrations are absent."""
    branch = f"check out the branch that has {'it' if len(absent) == 1 else 'them'}"
    if not is_embedded(target):
        return branch
    return f"{branch}, or delete the embedded database with make db-remove and start afresh with make db-up"


def renumbered(
    migrations: Iterable[Migration], applied: Collection[str], absent: Collection[str], sums: Mapping[str, Checksums]
) -> dict[str, Migration]:
    """Return the migrations that were applied under another number and are the same otherwise, by that old id."""
    return {
        old: migration
        for migration in migrations
        for old in absent
        if migration.id not in applied
        and name_of(old) == name_of(migration.id)
        and old in sums
        and same_but_for_depends(migration.path, sums[old], applied)
    }


def refuse_renumbered(
    renumbered: Mapping[str, Migration],
    migrations: Iterable[Migration],
    applied: Collection[str],
    target: Target,
    accepted: Collection[str],
) -> None:
    """Raise MessengerError unless all that were renumbered are accepted."""
    new = {migration.id: old for old, migration in renumbered.items()}
    late = [m.id for m in migrations if m.id not in applied and m.id not in new and m.id < max(new)]
    if refused := [id_ for id_ in new if id_ not in accepted]:
        out_of_order = f", and applies {', '.join(late)} out of order" if late else ""
        raise MessengerError(
            f"{new[refused[0]]} is applied to {target}, and is {refused[0]} in this checkout, the same but for its "
            f"number: make db-up ACCEPT={','.join(sorted((*new, *late)))} records the new number, keeps all rows"
            f"{out_of_order}"
        )


def way_back(changed: Migration, applied: Collection[str]) -> str:
    """Return what to do about an applied migration whose files have changed, as the end of a sentence."""
    path = Path(changed.path)
    accept = f"ACCEPT={changed.id}"
    if path.name in release(path.parent).files:
        return ": restore its files and write the change as a new migration; or accept them as they are with " + accept
    steps = sum(id_ >= changed.id for id_ in applied)
    return (
        f", and is not released: roll it back by its file as it is now with make db-down STEPS={steps} {accept}, "
        f"then make db-up; or change the database by hand until make db-check is content, then make db-up {accept}"
    )


def refuse_absent(absent: Collection[str], target: Target) -> None:
    """Raise MessengerError when there are applied migrations whose files are absent here."""
    if absent:
        names, files = _are_applied(absent), _files(absent)
        raise MessengerError(f"{names} to {target}, but {files} not in this checkout: {way_out(absent, target)}")


def refuse_below(selected: Collection[str], applied: Collection[str], files: dict[str, Path], target: Target) -> None:
    """Raise MessengerError when an applied migration that is not selected stands above a selected one.

    It does when it is newer, or depends on one. All that is applied must have its file in `files`.
    """
    kept = sorted(set(applied) - set(selected), reverse=True)
    for chosen in sorted(selected):
        needed = _needed_by(chosen, files)
        above = [id_ for id_ in kept if (id_ > chosen and id_ not in needed) or chosen in _depends(files[id_])]
        if above:
            steps = sum(id_ >= chosen for id_ in applied)
            raise MessengerError(
                f"{above[0]} is applied to {target} on top of {chosen}: roll it back first, or all down to {chosen} "
                f"with make db-down STEPS={steps}"
            )


def depending(id_: str, applied: Iterable[str], files: dict[str, Path]) -> str | None:
    """Return the first of the applied migrations that names another one as what it depends on; None without one."""
    return next((other for other in sorted(applied) if other in files and id_ in _depends(files[other])), None)


def _needed_by(id_: str, files: dict[str, Path]) -> set[str]:
    """Return all that a migration depends on."""
    needed: set[str] = set()
    unread = [id_]
    while unread:
        file = files.get(unread.pop())
        new = _depends(file) - needed if file else set()
        needed |= new
        unread += new
    return needed


def _depends(file: Path) -> set[str]:
    directives, _, _ = parse_metadata_from_sql_comments(file.read_text(encoding="utf-8", errors="replace"))
    return set(directives.get("depends", "").split())


def _are_applied(ids: Collection[str]) -> str:
    return f"{', '.join(map(printable, ids))} {'is' if len(ids) == 1 else 'are'} applied"


def _files(ids: Collection[str]) -> str:
    return "its file is" if len(ids) == 1 else "their files are"
