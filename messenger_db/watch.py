"""Progress of a session, or the reason that it waits, asked in a second session while it works."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import copy_context

import psycopg2
from psycopg2.extensions import connection as Connection

from messenger_db.connection import Target
from messenger_db.errors import MessengerError, printable
from messenger_db.queries import Query

POLL_SECONDS = 1.0


@contextmanager
def watched(connection: Connection, target: Target, question: Query, after_seconds: float) -> Iterator[None]:
    """Print what `question` answers for the connection's process, whenever that changes.

    Nothing is asked, and no session opened, in the first `after_seconds`.
    """
    ended = threading.Event()
    words = (connection.info.backend_pid, target, question, after_seconds, ended)
    # In the context of this thread, which says whose lines it prints.
    watcher = threading.Thread(target=copy_context().run, args=(_watch, *words), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _watch(pid: int, target: Target, question: Query, after_seconds: float, ended: threading.Event) -> None:
    told = None
    if ended.wait(after_seconds):
        return
    try:
        with closing(target.connect()) as connection, connection.cursor() as cursor:
            while True:
                question.execute(cursor, pid=pid)
                row = cursor.fetchone()
                if row and row != told:
                    print(f"  {printable(row[0])}", flush=True)
                    told = row
                if ended.wait(POLL_SECONDS):
                    return
    except (psycopg2.Error, MessengerError):
        return  # the work matters, not the view of it
