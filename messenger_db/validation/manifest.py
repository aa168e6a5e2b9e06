"""Whether the files are the ones in the manifest; a released migration does not change."""

from collections.abc import Iterator

from messenger_db.checksums import MANIFEST, as_text, checksums, recorded, release
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
    "yoyo knows a migration by its name: databases that have it would not get the change.",
    "restore the file and write the next migration; if nobody else has applied it, run make db-checksums",
)
RELEASED_CHANGED = Refusal(
    "released-changed",
    "A release has carried the migration to databases that nobody here knows.",
    "restore the file and write the next migration",
)
FILE_MISSING = Refusal(
    "file-missing",
    f"A migration in {MANIFEST} was released, so databases have it.",
    "restore the file",
)


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find what differs from what `make db-checksums` wrote when the migrations were made."""
    path = folder.path / MANIFEST
    if not path.exists():
        if folder.forwards:
            yield MANIFEST_MISSING.at(MANIFEST, 0, "is missing")
        return
    if path.read_bytes() != as_text(recorded(folder.path), release(folder.path)).encode():
        yield MANIFEST_FORMAT.at(MANIFEST, 0, "is not one `checksum  file` a line, sorted by file")
    found, wanted, released = checksums(folder.path), recorded(folder.path), release(folder.path).files
    for file in found.keys() | wanted.keys():
        if file not in wanted:
            yield CHECKSUM_MISSING.at(file, 0, f"has no line in {MANIFEST}")
        elif file not in found:
            yield FILE_MISSING.at(file, 0, f"has a line in {MANIFEST} but does not exist")
        elif found[file] != wanted[file] and file in released:
            yield RELEASED_CHANGED.at(file, 0, f"was released, and differs from its checksum in {MANIFEST}")
        elif found[file] != wanted[file]:
            yield CHECKSUM_DIFFERS.at(file, 0, f"differs from its checksum in {MANIFEST}")
