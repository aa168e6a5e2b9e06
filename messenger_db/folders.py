"""The folders: the checkout that a command works on, and the package's own migrations and seeds."""

import glob
from pathlib import Path

from yoyo import read_migrations
from yoyo.config import find_config
from yoyo.migrations import MigrationList

from messenger_db.errors import MessengerError


def checkout() -> Path:
    """Return the folder of the nearest yoyo.ini, from the working directory upwards; else the working directory.

    Raises MessengerError where the working directory has been deleted.
    """
    try:
        ini = find_config()
    except FileNotFoundError:
        raise MessengerError("the working directory was deleted: cd to the checkout, then try again") from None
    return Path(ini).parent.resolve() if ini else Path.cwd()


def migrations_folder() -> Path:
    """Return where the checkout's migrations are."""
    return checkout() / "migrations"


def migrations() -> MigrationList:
    """Return the checkout's migrations."""
    return read_migrations(glob.escape(str(migrations_folder())))


def shipped_folder(name: str) -> Path:
    """Return the package's own `migrations` or `seeds`: inside it in a wheel, next to it in a checkout."""
    package = Path(__file__).parent
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
