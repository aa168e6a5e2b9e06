"""The world of a rehearsal: a throw-away server with the migrations applied so far, and generated rows."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from messenger_db import folders
from messenger_db.connection import Target, leave_out_environment
from messenger_db.embedded import binaries
from messenger_db.errors import MessengerError
from messenger_db.process_exit import unwound_by_signals
from messenger_db.rehearsal.table_sizes import TableSizes
from messenger_db.sql import QUERIES

DATABASE = "rehearsal"

# The names of the folders go on with the number of the process.
PREFIX = "messenger-db-rehearsal-"

# Autovacuum would come at another moment each time, and so would checkpoints.
SETTINGS = {
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "max_wal_size": "8GB",
    "shared_buffers": "256MB",
    "log_checkpoints": "off",
}

# How many messages there are where nobody says it and the database in use does not know, and at most.
MESSAGES, MOST_MESSAGES = 100_000, 1_000_000

# What the seeds make of a number of messages: as make bench does.
FEWEST_USERS, MESSAGES_PER_USER = 50, 50


@dataclass(frozen=True)
class WorldSize:
    """How many messages and users are generated; chats are the seeds' own share of the users."""

    messages: int
    users: int


def world_size(messages: int | None, in_use: TableSizes) -> WorldSize:
    """Return the size that was asked for; else that of the database in use, as far as it is known, up to a bound."""
    real = in_use["messages"].rows if "messages" in in_use else None
    users = in_use["users"].rows if "users" in in_use else None
    size = messages or min(real or MESSAGES, MOST_MESSAGES)
    share = users / real if users and real else 1 / MESSAGES_PER_USER
    return WorldSize(size, min(max(round(size * share), FEWEST_USERS), size + FEWEST_USERS))


@contextmanager
def throw_away_server() -> Iterator[str]:
    """Yield the URL of a database on a server of its own, which is deleted afterwards, by Ctrl-C too.

    Those of rehearsals that were killed are deleted first.
    """
    binaries.wheel_version()  # says what to do where the wheel is missing
    from messenger_db.embedded.server import Server

    leave_out_environment()
    remove_abandoned(Path(tempfile.gettempdir()))
    server = Server(Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")), SETTINGS)
    with unwound_by_signals():
        try:
            server.start()
            url = server.url(DATABASE)
            Target.from_url(url).connect_or_create().close()
            yield url
        finally:
            server.remove()


def remove_abandoned(folder: Path) -> None:
    """Delete the servers in a folder whose rehearsals have ended without doing so. What cannot be deleted stays."""
    from messenger_db.embedded import processes
    from messenger_db.embedded.server import Server

    for home in folder.glob(f"{PREFIX}*-*"):
        pid = home.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdecimal() and not processes.exists(int(pid)):
            # Somebody else's, or one that runs in another container with the same folder.
            with suppress(MessengerError, OSError):
                Server(home).remove()


def fill(url: str, size: WorldSize, now: str = "") -> None:
    """Fill the tables with generated rows that end at `now`, this moment if empty, and analyze them.

    Raises MessengerError where that fails.
    """
    target = Target.from_url(url)
    root = Path(__file__).parents[2]
    # Next to this package in a checkout, inside of it in a wheel.
    module = ".".join(folders.shipped_folder("seeds").relative_to(root).parts)
    options = {"MESSAGES": str(size.messages), "USERS": str(size.users), "SEED": "1", "LOCALE": "en_US"}
    own = {"DATABASE_URL": url, "CONFIRM": target.name, "CHATS": "", "LARGEST_GROUP": "", "NOW": now, **options}
    done = subprocess.run(
        [sys.executable, "-P", "-m", module],
        env={**os.environ, **own, "PYTHONPATH": str(root)},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise MessengerError("no rows were generated: see above; the seeds need pip install 'messenger-db[seed]'")
    with closing(target.connect()) as connection, connection.cursor() as cursor:
        QUERIES["rehearsal.analyze"].execute(cursor)
