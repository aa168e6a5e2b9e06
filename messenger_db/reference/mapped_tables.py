"""The schema as mappers see it: a class for each table, enumerations by name, a relationship for each foreign key."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from messenger_db.errors import MessengerError
from messenger_db.reference.plain import TEXT, plain_expression
from messenger_db.reference.schema import Column, ForeignKey, Schema, Table

NAMES = "model_names.toml"

# How PostgreSQL says `column IN ('a', 'b')`, made plain.
_MEMBERS = re.compile(r"(\w+) IN \(('[^']*'(?:, '[^']*')*)\)")


class Relationship(NamedTuple):
    """A foreign key of a model to `target`, and back by `inverse`, which is None where it leads to its own mirror.

    `written` are the columns that follow the other row when it is set: a column that several keys share follows the
    first. None are where each column has its own key already. `is_one` says that at most one row points to each.
    """

    key: ForeignKey
    name: str
    inverse: str | None
    target: str
    written: list[str]
    is_optional: bool
    is_one: bool


class Model(NamedTuple):
    """A table with the name of its class; `enumerations` are the values of a column, which has the type's name."""

    name: str
    table: Table
    enumerations: dict[str, "Enumeration"]
    relationships: list[Relationship]

    @property
    def primary(self) -> list[str]:
        """The columns of the primary key, in its order."""
        return next((key.columns for key in self.table.keys if key.kind == "primary key"), [])

    @property
    def texts(self) -> set[str]:
        """The columns that hold text."""
        return _texts(self.table)

    @property
    def refreshed(self) -> list[str]:
        """The columns that a trigger sets on every update."""
        updated = any("set_updated_at()" in trigger.definition for trigger in self.table.triggers)
        return ["updated_at"] if updated else []


class Enumeration(NamedTuple):
    """The values that a CHECK leaves to a column."""

    name: str
    values: list[str]


def mapped(schema: Schema) -> list[Model]:
    """Return a model for each table, in the order in which migrations make them.

    Raises MessengerError for a table or a foreign key that has no name in model_names.toml.
    """
    return [
        Model(_named("models", table.name), table, _enumerations(table), _relationships(table))
        for table in schema.tables
    ]


def back(models: list[Model], model: Model) -> list[tuple[Model, Relationship]]:
    """Return the relationships that lead to a model and have a name back, each with the model that has the key."""
    return [
        (other, relationship)
        for other in models
        for relationship in other.relationships
        if relationship.target == model.name and relationship.inverse
    ]


def base_type(column: Column) -> str:
    """Return the type of a column without its length."""
    return column.type.partition("(")[0]


def length(column: Column) -> str:
    """Return what a type has in parentheses, such as the 50 of varchar(50)."""
    return column.type.partition("(")[2].removesuffix(")")


@cache
def names() -> dict[str, dict[str, Any]]:
    """Return what model_names.toml says, by its sections."""
    return tomllib.loads(files(__package__).joinpath(NAMES).read_text(encoding="utf-8"))


def _named(section: str, name: str) -> Any:
    if name not in names()[section]:
        raise MessengerError(f"{name} has no name for mappers: add it to [{section}] of messenger_db/reference/{NAMES}")
    return names()[section][name]


def _enumerations(table: Table) -> dict[str, Enumeration]:
    found = {}
    for rule in table.rules:
        if match := _MEMBERS.fullmatch(plain_expression(rule.expression, _texts(table))):
            column, values = match.groups()
            found[column] = Enumeration(_type_name(table.name, column), re.findall("'([^']*)'", values))
    return found


def _texts(table: Table) -> set[str]:
    return {column.name for column in table.columns if base_type(column) in TEXT}


def _type_name(table: str, column: str) -> str:
    """Return UserStatus for users.status, and MessageContentType for messages.content_type."""
    return "".join([_named("models", table), *(word.capitalize() for word in column.split("_"))])


def _relationships(table: Table) -> list[Relationship]:
    optional = {column.name for column in table.columns if column.null}
    taken: set[str] = set()
    found = []
    for key in table.foreign_keys:
        name, *inverse = _named("relationships", key.name)
        written = [column for column in key.columns if column not in taken]
        taken.update(written)
        found.append(
            Relationship(
                key,
                name,
                inverse[0] if inverse else None,
                _named("models", key.target),
                written,
                bool(optional & set(key.columns)),
                any(set(unique.columns) <= set(key.columns) for unique in table.keys),
            )
        )
    return found
