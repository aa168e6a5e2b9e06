"""CHANGELOG.md has the release that the package is, and each migration with what a deployment has to know."""

import re
from pathlib import Path

import messenger_db

ROOT = Path(__file__).parents[2]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
MIGRATIONS = sorted(path.stem for path in (ROOT / "migrations").glob("????_*.sql") if ".rollback" not in path.name)

# Of each migration: what it locks, and the oldest release of the application that still works.
ROWS = re.findall(r"^\| `(\d{4}_\w+)` \| (.+) \| (.+) \|$", CHANGELOG, re.MULTILINE)


def unnamed(changelog: str, migrations: list[str]) -> list[str]:
    """Return what to add to the changelog: a line for each migration that it does not name."""
    return [
        f"CHANGELOG.md: add | `{id_}` | what it locks | the oldest release of the application that still works |"
        for id_ in migrations
        if f"| `{id_}` |" not in changelog
    ]


def test_the_newest_release_is_the_package_version() -> None:
    releases = re.findall(r"^## \[?(\d\S*?)\]? - (\d{4}-\d\d-\d\d)$", CHANGELOG, re.MULTILINE)
    assert releases[0][0] == messenger_db.__version__
    assert [date for _, date in releases] == sorted((date for _, date in releases), reverse=True)


def test_each_migration_is_named_once() -> None:
    assert MIGRATIONS
    found = unnamed(CHANGELOG, MIGRATIONS)
    assert not found, "\n".join(found)
    assert sorted(name for name, *_ in ROWS) == MIGRATIONS


def test_each_migration_says_what_it_locks_and_what_still_works() -> None:
    assert [row for row in ROWS if not all(cell.strip() for cell in row)] == []
