"""Retention: messages older than a bound are removed in batches while people chat, their files' keys handed back first.

The rows themselves tell how far it is: a run that was interrupted is repeated with the same bound.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg2
from psycopg2.extensions import connection as Connection

from messenger_db.advisory_locks import Lock
from messenger_db.backfilling.backfill_runs import Taken, take_steps
from messenger_db.backfilling.pacing import FIRST_ROWS
from messenger_db.backfilling.progress_line import ProgressLine
from messenger_db.backfilling.short_transactions import ShortTransactions, Step
from messenger_db.backfilling.throttle import Throttle
from messenger_db.connection import Target
from messenger_db.errors import MessengerError
from messenger_db.removed_files import RemovedFiles
from messenger_db.sql import QUERIES

LOCK = Lock("messenger-db retention", "")

# Those from which most rows go.
TABLES = ("messages", "message_delivery", "unread_messages")


@dataclass(frozen=True)
class OldMessages:
    """Messages from before a time: of one chat, or of all where it is None."""

    before: datetime
    chat_id: UUID | None

    @property
    def values(self) -> dict[str, object]:
        """The parameters of the queries; ids begin with their time, and the smallest of a millisecond is the end."""
        end_id = UUID(int=int(self.before.timestamp() * 1000) << 80)
        return {"before": self.before, "end_id": str(end_id), "chat_id": self.chat_id and str(self.chat_id)}

    def counted(self, connection: Connection) -> tuple[int, int]:
        """Return how many messages there are, and how many files they have."""
        with connection.cursor() as cursor:
            QUERIES["retention.count"].execute(cursor, **self.values)
            [(messages, files)] = cursor.fetchall()
        return messages, files


class Removal(ShortTransactions):
    """One session's removal of old messages, a batch at a time."""

    def __init__(self, connection: Connection, old: OldMessages, files: RemovedFiles) -> None:
        """Begin with the oldest; the keys of their files go to `files`."""
        super().__init__(connection, FIRST_ROWS)
        self._old = old
        self._files = files
        self._done_id = str(UUID(int=0))

    def step(self) -> Step | None:
        """Remove the next messages, or try to; None when there are none.

        Raises MessengerError where keys cannot be handed back, and psycopg2.Error for what the server refuses.
        """
        asked = self.pace.rows
        started = time.monotonic()
        try:
            with self.transaction(asked) as (cursor, wal_before):
                QUERIES["retention.remove"].execute(cursor, **self._old.values, done_id=self._done_id, rows=asked)
                [(rows, last_id, files)] = cursor.fetchall()
                waiting, wal = self.standing(cursor, TABLES[0])
                self._files.promise(files)
        except psycopg2.Error as error:
            return self._tried(error, asked, time.monotonic() - started)
        self._files.hand_over()
        if not rows:
            return None
        self._done_id = last_id
        return self.succeeded(rows, time.monotonic() - started, waiting, wal_before, wal)

    def _tried(self, error: psycopg2.Error, rows: int, seconds: float) -> Step:
        pause = None
        if not self.connection.closed and self.is_in_the_way(error, rows, seconds):
            pause = self.back_off(rows)
        if pause is None:
            raise error
        return Step(0, seconds, pause)


def remove(connection: Connection, target: Target, old: OldMessages, files: RemovedFiles, expected: int) -> Taken:
    """Remove old messages with all that hangs on them, and hand back the keys of their files.

    First come the files of a run that was killed. Raises MessengerError where another process is removing messages, and
    as `Removal.step` does; what was removed by then is handed back.
    """
    if not LOCK.acquired(connection, target):
        holder = LOCK.holder(connection, target)
        raise MessengerError(f"{holder} is removing messages from {target}: wait for it, or end it, then try again")
    try:
        files.settle(lambda keys: _in_use(connection, keys))
        removal = Removal(connection, old, files)
        return take_steps(removal.step, connection, Throttle(*TABLES), ProgressLine("removing messages", expected))
    finally:
        LOCK.release(connection, target)


def _in_use(connection: Connection, keys: list[str]) -> set[str]:
    with connection.cursor() as cursor:
        QUERIES["retention.kept_files"].execute(cursor, keys=keys)
        return {key for (key,) in cursor}
