"""A statement whose seconds tell how fast a server is: times are given as multiples of it."""

import time
from statistics import median

from psycopg2.extensions import connection as Connection

from messenger_db.sql import QUERIES

ROUNDS = 3


def calibration_statement() -> str:
    """Return the statement, in one line. It reads no table."""
    return " ".join(QUERIES["rehearsal.calibration"].text.split()).rstrip(";")


def calibrate(connection: Connection) -> float:
    """Return the seconds of the statement, the median of three runs."""
    return median(_seconds(connection) for _ in range(ROUNDS))


def _seconds(connection: Connection) -> float:
    with connection.cursor() as cursor:
        began = time.monotonic()
        QUERIES["rehearsal.calibration"].execute(cursor)
        return time.monotonic() - began
