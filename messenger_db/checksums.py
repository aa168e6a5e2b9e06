"""The checksums of migration files: of one migration, of a folder, and in SHA256SUMS, which is checked in.

What stands above its line "# Released with ..." never changes; what stands below it, or in a manifest without one, may
be changed, renumbered and dropped, in any order. `sha256sum -c` reads SHA256SUMS too.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from messenger_db.errors import MessengerError

MANIFEST = "SHA256SUMS"

LINE = re.compile(r"^[0-9a-f]{64}  (\S+)$", re.MULTILINE)

# What yoyo reads of the order: one migration, or several, that come before.
DEPENDS = re.compile(r"^(--\s*depends:\s*)([^\r\n]*)", re.MULTILINE)

# A comment to sha256sum. A release moves it to the end of the manifest.
RELEASED = re.compile(r"^# Released with \S+: the files above never change\.$", re.MULTILINE)


class Release(NamedTuple):
    """What was released: the line of the manifest that says so, empty without one, and the names of the files."""

    line: str
    files: frozenset[str]


class Checksums(NamedTuple):
    """The SHA-256 of both files of a migration, in hexadecimal; an empty one for a file that is missing."""

    forward: str
    rollback: str


def same_but_for_depends(forward: str, recorded: Checksums, ids: Iterable[str]) -> bool:
    """Return whether a migration with those checksums was this one, when it depended on one of `ids` or on none."""
    if recorded.rollback != checksums_of(forward).rollback:
        return False
    text = Path(forward).read_bytes().decode(errors="surrogateescape")
    texts = (with_depends(text, id_).encode(errors="surrogateescape") for id_ in ("", *ids))
    return any(hashlib.sha256(before).hexdigest() == recorded.forward for before in texts)


def with_depends(text: str, on: str) -> str:
    """Return the text of a forward file with that migration in its `-- depends:` line, or without one for none."""
    if not on:
        return re.sub(rf"{DEPENDS.pattern}\n?", "", text, count=1, flags=re.MULTILINE)
    if not DEPENDS.search(text):
        return f"-- depends: {on}\n{text}"
    return DEPENDS.sub(lambda line: f"{line[1]}{on}", text, count=1)


def rollback_path(forward: str) -> str:
    """Return where yoyo looks for the rollback file of a migration."""
    return forward.removesuffix(".sql") + ".rollback.sql"


def checksums_of(forward: str) -> Checksums:
    """Return the checksums of the migration with that forward file."""
    files = (forward, rollback_path(forward))
    return Checksums(*(checksum_of(Path(file)) if Path(file).exists() else "" for file in files))


def checksum_of(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def checksums(folder: Path) -> dict[str, str]:
    """Return the checksum of each migration file by its name, sorted by name, as the files are now.

    Raises MessengerError where the folder is not one.
    """
    if not folder.is_dir():
        raise MessengerError(f"{folder} is not a folder: run this in the checkout")
    files = sorted(path for path in folder.glob("[0-9][0-9][0-9][0-9]_*.sql") if path.is_file())
    return {path.name: checksum_of(path) for path in files}


def recorded(folder: Path) -> dict[str, str]:
    """Return the checksums that the manifest holds; none where there is no manifest.

    Raises MessengerError where it cannot be read.
    """
    path = folder / MANIFEST
    try:
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    except OSError as error:
        raise MessengerError(f"{path} cannot be read ({error.strerror}): put it back") from None
    return {name: value for value, name in re.findall(r"^([0-9a-f]{64})  (\S+)$", text, re.MULTILINE)}


def release(folder: Path) -> Release:
    """Return the line of the manifest that marks what was released, and the names of the files above it.

    Raises MessengerError when there are two such lines, as a merge can leave them.
    """
    path = folder / MANIFEST
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    found = list(RELEASED.finditer(text))
    if len(found) > 1:
        raise MessengerError(
            f"{MANIFEST} has {len(found)} lines '# Released with ...': keep that of the newest release, below the "
            "files that it carried"
        )
    if not found:
        return Release("", frozenset())
    return Release(found[0][0], frozenset(LINE.findall(text[: found[0].start()])))


def record(folder: Path) -> None:
    """Write into the manifest what the folder holds now. Raises MessengerError as `refuse_released_changed` does."""
    refuse_released_changed(folder)
    new = folder / f"{MANIFEST}.new"
    new.write_text(as_text(checksums(folder), release(folder)), encoding="utf-8")
    new.replace(folder / MANIFEST)  # as a whole, or, where the disk is full, not at all


def refuse_released_changed(folder: Path) -> None:
    """Raise MessengerError when a released migration differs from its line, or is missing; all others are free."""
    now, before = checksums(folder), recorded(folder)
    for name in sorted(release(folder).files):
        if now.get(name) != before[name]:
            raise MessengerError(
                f"{name} was released, and is not what {MANIFEST} says: put it back, and write the change as the next "
                "migration"
            )


def as_text(values: dict[str, str], release: Release) -> str:
    """Return a manifest: a line for each file, sorted by name, what was released first."""
    lines = {name: f"{values[name]}  {name}\n" for name in sorted(values)}
    released = "".join(line for name, line in lines.items() if name in release.files)
    marker = f"{release.line}\n" if release.line else ""
    return released + marker + "".join(line for name, line in lines.items() if name not in release.files)
