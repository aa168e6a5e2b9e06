"""The database that a URL names: reading the URL, connecting, and saying in one line why that failed."""

import os
import re
import socket
import time
from contextlib import closing
from dataclasses import dataclass, field
from itertools import cycle
from typing import Self
from urllib.parse import unquote

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn, parse_dsn

from messenger_db import session_settings
from messenger_db.errors import MessengerError, printable, reason_of
from messenger_db.pooler import await_answer, may_share_sessions
from messenger_db.sql import QUERIES

# NULLS NOT DISTINCT, SET NULL (column) and the like: PostgreSQL 15 is the oldest that takes the schema.
OLDEST_SERVER = 150000

# A host that swallows packets would otherwise hold a command for minutes.
CONNECT_TIMEOUT_SECONDS = "10"

CURES = {
    "definition of service": "check service in DATABASE_URL, or PGSERVICE, and the service file",
    "no such database": "a pooler does not know it: take a direct connection",
    "could not translate host name": "check the host name in DATABASE_URL",
    "password": "check user and password in DATABASE_URL",
    "role": "check the user in DATABASE_URL, or create the role",
    "Connection refused": "is a server running there? Check host and port in DATABASE_URL",
    "No such file": "is a server running there? Check the socket folder in DATABASE_URL",
    "timeout": "is the host reachable? Check host and port in DATABASE_URL",
    "SSL": "check sslmode in DATABASE_URL",
    "permission denied": "a missing privilege: GRANT CONNECT ON DATABASE to the role",
    "pg_hba.conf": "the server lets nobody in from here: see its pg_hba.conf",
}


def leave_out_environment() -> None:
    """Take libpq's variables out of the environment of this process and of the programs that it starts.

    Several of them, PGHOSTADDR and PGSERVICE for two, change where a URL leads. All their names begin with PG, and none
    is of use on a server of our own.
    """
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]


@dataclass
class Target:
    """A database, by libpq's connection parameters, and the schema in it (None: the server's search_path decides)."""

    parameters: dict[str, str]
    schema: str | None
    # Where the latest connection went: the environment and a service file have a say in it, too.
    reached: str | None = field(default=None, compare=False)

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read a postgresql:// or postgres:// URL; `?schema=` names a schema, as in yoyo.

        Raises MessengerError for anything else. The URL is never repeated in it: it may hold a password.
        """
        base, _, query = url.strip().partition("?")
        settings = query.split("&")
        others = "&".join(setting for setting in settings if not setting.startswith("schema="))
        try:
            schemas = [
                unquote(setting[len("schema=") :], errors="strict")
                for setting in settings
                if setting.startswith("schema=")
            ]
            parameters = parse_dsn(f"{base}?{others}" if others else base)
        except (psycopg2.Error, UnicodeError):
            schemas, parameters = [], {}
        ports = parameters.get("port", "5432").split(",")
        if (
            not base.startswith(("postgresql://", "postgres://"))
            or not parameters
            or any("\0" in schema for schema in schemas)
            or "@" in parameters.get("host", "")
            or "@" in base.partition("://")[2].partition("/")[2]
            or not all(port.isdigit() or not port for port in ports)
        ):
            raise MessengerError(
                "DATABASE_URL is not a PostgreSQL URL: write postgresql://user:password@host:5432/name, special "
                "characters percent-encoded (@ is %40), and only libpq's parameters, or schema, behind a ?"
            )
        if "" in schemas:
            raise MessengerError("DATABASE_URL has an empty schema=: name one, or leave it out")
        if "dbname" not in parameters:
            raise MessengerError("DATABASE_URL names no database: write postgresql://user@host:5432/name")
        parameters.setdefault("connect_timeout", CONNECT_TIMEOUT_SECONDS)
        parameters.setdefault("application_name", "messenger-db")
        return cls(parameters, schemas[-1] if schemas else None)

    @property
    def name(self) -> str:
        """The database's name."""
        return self.parameters["dbname"]

    @property
    def _service(self) -> str | None:
        """The section of a service file that has a say in where the database is."""
        return self.parameters.get("service") or os.environ.get("PGSERVICE")

    def __str__(self) -> str:
        """Return where the database is, without the password: where the connection went, or is going to go."""
        schema = f", schema {self.schema}" if self.schema else ""
        return printable(f"database {self.name} {self.reached or self._expected()}{schema}")

    def _expected(self) -> str:
        """Return where libpq is going to look, by its own order of precedence."""
        if self._service:
            return f"of service {self._service}"
        addresses = self.parameters.get("hostaddr") or os.environ.get("PGHOSTADDR")
        hosts = addresses or self.parameters.get("host") or os.environ.get("PGHOST") or ""
        ports = self.parameters.get("port") or os.environ.get("PGPORT") or ""
        places = zip(hosts.split(","), cycle(ports.split(",")), strict=False)
        return "on " + " or ".join(f"{host or 'the local socket'} port {port or '5432'}" for host, port in places)

    def connect(self) -> Connection:
        """Open a connection in autocommit mode, with the settings that migrations and seeds rely on.

        Raises MessengerError when that fails, the server is older than PostgreSQL 15, the database is not encoded in
        UTF8, or a pooler may give the session to others.
        """
        try:
            connection = self._open(self.name)
        except psycopg2.OperationalError as error:
            raise MessengerError(self._why_not(error)) from None
        return self._begin(connection)

    def connect_or_create(self) -> Connection:
        """Open a connection as `connect` does, creating the database first if the server has none of that name.

        Raises MessengerError as `connect` does, and when the role may not create databases.
        """
        try:
            connection = self._open(self.name)
        except psycopg2.OperationalError as error:
            if not self._create():
                raise MessengerError(self._why_not(error)) from None
            return self.connect()
        return self._begin(connection)

    def exists(self) -> bool:
        """Return whether the server has the database. Raises MessengerError when it does not let anybody ask."""
        try:
            self._open(self.name).close()
        except psycopg2.OperationalError as error:
            if not self._is_missing():
                raise MessengerError(self._why_not(error)) from None
            return False
        return True

    def refusal(self) -> str | None:
        """Return in one line why no connection can be opened, or None where one can.

        For a server that may be crashing, which `connect` is not: to a session that it ends while it lets it in, the
        server sends a warning. psycopg2 keeps that of an asynchronous connection; libpq prints that of any other.
        """
        try:
            with closing(psycopg2.connect(self._dsn(self.name), async_=True)) as probe:
                await_answer(probe, time.monotonic() + int(CONNECT_TIMEOUT_SECONDS))
        except (psycopg2.Error, TimeoutError):
            # The reason is kept back with the warning. A server that has begun to recover from a crash sends no other.
            try:
                self.connect().close()
            except MessengerError as error:
                return str(error).removeprefix("messenger-db: ")
        return None

    def _is_missing(self) -> bool:
        try:
            maintenance = self._open("postgres")
        except psycopg2.OperationalError:
            return False
        with closing(maintenance), maintenance.cursor() as cursor:
            QUERIES["servers.database_exists"].execute(cursor, name=self.name)
            return cursor.fetchone() == (False,)

    def _dsn(self, database: str) -> str:
        # What we send is UTF-8, whatever PGCLIENTENCODING or the role would have.
        return str(make_dsn(**self.parameters | {"dbname": database, "client_encoding": "UTF8"}))

    def _open(self, database: str) -> Connection:
        connection: Connection = psycopg2.connect(self._dsn(database))
        connection.autocommit = True
        self.reached = _reached(connection)
        if connection.server_version < OLDEST_SERVER:
            version = connection.info.parameter_status("server_version")
            connection.close()
            raise MessengerError(f"the server of {self} is PostgreSQL {version}: 15 or newer is needed")
        return connection

    def _begin(self, connection: Connection) -> Connection:
        """Prepare the session, which is closed when it does not serve."""
        try:
            self._refuse_pooler(connection)
            self._refuse_other_encoding(connection)
            session_settings.prepare(connection, self.schema)
        except psycopg2.Error as error:
            connection.close()
            raise MessengerError(f"no session of {self} could be prepared: {reason_of(error)}") from None
        except MessengerError:
            connection.close()
            raise
        return connection

    def _refuse_pooler(self, connection: Connection) -> None:
        if may_share_sessions(connection, self._dsn(connection.info.dbname)):
            raise MessengerError(
                f"{self} is behind a pooler that gives each transaction another session, and a migration needs one of "
                "its own: set DATABASE_URL to a direct connection, or to a session pool"
            )

    def _refuse_other_encoding(self, connection: Connection) -> None:
        with connection.cursor() as cursor:
            QUERIES["servers.database_encoding"].execute(cursor)
            [(encoding,)] = cursor.fetchall()
        if encoding != "UTF8":
            raise MessengerError(
                f"{self} is encoded in {encoding}, and the schema needs UTF8: "
                "CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0 makes one"
            )

    def _why_not(self, error: psycopg2.OperationalError) -> str:
        # One line for each address that libpq tried; its hints are indented.
        attempts = [line for line in str(error).splitlines() if line and not line[0].isspace()]
        reasons = dict.fromkeys(re.split(r"failed: |FATAL: +", attempt)[-1] for attempt in attempts)
        # libpq names the address, which is too long-winded where we do.
        is_named = len(reasons) == 1 and (self.reached or not self._service)
        reason = "; ".join(reasons if is_named else attempts)
        cure = next((cure for sign, cure in CURES.items() if sign in reason), "check DATABASE_URL")
        return f"cannot connect to {self}: {reason} ({cure})"

    def _create(self) -> bool:
        try:
            maintenance = self._open("postgres")
        except psycopg2.OperationalError:
            return False
        try:
            self._refuse_pooler(maintenance)
            with maintenance.cursor() as cursor:
                QUERIES["servers.database_exists"].execute(cursor, name=self.name)
                if cursor.fetchone() == (True,):
                    return True  # another session created it in the meantime, or something else is wrong
                QUERIES["servers.create_database"].naming(database=sql.Identifier(self.name)).execute(cursor)
        except (psycopg2.errors.DuplicateDatabase, psycopg2.errors.UniqueViolation):
            pass  # another session was faster
        except psycopg2.Error as error:
            raise MessengerError(
                f"{self} does not exist and could not be created: {reason_of(error)} (let a role that may create it)"
            ) from None
        finally:
            maintenance.close()
        return True


def _reached(connection: Connection) -> str:
    """Return where a connection goes."""
    info = connection.info
    host = info.host
    if info.dsn_parameters.get("hostaddr"):
        # Then a host is no more than the name that a certificate is compared with.
        with socket.socket(fileno=os.dup(info.socket)) as peer:
            host = peer.getpeername()[0]
    return f"on {host} port {info.port}"
