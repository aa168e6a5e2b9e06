"""messenger_django: Django's connection, led to the database of a test."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2.extensions import parse_dsn

from messenger_db.errors import MessengerError

# Django's names of libpq's parameters; all others are OPTIONS.
NAMES = {"NAME": "dbname", "HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}


@contextmanager
def leading_to(url: str) -> Iterator[None]:
    """Let Django's connection `default` lead there, in all threads.

    It still does afterwards, when the database is gone: a test that forgets the fixture is not to reach the database of
    the settings. Raises MessengerError where the settings name another engine than PostgreSQL's.
    """
    from django.db import connections

    connection = connections["default"]
    if connection.vendor != "postgresql":
        engine = connection.settings_dict["ENGINE"]
        raise MessengerError(f"messenger_django needs DATABASES default on django.db.backends.postgresql, not {engine}")
    connection.close()
    parameters = parse_dsn(url)
    settings = connection.settings_dict
    settings.update({name: parameters.pop(parameter, "") for name, parameter in NAMES.items()})
    settings["OPTIONS"] = settings["OPTIONS"] | parameters
    yield
    connection.close()
    connection.close_pool()
