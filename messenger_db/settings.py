"""What an operator may set by environment, with units and defaults; docs/operations.md explains each."""

import os
import re

from messenger_db.errors import MessengerError

# What PostgreSQL takes for a time in milliseconds.
LARGEST = 2**31 - 1


def whole_number(text: str) -> int | None:
    """Return what decimal digits say; None for anything else, and for more digits than 64 bits can need."""
    return int(text) if re.fullmatch(r"[0-9]{1,19}", text) else None


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    if not text:
        return default
    number = whole_number(text)
    if number is None or not 0 < number <= LARGEST:
        raise MessengerError(f"{name}={text} is not a whole number from 1 to {LARGEST}: leave it out for {default}")
    return number


def database_wait_seconds() -> int:
    """Return how long a container waits for its database's server."""
    return _number("DATABASE_WAIT_SECONDS", 60)


def migration_wait_seconds() -> int:
    """Return how long to wait for another process that migrates the same schema."""
    return _number("MIGRATION_WAIT_SECONDS", 60)


def lock_timeout_ms() -> int:
    """Return how long a statement of a migration waits for a table, and so holds up those who come after it.

    500 ms is pgroll's default: https://pgroll.com/docs/latest/cli/pgroll
    """
    return _number("LOCK_TIMEOUT_MS", 500)


def lock_attempts() -> int:
    """Return how many times a migration is tried that does not get its locks."""
    return _number("LOCK_ATTEMPTS", 10)
