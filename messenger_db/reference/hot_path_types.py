"""The typed face of the hot paths: a class of rows for each statement, and what aiosql makes of the files.

Types and names come from the server, which describes each prepared statement; what may be missing, which it does not
say, from the headers.
"""

import re
from collections.abc import Mapping

import psycopg

from messenger_db.errors import MessengerError
from messenger_db.hot_paths import HotPath, hot_path, names

# The types that psycopg and asyncpg give and take. A parameter of jsonb is JSON text, which every driver sends.
PYTHON = {
    "boolean": "bool",
    "bytea": "bytes",
    "character varying": "str",
    "character varying[]": "list[str]",
    "inet": "Any",
    "integer": "int",
    "jsonb": "Any",
    "smallint": "int",
    "text": "str",
    "timestamp with time zone": "datetime",
    "uuid": "UUID",
    "uuid[]": "list[UUID]",
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


def typed(connection: psycopg.Connection) -> str:
    """Return the module hot_paths/statements.py. The connection is to a migrated database.

    Raises MessengerError when a hot path does not fit the schema, such as one that names a dropped column, or has a
    value of a type that no Python type is known for.
    """
    types: dict[int, str] = dict(
        connection.execute("SELECT oid::bigint, format_type(oid, NULL) FROM pg_type").fetchall()
    )
    paths = [hot_path(name) for name in names()]
    described = {path.name: _described(connection, path, types) for path in paths}
    rows = [_row_class(path, described[path.name][1]) for path in paths]
    sync = [_method(path, described[path.name][0], is_async=False) for path in paths]
    asynchronous = [_method(path, described[path.name][0], is_async=True) for path in paths]
    table = "".join(f'    "{path.row_class}": {path.row_class},\n' for path in paths)
    return (
        HEADER
        + "\n".join(rows)
        + f"\n\nROW_CLASSES: dict[str, type] = {{\n{table}}}\n\n\n"
        + 'class Statements(Protocol):\n    """What queries() returns for psycopg and psycopg2."""\n\n'
        + "\n".join(sync)
        + '\n\nclass AsyncStatements(Protocol):\n    """What queries() returns for asyncpg and apsycopg."""\n\n'
        + "\n".join(asynchronous)
    )


def _described(
    connection: psycopg.Connection, path: HotPath, types: dict[int, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the types of the parameters and of the columns, by name."""
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
    return dict(zip(path.parameters, parameters, strict=True)), columns


def _row_class(path: HotPath, columns: dict[str, str]) -> str:
    fields = "".join(
        f"    {name}: {_python(PYTHON, type_, path)}{' | None' if name in path.nullable else ''}\n"
        for name, type_ in columns.items()
    )
    return f'\nclass {path.row_class}(NamedTuple):\n    """A row of {path.name}."""\n\n{fields}'


def _method(path: HotPath, parameters: dict[str, str], *, is_async: bool) -> str:
    given = "".join(
        f"        {name}: {_python(PYTHON_PARAMETER, type_, path)}{' | None' if _may_be_null(path, name) else ''},\n"
        for name, type_ in parameters.items()
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
    if type_ not in types:
        raise MessengerError(
            f"the hot path {path.name} has a value of the type {type_}: "
            "add its Python type to messenger_db/reference/hot_path_types.py"
        )
    return types[type_]


def _may_be_null(path: HotPath, parameter: str) -> bool:
    return bool(re.search(rf"\b{parameter} \w+(\[\])? \([^)]*\bNULL\b", path.fields["Parameters"]))
