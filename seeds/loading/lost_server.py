"""The fate of a server whose connection was lost, as far as it can be known from here."""

import shutil
from contextlib import suppress
from pathlib import Path

from psycopg2.extensions import connection as Connection

from messenger_db.connection import Target

from ..sql import QUERIES

# With less the server cannot make the next file of its write-ahead log, and stops.
WAL_FILE_SIZE = 16 * 1024 * 1024


def local_data_folder(connection: Connection) -> Path | None:
    """Return the server's data folder, where it is on this machine and the role may know it."""
    if not connection.info.host.startswith("/"):
        return None
    with connection.cursor() as cursor:
        QUERIES["loading.data_folder"].execute(cursor)
        row = cursor.fetchone()
    return Path(row[0]) if row else None


def what_happened(target: Target, data_folder: Path | None) -> str:
    """Return in one line whether the server has ended, and whether its disk is full."""
    if data_folder:
        with suppress(OSError):
            free = shutil.disk_usage(data_folder / "pg_wal").free
            if free < WAL_FILE_SIZE:
                return (
                    f"the server ended, as its disk is full: {free / 1e6:.1f} MB are free in {data_folder}; make room"
                )
    if refusal := target.refusal():
        return f"the server has ended: {refusal}"
    return "the server runs, and has ended this session or started again: see its log, then try again"
