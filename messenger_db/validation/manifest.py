"""That the files are the ones in the manifest: what is shipped does not change."""

from collections.abc import Iterator

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sums import MANIFEST, as_text, recorded, sums
from messenger_db.validation.refusal import Problem

SHIPPED = (
    "shipped migrations are never edited: put it back, and write the next one; while it is yours alone: make db-sums"
)


def check_manifest(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse a manifest that is missing, or has lines that `make db-sums` would not write."""
    path = folder.path / MANIFEST
    if not path.exists() and folder.forwards:
        yield Problem(MANIFEST, 0, "is missing; put it back, and only if no migration is shipped yet: make db-sums")
    if path.exists() and path.read_bytes() != as_text(recorded(folder.path)).encode():
        yield Problem(MANIFEST, 0, "is not `sum  file` line by line, sorted by file; put it back, then: make db-sums")


def check_sums(folder: MigrationFolder) -> Iterator[Problem]:
    """Refuse a file that differs from its line, a file without a line and a line without a file."""
    if not (folder.path / MANIFEST).exists():
        return
    found, wanted = sums(folder.path), recorded(folder.path)
    for file in found.keys() | wanted.keys():
        if file not in wanted:
            yield Problem(file, 0, f"has no line in {MANIFEST}; add it: make db-sums")
        elif file not in found:
            yield Problem(file, 0, f"has a line in {MANIFEST} and is not there; {SHIPPED}")
        elif found[file] != wanted[file]:
            yield Problem(file, 0, f"differs from its line in {MANIFEST}; {SHIPPED}")
