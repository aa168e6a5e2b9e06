"""The database in use: the one of DATABASE_URL, else the embedded server's."""

from typing import TYPE_CHECKING

from messenger_db import settings
from messenger_db.backend import MessengerBackend, open_backend
from messenger_db.confirm import is_embedded
from messenger_db.connection import Target, leave_out_environment
from messenger_db.embedded import binaries
from messenger_db.errors import MessengerError

if TYPE_CHECKING:
    from messenger_db.embedded.server import Server

EMBEDDED_DATABASE = "messenger"


def current_url() -> str:
    """Return the URL of the database in use; the embedded server is started for it, and has the database.

    Raises MessengerError where that server is not installed or does not start, and for TENANTS, which is for more than
    one schema.
    """
    settings.refuse_tenants()
    url = settings.value("DATABASE_URL")
    if not url:
        url = _embedded_url()
        Target.from_url(url).connect_or_create().close()
    return url


def current_target() -> Target:
    """Return the database in use. Raises MessengerError as `current_url` does, and for a malformed URL."""
    return Target.from_url(current_url())


def backend_in_use(*, create: bool = False) -> MessengerBackend:
    """Return a backend of the database in use, by one connection.

    A database of DATABASE_URL that is missing is created only where `create` says so: looking, or rolling back, does
    not. Raises MessengerError as `current_url` does, and where the database cannot be reached.
    """
    settings.refuse_tenants()
    url = settings.value("DATABASE_URL") or _embedded_url()
    return open_backend(url, create=create or is_embedded(Target.from_url(url)))


def url_of_tenants() -> str:
    """Return the URL of the database in use, which names no schema.

    Raises MessengerError as `current_url` does, and where it names one.
    """
    url = settings.value("DATABASE_URL") or _embedded_url()
    if schema := Target.from_url(url).schema:
        raise MessengerError(
            f"DATABASE_URL has schema={schema}, and TENANTS names schemas, too: leave out one of the two"
        )
    return url


def embedded() -> "Server":
    """Return the checkout's embedded server, running or not. Raises MessengerError where it is not installed."""
    binaries.wheel_version()  # says what to do where the wheel is missing
    from messenger_db.embedded.server import embedded_server

    return embedded_server()


def _embedded_url() -> str:
    leave_out_environment()
    server = embedded()
    server.start()
    return server.url(EMBEDDED_DATABASE)
