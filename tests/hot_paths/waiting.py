"""Whether a session waits for another one."""

import psycopg


def is_waiting(db: psycopg.Connection, pid: int) -> bool:
    """Say whether the session with that process id waits for a lock."""
    return bool(db.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid]).fetchone() == (True,))
