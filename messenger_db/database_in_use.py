"""The database in use: the one of DATABASE_URL, else the embedded server's."""

from typing import TYPE_CHECKING

from messenger_db import folders
from messenger_db.connection import Target, leave_out_environment
from messenger_db.embedded import binaries

if TYPE_CHECKING:
    from messenger_db.embedded.server import Server

EMBEDDED_DATABASE = "messenger"


def current_url() -> str:
    """Return the URL of the database in use, starting the embedded server where no DATABASE_URL is set.

    Raises MessengerError where that server is not installed or does not start.
    """
    url = folders.setting("DATABASE_URL")
    if url:
        return url
    leave_out_environment()
    server = _embedded()
    server.start()
    url = server.url(EMBEDDED_DATABASE)
    Target.from_url(url).connect_or_create().close()
    return url


def _embedded() -> "Server":
    binaries.wheel_version()  # says what to do where the wheel is missing
    from messenger_db.embedded.server import embedded_server  # noqa: PLC0415 (what it imports comes with the wheel)

    return embedded_server()


def current_target() -> Target:
    """Return the database in use. Raises MessengerError as `current_url` does, and for a malformed URL."""
    return Target.from_url(current_url())


def stop() -> None:
    """Stop the embedded server, keeping its data."""
    print("the embedded server is stopped" if _embedded().stop() else "the embedded server was not running")


def remove() -> None:
    """Stop the embedded server and delete its data."""
    server = _embedded()
    existed = server.home.exists()
    server.remove()
    if existed:
        print("the embedded server's data are deleted")
