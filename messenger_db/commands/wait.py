"""messenger-db wait: until the server of DATABASE_URL is up, for a container's first moments."""

import sys
import time

from messenger_db import settings
from messenger_db.connection import Target
from messenger_db.errors import MessengerError

PAUSE_SECONDS = 0.5

# What a server says, or libpq in its place, that is not up yet. Anything else would not get better by waiting.
NOT_YET = (
    "Connection refused",
    "Connection reset",
    "No route to host",
    "No such file",
    "closed the connection",
    "connection slots",
    "could not translate host name",
    "the database system is",
    "timeout expired",
    "too many clients",
)


def wait() -> None:
    """Return when the server takes connections, whether or not the database is there: yoyo apply creates it.

    Raises MessengerError when it does not in time, and at once for what waiting does not cure, such as a password.
    """
    target = Target.from_url(settings.database_url())
    seconds = settings.number("DATABASE_WAIT_SECONDS")
    deadline = time.monotonic() + seconds
    waiting = False
    while True:
        try:
            target.exists()
        except MessengerError as error:
            if time.monotonic() > deadline or not any(sign in str(error) for sign in NOT_YET):
                raise
        else:
            return
        if not waiting:
            print(f"waiting for {target}, up to {seconds} s (DATABASE_WAIT_SECONDS)", file=sys.stderr, flush=True)
            waiting = True
        time.sleep(PAUSE_SECONDS)
