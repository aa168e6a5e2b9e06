"""The database that a URL names: reading the URL, connecting, and saying in one line why that failed."""

import os
import re
from contextlib import closing
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 (psycopg2 gives its class a function's name)
from psycopg2.extensions import make_dsn, parse_dsn

from messenger_db.errors import MessengerError, printable, reason_of
from messenger_db.sql import statement

# NULLS NOT DISTINCT, SET NULL (column) and the like: PostgreSQL 15 is the oldest that takes the schema.
OLDEST_SERVER = 150000

# A host that swallows packets would otherwise hold a command for minutes.
CONNECT_TIMEOUT_SECONDS = "10"

CURES = {
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


@dataclass(frozen=True)
class Target:
    """A database, by libpq's connection parameters, and the schema in it (None: the server's search_path decides)."""

    parameters: dict[str, str]
    schema: str | None

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read a postgresql:// or postgres:// URL; `?schema=` names a schema, as in yoyo.

        Raises MessengerError for anything else. The URL is never repeated in it: it may hold a password.
        """
        base, _, query = url.strip().partition("?")
        settings = query.split("&")
        schemas = [unquote(setting[len("schema=") :]) for setting in settings if setting.startswith("schema=")]
        others = "&".join(setting for setting in settings if not setting.startswith("schema="))
        try:
            parameters = parse_dsn(f"{base}?{others}" if others else base)
        except psycopg2.Error:
            parameters = {}
        ports = parameters.get("port", "5432").split(",")
        if (
            not base.startswith(("postgresql://", "postgres://"))
            or not parameters
            or "@" in parameters.get("host", "")
            or "@" in base.partition("://")[2].partition("/")[2]
            or not all(port.isdigit() for port in ports)
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

    def __str__(self) -> str:
        """Say where the database is, without the password."""
        # As libpq looks for them.
        host = self.parameters.get("hostaddr") or self.parameters.get("host") or os.environ.get("PGHOST") or "localhost"
        port = self.parameters.get("port") or os.environ.get("PGPORT") or "5432"
        schema = f", schema {self.schema}" if self.schema else ""
        return printable(f"database {self.name} on {host} port {port}{schema}")

    def connect(self) -> Connection:
        """Open a connection in autocommit mode.

        Raises MessengerError when that fails or the server is older than PostgreSQL 15.
        """
        try:
            return self._connect(self.name)
        except psycopg2.OperationalError as error:
            raise MessengerError(self._why_not(error)) from None

    def connect_or_create(self) -> Connection:
        """Open a connection as `connect` does, creating the database first if the server has none of that name.

        Raises MessengerError as `connect` does, and when the role may not create databases.
        """
        try:
            return self._connect(self.name)
        except psycopg2.OperationalError as error:
            if not self._create():
                raise MessengerError(self._why_not(error)) from None
        return self.connect()

    def exists(self) -> bool:
        """Say whether the server has the database. Raises MessengerError when it does not let anybody ask."""
        try:
            self._connect(self.name).close()
        except psycopg2.OperationalError as error:
            if not self._is_missing():
                raise MessengerError(self._why_not(error)) from None
            return False
        return True

    def _is_missing(self) -> bool:
        try:
            maintenance = self._connect("postgres")
        except psycopg2.OperationalError:
            return False
        with closing(maintenance), maintenance.cursor() as cursor:
            cursor.execute(statement("database_exists"), {"name": self.name})
            return cursor.fetchone() == (False,)

    def _connect(self, database: str) -> Connection:
        connection: Connection = psycopg2.connect(make_dsn(**self.parameters | {"dbname": database}))
        connection.autocommit = True
        if connection.server_version < OLDEST_SERVER:
            version = connection.info.parameter_status("server_version")
            connection.close()
            raise MessengerError(f"the server of {self} is PostgreSQL {version}: 15 or newer is needed")
        if self.schema:
            with connection.cursor() as cursor:
                cursor.execute(statement("set_schema"), {"schema": self.schema})
        return connection

    def _why_not(self, error: psycopg2.OperationalError) -> str:
        reason = re.split(r"failed: |FATAL: +", str(error).strip().splitlines()[0])[-1]
        cure = next((cure for sign, cure in CURES.items() if sign in reason), "check DATABASE_URL")
        return f"cannot connect to {self}: {reason} ({cure})"

    def _create(self) -> bool:
        try:
            maintenance = self._connect("postgres")
        except psycopg2.OperationalError:
            return False
        try:
            with maintenance.cursor() as cursor:
                cursor.execute(statement("database_exists"), {"name": self.name})
                if cursor.fetchone() == (True,):
                    return True  # another session created it in the meantime, or something else is wrong
                cursor.execute(sql.SQL(statement("create_database")).format(database=sql.Identifier(self.name)))
        except (psycopg2.errors.DuplicateDatabase, psycopg2.errors.UniqueViolation):
            pass  # another session was faster
        except psycopg2.Error as error:
            raise MessengerError(
                f"{self} does not exist and could not be created: {reason_of(error)} (let a role that may create it)"
            ) from None
        finally:
            maintenance.close()
        return True
