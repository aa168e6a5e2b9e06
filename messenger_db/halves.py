"""The two files of a migration, and their SHA-256 sums: what was applied does not change."""

import hashlib
from pathlib import Path
from typing import NamedTuple


class Sums(NamedTuple):
    """The sums of both halves, in hexadecimal; an empty one for a file that is missing."""

    forward: str
    rollback: str


def rollback_path(forward: str) -> str:
    """Return where yoyo looks for the rollback half of a migration."""
    return forward.removesuffix(".sql") + ".rollback.sql"


def sums_of(forward: str) -> Sums:
    """Return the sums of the migration with that forward half."""
    return Sums(*(sum_of(Path(half)) if Path(half).exists() else "" for half in (forward, rollback_path(forward))))


def sum_of(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
