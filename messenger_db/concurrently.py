"""What runs CONCURRENTLY, outside a transaction: indexes are built and dropped, and partitions detached."""

import re

from psycopg2.extensions import connection as Connection

from messenger_db import concurrent_detach, concurrent_index

WORD = re.compile(r"\bCONCURRENTLY\b", re.IGNORECASE)


def is_done(connection: Connection, text: str) -> bool:
    """Return whether a run that was interrupted before it was recorded has done all that the statement `text` asks.

    What it left half done is put right. Raises MessengerError when another index has the name.
    """
    return concurrent_index.is_done(connection, text) or concurrent_detach.is_done(connection, text)


def is_understood(text: str) -> bool:
    """Return whether `is_done` can tell what an interrupted run of the statement `text` left."""
    return concurrent_index.is_understood(text) or concurrent_detach.is_understood(text)


def without_concurrently(text: str) -> str:
    """Return what does in a transaction, which takes no CONCURRENTLY, the same as the statement `text`."""
    return concurrent_detach.without_concurrently(concurrent_index.without_concurrently(text))


def is_named(text: str) -> bool:
    """Return whether SQL has the word CONCURRENTLY; a rollback file without it runs in a transaction."""
    return bool(WORD.search(text))
