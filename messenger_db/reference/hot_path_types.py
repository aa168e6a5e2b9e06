"""The typed face of the hot paths: a class of rows for each statement, and what aiosql makes of the files.

Types and names come from the server, which describes each prepared statement; what may be missing, which it does not
say, from the headers.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

import psycopg

from messenger_db.errors import MessengerError
from messenger_db.hot_paths import HotPath, hot_path, names

# The types that psycopg and asyncpg give and take. A parameter of jsonb is JSON text, which every driver sends.
PYTHON = {
    "boolean": "bool",
    "bytea": "bytes",
    "inet": "Any",
    "integer": "int",
    "jsonb": "Any",
    "smallint": "int",
    "text": "str",
    "timestamptz": "datetime",
    "uuid": "UUID",
    "uuid[]": "list[UUID]",
    "varchar": "str",
    "varchar[]": "list[str]",
}
PYTHON_PARAMETER = PYTHON | {"inet": "str", "jsonb": "str"}

HEADER = '''"""The hot paths for editors and mypy: rows, and the functions that aiosql makes.

Written by make docs; do not edit.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

'''


class DescribedPath(NamedTuple):
    """A hot path with the types of its parameters and columns, by name, in the words of the schema reference."""

    path: HotPath
    parameters: dict[str, str]
    columns: dict[str, str]

    def may_be_null(self, parameter: str) -> bool:
        """Return whether a parameter may be NULL, by the header."""
        return bool(re.search(rf"\b{parameter} \w+(\[\])? \([^)]*\bNULL\b", self.path.fields["Parameters"]))


def described(connection: psycopg.Connection) -> list[DescribedPath]:
    """Return the hot paths as the server describes them. The connection is to a migrated database.

    Raises MessengerError when a hot path does not fit the schema, such as one that names a dropped column.
    """
    types = {
        oid: name.replace("character varying", "varchar").replace("timestamp with time zone", "timestamptz")
        for oid, name in connection.execute("SELECT oid::bigint, format_type(oid, NULL) FROM pg_type")
    }
    return [_described(connection, hot_path(name), types) for name in names()]


def typed(paths: list[DescribedPath]) -> str:
    """Return the module hot_paths/statements.py.

    Raises MessengerError when a hot path has a value of a type that no Python type is known for.
    """
    sync = [_method(path, is_async=False) for path in paths]
    asynchronous = [_method(path, is_async=True) for path in paths]
    table = "".join(f'    "{path.row_class}": {path.row_class},\n' for path, _, _ in paths)
    return (
        HEADER
        + "\n".join(map(_row_class, paths))
        + f"\n\nROW_CLASSES: dict[str, type] = {{\n{table}}}\n\n\n"
        + 'class Statements(Protocol):\n    """What queries() returns for psycopg and psycopg2."""\n\n'
        + "\n".join(sync)
        + '\n\nclass AsyncStatements(Protocol):\n    """What queries() returns for asyncpg and apsycopg."""\n\n'
        + "\n".join(asynchronous)
    )


def known_type(types: Mapping[str, str], type_: str, path: HotPath, where: str) -> str:
    """Return the type of a language for one of PostgreSQL's; `where` is the file that lacks it."""
    if type_ not in types:
        raise MessengerError(f"the hot path {path.name} has a value of the type {type_}: add its {where}")
    return types[type_]


def _described(connection: psycopg.Connection, path: HotPath, types: dict[int, str]) -> DescribedPath:
    numbers = {name: f"${number}" for number, name in enumerate(path.parameters, start=1)}
    statement = path.for_psycopg % numbers
    with connection.transaction(force_rollback=True):
        try:
            connection.execute(f"PREPARE {path.name} AS {statement}".encode())
        except psycopg.Error as error:
            raise MessengerError(
                f"the hot path {path.name} does not fit the schema: {error.diag.message_primary}; "
                f"change messenger_db/hot_paths/{path.name}.sql with the migration"
            ) from None
        described = connection.pgconn.describe_prepared(path.name.encode())
        connection.execute(f"DEALLOCATE {path.name}".encode())
    parameters = [types[described.param_type(number)] for number in range(described.nparams)]
    columns = {
        (described.fname(number) or b"").decode(): types[described.ftype(number)] for number in range(described.nfields)
    }
    return DescribedPath(path, dict(zip(path.parameters, parameters, strict=True)), columns)


def _row_class(described: DescribedPath) -> str:
    path = described.path
    fields = "".join(
        f"    {name}: {_python(PYTHON, type_, path)}{' | None' if name in path.nullable else ''}\n"
        for name, type_ in described.columns.items()
    )
    return f'\nclass {path.row_class}(NamedTuple):\n    """A row of {path.name}."""\n\n{fields}'


def _method(described: DescribedPath, *, is_async: bool) -> str:
    path = described.path
    given = "".join(
        f"        {name}: {_python(PYTHON_PARAMETER, type_, path)}{' | None' if described.may_be_null(name) else ''},\n"
        for name, type_ in described.parameters.items()
    )
    many = f"{'Async' if is_async else ''}Iterator[{path.row_class}]"
    returned = f"{path.row_class} | None" if path.is_one_row else many
    # An asynchronous generator is not awaited.
    start = "async def" if is_async and path.is_one_row else "def"
    summary = re.split(r"[.:;,]( |$)", path.purpose)[0] + "."
    return (
        f"    {start} {path.name}(\n        self,\n        conn: Any,\n        *,\n{given}    ) -> {returned}:\n"
        f'        """{summary}"""\n'
    )


def _python(types: Mapping[str, str], type_: str, path: HotPath) -> str:
    return known_type(types, type_, path, "Python type to messenger_db/reference/hot_path_types.py")
