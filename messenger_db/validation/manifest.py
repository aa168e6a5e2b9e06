"""Whether the files are the ones in the manifest; a released migration does not change."""

from collections.abc import Iterator

from messenger_db.checksums import MANIFEST, as_text, checksums, recorded, release
from messenger_db.errors import MessengerError
from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.validation.refusal import Problem, Refusal

MANIFEST_MISSING = Refusal(
    "manifest-missing",
    f"Without {MANIFEST} nothing tells that a migration was edited after its release.",
    "restore it; only if no migration has been released, run make db-checksums",
)
MANIFEST_FORMAT = Refusal(
    "manifest-format",
    f"A line of {MANIFEST} that cannot be read, or a conflict left by a merge, leaves a file without a checksum.",
    "restore it, then run make db-checksums",
)
CHECKSUM_MISSING = Refusal(
    "checksum-missing",
    "A migration without a checksum can change unnoticed.",
    "add it with make db-checksums",
)
CHECKSUM_DIFFERS = Refusal(
    "checksum-differs",
    "A migration that no release has carried may change, and its checksum with it; a database that has the older text"
    " refuses the new one, and says how to go on.",
    "record the change with make db-checksums",
)
RELEASED_CHANGED = Refusal(
    "released-changed",
    "A release has carried the migration to databases that nobody here knows.",
    "restore the file and write the next migration",
)
FILE_MISSING = Refusal(
    "file-missing",
    f"A migration in {MANIFEST} may be on its way into a release, or is in one already.",
    "restore the file; or, if it was dropped on purpose, run make db-renumber",
)
RELEASED_MISSING = Refusal(
    "released-missing",
    "Databases have the migration, and cannot be rolled back without its files.",
    "restore the file",
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find what differs from what `make db-checksums` wrote when the migrations were made."""
    path = folder.path / MANIFEST
    if not path.exists():
        if folder.forwards:
            yield MANIFEST_MISSING.at(MANIFEST, 0, "is missing")
        return
    try:
        released = release(folder.path)
    except MessengerError as error:
        yield MANIFEST_FORMAT.at(MANIFEST, 0, str(error).removeprefix(f"messenger-db: {MANIFEST} "))
        return
    if path.read_bytes() != as_text(recorded(folder.path), released).encode():
        is_conflict = b"<<<<<<<" in path.read_bytes()
        cure = "run make db-checksums, which writes it anew" if is_conflict else ""
        yield MANIFEST_FORMAT.at(MANIFEST, 0, "is not one `checksum  file` a line, sorted by file", cure)
    found, wanted = checksums(folder.path), recorded(folder.path)
    for file in found.keys() - wanted.keys():
        yield CHECKSUM_MISSING.at(file, 0, f"has no line in {MANIFEST}")
    for file, checksum in wanted.items():
        if found.get(file) != checksum:
            yield _released(file, file in found) if file in released.files else _not_released(file, file in found)


def _released(file: str, is_there: bool) -> Problem:
    if is_there:
        return RELEASED_CHANGED.at(file, 0, f"was released, and differs from its checksum in {MANIFEST}")
    return RELEASED_MISSING.at(file, 0, "was released, and does not exist")


def _not_released(file: str, is_there: bool) -> Problem:
    if is_there:
        return CHECKSUM_DIFFERS.at(file, 0, f"differs from its checksum in {MANIFEST}")
    return FILE_MISSING.at(file, 0, f"has a line in {MANIFEST} but does not exist")
