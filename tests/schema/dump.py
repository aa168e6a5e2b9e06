"""The schema as text, to compare."""

import children
import psycopg
from psycopg.conninfo import make_conninfo

from messenger_db.embedded.binaries import wheel


def dump(db: psycopg.Connection, *options: str) -> str:
    """Dump the schema of the database, without yoyo's bookkeeping."""
    # What was done so far is for others to see, and pg_dump waits for no lock of ours.
    db.commit()
    command = [
        str(wheel() / "bin" / "pg_dump"),
        "--schema-only",
        # A key of our own choice instead of a random one: dumps of the same schema are equal.
        "--restrict-key=key",
        "--exclude-table=_yoyo_*",
        "--exclude-table=yoyo_lock",
        f"--dbname={make_conninfo(db.info.dsn, password=db.info.password)}",
        *options,
    ]
    return children.run(command, check=True).stdout
