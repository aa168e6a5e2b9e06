"""Partitions detached CONCURRENTLY, outside a transaction, and what an interrupted run left."""

import re

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from messenger_db.concurrent_index import NAME
from messenger_db.errors import printable
from messenger_db.sql import QUERIES

DETACH = re.compile(
    rf"\s*ALTER\s+TABLE\s+{NAME}\s+DETACH\s+PARTITION\s+{NAME}\s+(CONCURRENTLY)\s*;?\s*\Z", re.IGNORECASE
)


def is_done(connection: Connection, text: str) -> bool:
    """Return whether a run that was interrupted before it was recorded has done all that the statement `text` asks.

    A detachment that was interrupted between its two transactions is finished. Statements that detach nothing are never
    done.
    """
    match = DETACH.match(text)
    if not match:
        return False
    with connection.cursor() as cursor:
        QUERIES["concurrent_detach.state"].execute(cursor, parent=match[1], partition=match[2])
        (state,) = cursor.fetchone() or ("",)
        if state == "pending":
            names = {"parent": sql.SQL(match[1]), "partition": sql.SQL(match[2])}
            QUERIES["concurrent_detach.finalize"].naming(**names).execute(cursor)
            print(f"finished detaching {printable(match[2])}, which an interrupted run began")
    if state == "detached":
        print(f"{printable(match[2])} is not a partition: treating it as detached by an interrupted run")
    return state in ("pending", "detached")


def is_understood(text: str) -> bool:
    """Return whether `is_done` can tell what an interrupted run of the statement `text` left."""
    return bool(DETACH.match(text))


def without_concurrently(text: str) -> str:
    """Return what does in a transaction, which takes no CONCURRENTLY, the same as the statement `text`."""
    match = DETACH.match(text)
    if not match:
        return text
    literal = "'" + match[2].replace("'", "''") + "'"
    query = QUERIES["concurrent_detach.in_transaction"].text
    return query.format(parent=match[1], partition=match[2], literal=literal)
