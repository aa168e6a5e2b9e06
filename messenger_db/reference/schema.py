"""The content of the schema reference, read from the catalog; a comment that is missing is empty."""

from typing import Any, NamedTuple

from psycopg2.extensions import connection as Connection

from messenger_db.errors import printable
from messenger_db.sql import QUERIES


class Column(NamedTuple):
    """A column; `collation` is None where it is that of its type, `how` is identity or computed, or empty."""

    table: str
    name: str
    type: str
    collation: str | None
    null: bool
    default: str | None
    how: str
    comment: str


class Key(NamedTuple):
    """A primary key, a unique or an exclusion constraint, as `kind` says."""

    table: str
    name: str
    kind: str
    columns: list[str]
    comment: str


class ForeignKey(NamedTuple):
    """A foreign key of `table`; `deferrable` is None where it is not."""

    table: str
    name: str
    columns: list[str]
    target: str
    target_columns: list[str]
    on_delete: str
    deferrable: str | None
    comment: str


class Rule(NamedTuple):
    """A CHECK."""

    table: str
    name: str
    expression: str
    comment: str


class Index(NamedTuple):
    """An index that does not belong to a constraint."""

    table: str
    name: str
    unique: bool
    definition: str
    comment: str


class Trigger(NamedTuple):
    """A trigger."""

    table: str
    name: str
    definition: str
    comment: str


class Policy(NamedTuple):
    """A policy of row level security."""

    table: str
    name: str
    definition: str
    comment: str


class View(NamedTuple):
    """A view, or a materialized view, as `kind` says."""

    name: str
    kind: str
    query: str
    comment: str


class Type(NamedTuple):
    """An enumeration, a domain, a range or a composite type."""

    name: str
    definition: str
    comment: str


class Function(NamedTuple):
    """A function; `signature` is its name with its arguments. `result` is None where it is a procedure."""

    signature: str
    result: str | None
    properties: str
    comment: str


class Table(NamedTuple):
    """A table with all that is part of it, and the foreign keys that point to it; `partition` is empty for most."""

    name: str
    comment: str
    settings: str | None
    partition: str
    columns: list[Column]
    keys: list[Key]
    foreign_keys: list[ForeignKey]
    referenced_by: list[ForeignKey]
    rules: list[Rule]
    indexes: list[Index]
    triggers: list[Trigger]
    policies: list[Policy]


class Schema(NamedTuple):
    """The tables, views and types, in the order in which migrations make them, and the functions."""

    tables: list[Table]
    views: list[View]
    types: list[Type]
    functions: list[Function]


def read(connection: Connection) -> Schema:
    """Return what the first schema of the connection's search_path holds."""
    with connection.cursor() as cursor:

        def rows(query: str) -> list[tuple[Any, ...]]:
            QUERIES[query].execute(cursor)
            return [tuple(map(_shown, row)) for row in cursor]

        columns = [Column(*row) for row in rows("reference.column")]
        keys = [Key(*row) for row in rows("reference.key")]
        foreign_keys = [ForeignKey(*row) for row in rows("reference.foreign_key")]
        rules = [Rule(*row) for row in rows("reference.rule")]
        indexes = [Index(*row) for row in rows("reference.index")]
        triggers = [Trigger(*row) for row in rows("reference.trigger")]
        policies = [Policy(*row) for row in rows("reference.policy")]
        views = [View(*row) for row in rows("reference.view")]
        types = [Type(*row) for row in rows("reference.type")]
        functions = [Function(*row) for row in rows("reference.function")]
        tables = [
            Table(
                name,
                comment,
                settings,
                partition,
                [column for column in columns if column.table == name],
                [key for key in keys if key.table == name],
                [key for key in foreign_keys if key.table == name],
                [key for key in foreign_keys if key.target == name],
                [rule for rule in rules if rule.table == name],
                [index for index in indexes if index.table == name],
                [trigger for trigger in triggers if trigger.table == name],
                [policy for policy in policies if policy.table == name],
            )
            for name, comment, settings, partition in rows("reference.table")
        ]
    return Schema(tables, views, types, functions)


def _shown(value: Any) -> Any:
    """Return a value of the catalog with the control characters of its texts escaped, but for line breaks."""
    match value:
        case str():
            return "\n".join(map(printable, value.split("\n")))
        case list():
            return list(map(_shown, value))
    return value
