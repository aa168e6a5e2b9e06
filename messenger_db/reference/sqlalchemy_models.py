"""messenger_db/sqlalchemy.py: the tables as SQLAlchemy's declarative classes."""

import re
from collections.abc import Iterator

from pglast import parse_sql
from pglast.stream import RawStream

from messenger_db.errors import MessengerError
from messenger_db.reference.mapped_tables import Model, Relationship, back, base_type, length
from messenger_db.reference.plain import plain_expression, plain_statement
from messenger_db.reference.python_text import WIDTH, call, quoted
from messenger_db.reference.schema import Column, ForeignKey, Index
from messenger_db.sql_analysis.nodes import Node

# Each type in Python and in SQLAlchemy; what is varchar takes its length, and a collation.
TYPES = {
    "bigint": ("int", "BigInteger()"),
    "boolean": ("bool", "Boolean()"),
    "bytea": ("bytes", "LargeBinary()"),
    "inet": ("Any", "INET()"),
    "integer": ("int", "Integer()"),
    "jsonb": ("dict[str, Any]", "JSONB()"),
    "smallint": ("int", "SmallInteger()"),
    "text": ("str", "Text()"),
    "timestamptz": ("datetime", "DateTime(timezone=True)"),
    "uuid": ("UUID", "Uuid()"),
    "varchar": ("str", "String({})"),
}

# What a declarative class has for itself; the attribute has an underscore more than the column.
RESERVED = {"metadata", "registry"}

HEADER = '''"""The tables as SQLAlchemy's declarative classes: `from messenger_db.sqlalchemy import Message`.

Written by make docs; do not edit. The migrations make the tables: Base.metadata has their columns, keys and indexes,
but neither CHECKs nor triggers. docs/clients.md says what to know.
"""

from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

{imports}
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

'''

# Where the names come from that a class may need.
IMPORTS = {
    "sqlalchemy": (
        "BigInteger Boolean DateTime FetchedValue ForeignKeyConstraint Index Integer LargeBinary PrimaryKeyConstraint "
        "SmallInteger String Text UniqueConstraint Uuid text"
    ),
    "sqlalchemy.dialects.postgresql": "INET JSONB",
}

BASE = '''

class Base(DeclarativeBase):
    """What the tables' classes share."""
'''


def sqlalchemy_models(models: list[Model]) -> str:
    """Return the module messenger_db/sqlalchemy.py.

    Raises MessengerError for a column of a type that SQLAlchemy's is not known of.
    """
    enumerations = [enumeration for model in models for enumeration in model.enumerations.values()]
    names = sorted(["Base", *(model.name for model in models), *(enumeration.name for enumeration in enumerations)])
    exported = "__all__ = [\n" + "".join(f'    "{name}",\n' for name in names) + "]\n\n"
    literals = "".join(
        f"{name}: TypeAlias = Literal[{', '.join(map(quoted, values))}]\n" for name, values in enumerations
    )
    classes = "".join(_class(models, model) for model in models)
    return HEADER.replace("{imports}", _imports(classes)) + exported + literals + BASE + classes


def _imports(text: str) -> str:
    lines = []
    for module, names in IMPORTS.items():
        used = [name for name in names.split() if re.search(rf"\b{name}\(", text)]
        line = f"from {module} import {', '.join(used)}"
        several = f"from {module} import (\n" + "".join(f"    {name},\n" for name in used) + ")"
        lines += [line if len(line) <= WIDTH else several] if used else []
    return "\n".join(lines)


def _class(models: list[Model], model: Model) -> str:
    arguments = "".join(f"        {argument},\n" for argument in _table_arguments(model))
    columns = "".join(_column(model, column) for column in model.table.columns)
    forward = [_forward(models, model, relationship) for relationship in model.relationships]
    backward = [_backward(models, other, relationship) for other, relationship in back(models, model)]
    relationships = "".join(forward + backward)
    said = _mapper_arguments(model)
    mapper = f"    __mapper_args__ = {{{', '.join(said)}}}\n" if said else ""
    return (
        f'\n\nclass {model.name}(Base):\n    """{model.table.comment}"""\n\n'
        f'    __tablename__ = "{model.table.name}"\n    __table_args__ = (\n{arguments}    )\n{mapper}\n'
        f"{columns}" + (f"\n{relationships}" if relationships else "")
    )


def _mapper_arguments(model: Model) -> list[str]:
    said = []
    # What a trigger sets is read back with the update: an asynchronous session could not load it later.
    if model.refreshed:
        said.append('"eager_defaults": True')
    # SQLAlchemy takes a column of the key that refers to another one of it for one too many, and here each does.
    if any(set(each.key.columns) == set(model.primary) and not each.written for each in model.relationships):
        said.append(f'"primary_key": [{", ".join(map(quoted, model.primary))}]')
    return said


def _table_arguments(model: Model) -> Iterator[str]:
    table = model.table
    constraints = {"primary key": "PrimaryKeyConstraint", "unique": "UniqueConstraint"}
    for key in table.keys:
        if key.kind in constraints:
            words = ", ".join(map(quoted, key.columns))
            yield f"{constraints[key.kind]}({words}, name={quoted(key.name)})"
    for foreign in table.foreign_keys:
        yield call("ForeignKeyConstraint", list(_foreign_key(foreign)), 8)
    for index in table.indexes:
        yield call("Index", list(_index(model, index)), 8)
    yield f'{{"comment": {quoted(table.comment)}}}'


def _foreign_key(key: ForeignKey) -> Iterator[str]:
    yield f"[{', '.join(map(quoted, key.columns))}]"
    yield f"[{', '.join(quoted(f'{key.target}.{column}') for column in key.target_columns)}]"
    yield f"name={quoted(key.name)}"
    if key.on_delete != "NO ACTION":
        yield f"ondelete={quoted(key.on_delete)}"
    if key.deferrable:
        yield "deferrable=True"
        if "DEFERRED" in key.deferrable:
            yield 'initially="DEFERRED"'


def _index(model: Model, index: Index) -> Iterator[str]:
    parsed: Node = parse_sql(plain_statement(index.definition, model.texts))[0].stmt
    yield quoted(index.name)
    for part in parsed.indexParams:
        yield quoted(part.name) if part.name else _text(RawStream()(part.expr))
    if index.unique:
        yield "unique=True"
    if parsed.accessMethod != "btree":
        yield f"postgresql_using={quoted(parsed.accessMethod)}"
    if parsed.indexIncludingParams:
        yield f"postgresql_include=[{', '.join(quoted(part.name) for part in parsed.indexIncludingParams)}]"
    if parsed.options:
        options = (f"{quoted(option.defname)}: {quoted(option.arg.sval)}" for option in parsed.options)
        yield f"postgresql_with={{{', '.join(options)}}}"
    if parsed.whereClause:
        yield f"postgresql_where={_text(RawStream()(parsed.whereClause))}"


def _column(model: Model, column: Column) -> str:
    if base_type(column) not in TYPES:
        raise MessengerError(
            f"{column.table}.{column.name} is of the type {column.type}: "
            "add its types to messenger_db/reference/sqlalchemy_models.py"
        )
    python, type_ = TYPES[base_type(column)]
    if column.name in model.enumerations:
        python = model.enumerations[column.name].name
    collation = f", collation={quoted(column.collation)}" if column.collation else ""
    arguments = [type_.format(length(column) + collation)]
    name = attribute(column.name)
    if name != column.name:
        arguments.insert(0, quoted(column.name))
    if column.default and not column.how:
        arguments.append(f"server_default={_text(plain_expression(column.default, model.texts))}")
    elif column.how or column.null:
        # So that an insert leaves the column out instead of naming it with NULL, which takes the right to write it.
        arguments.append("server_default=FetchedValue()")
    if column.name in model.refreshed:
        arguments.append("server_onupdate=FetchedValue()")
    arguments.append(f"comment={quoted(column.comment)}")
    annotation = f"Mapped[{python}{' | None' if column.null else ''}]"
    return f"    {call(f'{name}: {annotation} = mapped_column', arguments, 4)}\n"


def _forward(models: list[Model], model: Model, relationship: Relationship) -> str:
    arguments = _join(models, model, relationship)
    if relationship.inverse:
        arguments.insert(0, f"back_populates={quoted(relationship.inverse)}")
    if not relationship.written:
        # Each column follows another row already; this one is only read.
        arguments.append("viewonly=True")
    kind = quoted(f"{relationship.target}{' | None' if relationship.is_optional else ''}")
    return f"    {call(f'{relationship.name}: Mapped[{kind}] = relationship', arguments, 4)}\n"


def _backward(models: list[Model], other: Model, relationship: Relationship) -> str:
    # The server deletes or changes what points to a deleted row, as its key says.
    arguments = [
        f"back_populates={quoted(relationship.name)}",
        *_join(models, other, relationship, is_back=True),
        'passive_deletes="all"',
    ]
    kind = f'"{other.name} | None"' if relationship.is_one else f'list["{other.name}"]'
    return f"    {call(f'{relationship.inverse}: Mapped[{kind}] = relationship', arguments, 4)}\n"


def _join(models: list[Model], model: Model, relationship: Relationship, *, is_back: bool = False) -> list[str]:
    """Return what says which key a relationship goes by, where its two classes alone do not."""
    key = relationship.key
    tables = {key.table, key.target}
    between = [
        each.key for other in models for each in other.relationships if {each.key.table, each.key.target} == tables
    ]
    if between == [key] and relationship.written == key.columns and len(tables) > 1:
        return []
    # A column is written by one relationship alone: SQLAlchemy warns of what two of them write.
    foreign = relationship.written or key.columns
    parts = []
    for own, theirs in zip(key.columns, key.target_columns, strict=True):
        left, right = f"{model.name}.{attribute(own)}", f"{relationship.target}.{attribute(theirs)}"
        if own in foreign:
            left = f"foreign({left})"
        if len(tables) == 1:
            left, right = (f"remote({left})", right) if is_back else (left, f"remote({right})")
        parts.append(f"{left} == {right}")
    condition = parts[0] if len(parts) == 1 else f"and_({', '.join(parts)})"
    return [f"primaryjoin={quoted(condition)}"]


def attribute(column: str) -> str:
    """Return the name of a column's attribute."""
    return f"{column}_" if column in RESERVED else column


def _text(expression: str) -> str:
    # Alembic compares expressions as texts, and the server writes casts like this.
    return call("text", [quoted(re.sub(r"CAST\(([^()]+) AS (\w+)\)", r"\1::\2", expression))], 12)
