"""The checkout that a command works on: its folders and settings."""

import hashlib
import os
import re
from pathlib import Path

from dotenv import dotenv_values
from yoyo.config import find_config

from messenger_db.errors import MessengerError


def checkout() -> Path:
    """Return the folder of the nearest yoyo.ini, from the working directory upwards; else the working directory."""
    ini = find_config()
    return Path(ini).parent.resolve() if ini else Path.cwd()


def migrations_folder() -> Path:
    """Return where the checkout's migrations are."""
    return checkout() / "migrations"


def setting(name: str) -> str | None:
    """Return what the environment says, else the checkout's .env; None where neither does, or it is empty."""
    try:
        return os.environ.get(name) or dotenv_values(checkout() / ".env").get(name) or None
    except (OSError, UnicodeDecodeError):
        raise MessengerError(f"{checkout() / '.env'} cannot be read: save it as UTF-8, readable to you") from None


def database_url() -> str:
    """Return DATABASE_URL, which may hold a password. Raises MessengerError when it is not set."""
    url = setting("DATABASE_URL")
    if not url:
        raise MessengerError("DATABASE_URL is not set: write DATABASE_URL=postgresql://user@host:5432/name")
    return url


def embedded_home() -> Path:
    """Return the folder of the checkout's embedded server."""
    return checkout() / ".postgres"


def embedded_home_elsewhere() -> Path:
    """Return the folder that serves where `embedded_home` cannot: a private one, named by the checkout.

    Raises MessengerError where the user has no home either.
    """
    try:
        state = Path("/var/lib") if os.geteuid() == 0 else Path.home() / ".local" / "state"
    except RuntimeError:
        raise MessengerError(
            f"the embedded server cannot live in {checkout()} and there is no other place: set HOME"
        ) from None
    name = re.sub(r"[^A-Za-z0-9._-]", "-", checkout().name[:20])
    mark = hashlib.sha256(os.fsencode(checkout())).hexdigest()[:8]
    return state / "messenger-db" / f"{name}-{mark}"
