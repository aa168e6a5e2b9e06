"""What makes a backfill wait between two batches: replicas that lag, and an autovacuum that does."""

import time
from collections.abc import Callable

from psycopg2.extensions import cursor as Cursor

from messenger_db.backfilling.pacing import LONGEST_PAUSE_SECONDS
from messenger_db.errors import printable
from messenger_db.sql import QUERIES

LOOK_SECONDS = 1.0

REPLICA_SECONDS = 5
REPLICA_BYTES = 100 * 2**20

# What autovacuum removes in a moment is no reason to wait: it looks at a table once a minute.
DEAD_ROWS = 100_000
DEAD_ROWS_FACTOR = 2.0


class Throttle:
    """Looks at most once a second whether the server is behind, and waits while it is."""

    def __init__(self, *tables: str) -> None:
        """Look at replicas, and at those tables."""
        self._tables = list(tables)
        self._looked = 0.0

    def wait(self, cursor: Cursor, tell: Callable[[str], None]) -> None:
        """Return when nothing is behind, or after a minute: so a batch a minute goes on, whatever is wrong.

        `tell` gets each reason when it is new.
        """
        deadline = time.monotonic() + LONGEST_PAUSE_SECONDS
        told = None
        while (now := time.monotonic()) < deadline and (told or now - self._looked > LOOK_SECONDS):
            self._looked = now
            reason = self.reason(cursor)
            if not reason:
                return
            if told is None:
                tell(reason)
                told = reason
            time.sleep(LOOK_SECONDS)

    def reason(self, cursor: Cursor) -> str | None:
        """Return what is behind, in words; None when nothing is."""
        QUERIES["backfills.lagging_replica"].execute(cursor, seconds=REPLICA_SECONDS, bytes=REPLICA_BYTES)
        found = cursor.fetchone()
        if not found:
            QUERIES["backfills.lagging_autovacuum"].execute(
                cursor, tables=self._tables, rows=DEAD_ROWS, factor=DEAD_ROWS_FACTOR
            )
            found = cursor.fetchone()
        return printable(found[0]) if found else None
