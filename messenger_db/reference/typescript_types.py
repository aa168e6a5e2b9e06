"""docs/messenger-db.ts: the tables and the hot paths as types of TypeScript."""

import json
from collections.abc import Mapping

from messenger_db.errors import MessengerError
from messenger_db.hot_paths import HotPath
from messenger_db.reference.hot_path_types import DescribedPath, known_type
from messenger_db.reference.mapped_tables import Model, base_type
from messenger_db.reference.schema import Column

# What node-postgres makes of each type, without parsers of its user's.
ROWS = {
    "bigint": "string",
    "boolean": "boolean",
    "bytea": "Buffer",
    "inet": "string",
    "integer": "number",
    "jsonb": "unknown",
    "smallint": "number",
    "text": "string",
    "timestamptz": "Date",
    "uuid": "string",
    "uuid[]": "string[]",
    "varchar": "string",
    "varchar[]": "string[]",
}
# It sends a date as text of the client's time zone with its offset, and takes text as well.
PARAMETERS = ROWS | {"jsonb": "string", "timestamptz": "Date | string"}

WHERE = "TypeScript type to messenger_db/reference/typescript_types.py"

HEADER = """// The tables, and the parameters and rows of the hot paths. Written by make docs; do not edit.
//
// The types are those of node-postgres (pg), without parsers of your own: timestamptz is a Date, which drops the
// microseconds; bytea is a Buffer, which needs @types/node; jsonb is parsed; bigint, uuid and inet are strings. A
// parameter of jsonb is JSON text.
"""


def typescript_types(models: list[Model], paths: list[DescribedPath]) -> str:
    """Return the file docs/messenger-db.ts.

    Raises MessengerError for a value of a type that TypeScript's is not known of.
    """
    enumerations = "".join(
        f"\nexport type {name} = {' | '.join(map(json.dumps, values))};\n"
        for model in models
        for name, values in model.enumerations.values()
    )
    tables = "".join(f"  {model.table.name}: {{ row: {model.name}; insert: New{model.name} }};\n" for model in models)
    calls = "".join(
        f"  {path.name}: {{ parameters: {_parameters_name(path)}; row: {path.row_class}; "
        f"isOneRow: {str(path.is_one_row).lower()} }};\n"
        for path, _, _ in paths
    )
    return (
        HEADER
        + enumerations
        + "".join(map(_table, models))
        + "\n/** Each table by its name: what is selected, and what can be inserted. */"
        + f"\nexport interface Tables {{\n{tables}}}\n"
        + "".join(map(_hot_path, paths))
        + "\n/** Each hot path by its name; isOneRow: it returns one row at most. */"
        + f"\nexport interface HotPaths {{\n{calls}}}\n"
    )


def _table(model: Model) -> str:
    rows, inserted = [], []
    for column in model.table.columns:
        type_ = _column_type(model, column) + (" | null" if column.null else "")
        rows.append(f"  {_comment(column.comment)}  {column.name}: {type_};\n")
        if column.how != "computed":
            optional = "?" if column.null or column.default or column.how else ""
            inserted.append(f"  {column.name}{optional}: {type_};\n")
    return (
        f"\n{_comment(model.table.comment)}export interface {model.name} {{\n{''.join(rows)}}}\n"
        f"\n/** A row to insert into {model.table.name}; what may be left out the server fills in. */\n"
        f"export interface New{model.name} {{\n{''.join(inserted)}}}\n"
    )


def _column_type(model: Model, column: Column) -> str:
    if column.name in model.enumerations:
        return model.enumerations[column.name].name
    if base_type(column) not in ROWS:
        raise MessengerError(f"{column.table}.{column.name} is of the type {column.type}: add its {WHERE}")
    return ROWS[base_type(column)]


def _hot_path(described: DescribedPath) -> str:
    path = described.path
    optional = {name for name in described.parameters if described.may_be_null(name)}
    parameters = _fields(PARAMETERS, described.parameters, optional, path)
    columns = _fields(ROWS, described.columns, path.nullable, path)
    return (
        f"\n{_comment(path.purpose)}export interface {_parameters_name(path)} {{\n{parameters}}}\n"
        f"\nexport interface {path.row_class} {{\n{columns}}}\n"
    )


def _fields(types: Mapping[str, str], fields: Mapping[str, str], nullable: set[str], path: HotPath) -> str:
    return "".join(
        f"  {name}: {known_type(types, type_, path, WHERE)}{' | null' if name in nullable else ''};\n"
        for name, type_ in fields.items()
    )


def _parameters_name(path: HotPath) -> str:
    return path.row_class.removesuffix("Row") + "Parameters"


def _comment(text: str) -> str:
    return f"/** {text.replace('*/', '* /')} */\n"
