"""messenger-db studio: a page on loopback to browse the rows of the database in use."""

import os
import socket
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from messenger_db import settings
from messenger_db.database_in_use import current_target
from messenger_db.errors import MessengerError, printable
from messenger_db.folders import migrations

if TYPE_CHECKING:
    from messenger_db.studio.studio_rows import Rows


def studio(write: bool, port: int | None) -> None:
    """Serve the studio until Ctrl-C.

    Raises MessengerError for a database that cannot be read or, with `write`, is not the embedded one, for a port that
    is taken, and where the extra is missing.
    """
    try:
        import uvicorn

        from messenger_db.studio.studio_app import Studio
        from messenger_db.studio.studio_guard import Guard
        from messenger_db.studio.studio_rows import Rows
    except ModuleNotFoundError as error:
        raise MessengerError(f"{error.name} is not installed: pip install '.[studio]' in a checkout") from None
    if write and settings.value("DATABASE_URL"):
        raise MessengerError("WRITE=1 is for the embedded database alone: leave it out, or do not set DATABASE_URL")
    target = current_target()
    with closing(Rows(target, writes=write)) as rows, closing(_listener(port)) as listener:
        _require_tables(rows)
        guard = Guard(Studio(rows).application(), listener.getsockname()[1])
        print(f"{target}, {'to read and change' if rows.writes else 'read-only'}; Ctrl-C ends the studio")
        print(guard.address, flush=True)
        config = uvicorn.Config(
            guard, log_level="warning", lifespan="off", ws="none", server_header=False, timeout_graceful_shutdown=2
        )
        uvicorn.Server(config).run([listener])


def _listener(port: int | None) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port or 0))
    except OSError as error:
        raise MessengerError(
            f"port {port} on 127.0.0.1 cannot be used ({os.strerror(error.errno or 0)}): "
            "set PORT to another, or leave it out for a free one"
        ) from None


def _require_tables(rows: "Rows") -> None:
    """Say which migrations are pending. Raises MessengerError where there is no table that the role can read."""
    if not rows.tables:
        raise MessengerError(
            f"there is no table to read in {rows.target}: make db-up creates them, "
            "and make db-grant with READONLY=1 lets a role read them"
        )
    for migration in rows.pending(migration.id for migration in migrations()):
        print(f"{printable(migration)} is pending: make db-up applies it", file=sys.stderr)
