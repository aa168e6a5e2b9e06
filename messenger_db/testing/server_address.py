"""Where the test databases are: a server, and how to connect to it."""

import os
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn, parse_dsn
from pytest_postgresql.config import PostgreSQLConfig

from messenger_db.connection import CONNECT_TIMEOUT_SECONDS, OLDEST_SERVER
from messenger_db.errors import MessengerError
from messenger_db.sql import QUERIES

VARIABLE = "MESSENGER_TEST_DATABASE_URL"


@dataclass(frozen=True)
class Place:
    """A server, by libpq's connection parameters without a database.

    `private` are the parameters that this package uses itself, where they differ from those that a test gets;
    `named_by` tells people what named the server.
    """

    parameters: Mapping[str, str] = field(repr=False)  # with a password
    maintenance: str
    named_by: str
    private: Mapping[str, str] | None = field(default=None, repr=False)

    def connect(self, database: str, role: str = "") -> Connection:
        """Open a connection, in which SET ROLE has named `role` if there is one. Raises psycopg2.OperationalError."""
        connection: Connection = psycopg2.connect(self.conninfo(database, role))
        return connection

    def conninfo(self, database: str, role: str = "") -> str:
        """Return libpq's connection string for `connect`."""
        # A test may set PGHOSTADDR, which would lead to another server than our own.
        own = {"hostaddr": "", **self.private} if self.private else self.parameters
        parameters = {"connect_timeout": CONNECT_TIMEOUT_SECONDS, **own, "dbname": database}
        if role:
            escaped = re.sub(r"([\\\s])", r"\\\1", role)
            parameters["options"] = f"{own.get('options', '')} -c role={escaped}"
        return str(make_dsn(**parameters))

    def maintain(self) -> Connection:
        """Open a connection to the maintenance database, in autocommit mode.

        Raises MessengerError where that cannot be, or the server is too old, or may make no databases for us.
        """
        try:
            connection = self.connect(self.maintenance)
        except psycopg2.OperationalError as error:
            reason = str(error).strip().splitlines()[0]
            raise MessengerError(f"no test database: {reason} (the server is named by {self.named_by})") from None
        connection.autocommit = True
        if connection.server_version < OLDEST_SERVER:
            version = connection.info.parameter_status("server_version")
            connection.close()
            raise MessengerError(
                f"no test database: the server named by {self.named_by} is PostgreSQL {version}, 15 or newer is needed"
            )
        with connection.cursor() as cursor:
            QUERIES["sessions.prepare"].execute(cursor)
        return connection

    def url(self, database: str, role: str = "") -> str:
        """Return the URL of a database, with the password if there is one; as another role if one is given."""
        return _url({**self.parameters, "user": role or self.parameters["user"]}, database)

    def private_url(self, database: str) -> str:
        """Return the URL that this package uses itself."""
        return _url(self.private or self.parameters, database)

    def shown_url(self, database: str) -> str:
        """Return a URL that may be printed: one that works without a password, else one without it."""
        parameters = dict(self.private or self.parameters)
        if parameters.pop("password", None):
            parameters["user"] += ":***"
        return _url(parameters, database)


def external(config: pytest.Config, settings: PostgreSQLConfig) -> Place | None:
    """Return the server that somebody named for this run, None where nobody did.

    The command line goes before MESSENGER_TEST_DATABASE_URL, and that before the ini file. Raises MessengerError for a
    URL that is none.
    """
    if config.option.postgresql_host or config.option.postgresql_port:
        return _of_settings(settings, "--postgresql-host and --postgresql-port")
    if url := os.environ.get(VARIABLE):
        return _of_url(url)
    if _in_ini(config, "postgresql_host") or _in_ini(config, "postgresql_port"):
        return _of_settings(settings, "postgresql_host and postgresql_port in the ini file")
    return None


def _in_ini(config: pytest.Config, name: str) -> bool:
    """Say whether the ini file has a value, or -o: getini would return pytest-postgresql's default as well."""
    overridden = any(text.startswith(f"{name}=") for text in config.option.override_ini or ())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return overridden or name in config.inicfg


def _of_settings(settings: PostgreSQLConfig, named_by: str) -> Place:
    values = {
        "host": settings.host,
        "port": settings.port or "5432",
        "user": settings.user,
        "password": settings.password,
        "options": settings.options,
    }
    parameters = {name: str(value) for name, value in values.items() if value}
    return Place(parameters, settings.maintenance_dbname, named_by)


def _of_url(url: str) -> Place:
    try:
        parameters: dict[str, Any] = parse_dsn(url) if url.startswith(("postgresql://", "postgres://")) else {}
    except psycopg2.Error:
        parameters = {}
    if not parameters:
        raise MessengerError(
            f"{VARIABLE} is not a PostgreSQL URL: write postgresql://user:password@host:5432/postgres, "
            "special characters percent-encoded (@ is %40)"
        )
    parameters.setdefault("user", "postgres")
    return Place(parameters, parameters.pop("dbname", "postgres"), VARIABLE)


def _url(parameters: Mapping[str, str], database: str) -> str:
    others = dict(parameters)
    user, _, mask = others.pop("user").partition(":")
    password = mask or quote(others.pop("password", ""), safe="")
    account = quote(user, safe="") + (f":{password}" if password else "")
    host, port = others.get("host", ""), others.get("port", "")
    where = ""
    if host and "/" not in host and "," not in host:
        # A socket's folder, or several hosts, go behind the question mark.
        del others["host"]
        others.pop("port", None)
        where = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    query = f"?{urlencode(others, quote_via=quote, safe='')}" if others else ""
    return f"postgresql://{account}@{where}/{quote(database, safe='')}{query}"
