"""messenger_db/django/models: the tables as Django's models."""

import re
from collections.abc import Iterator

from messenger_db.errors import MessengerError
from messenger_db.reference.mapped_tables import Model, Relationship, base_type, length
from messenger_db.reference.plain import plain_expression
from messenger_db.reference.python_text import call, quoted
from messenger_db.reference.schema import Column

FIELDS = {
    "bigint": "BigIntegerField",
    "boolean": "BooleanField",
    "bytea": "BinaryField",
    "inet": "GenericIPAddressField",
    "integer": "IntegerField",
    "jsonb": "JSONField",
    "smallint": "SmallIntegerField",
    "text": "TextField",
    "timestamptz": "DateTimeField",
    "uuid": "UUIDField",
    "varchar": "CharField",
}

HEADER = '''"""The tables as Django's models: `from messenger_db.django.models import Message`.

Written by make docs; do not edit. Django manages none of them: the migrations make the tables, and what a delete does
to other rows the server does. docs/clients.md says what to know.
"""

from django.db import models
from django.db.models.functions import Now

'''


def django_models(models: list[Model]) -> str:
    """Return the module messenger_db/django/models/__init__.py.

    Raises MessengerError for a column whose type or default Django's is not known of.
    """
    exported = (
        "__all__ = [\n" + "".join(f"    {quoted(name)},\n" for name in sorted(each.name for each in models)) + "]\n"
    )
    by_table = {model.table.name: model for model in models}
    return HEADER + exported + "".join(_class(by_table, model) for model in models)


def _class(models: dict[str, Model], model: Model) -> str:
    choices = "".join(
        f'    class {_choices(column)}(models.TextChoices):\n        """The values of {column}."""\n\n'
        + "".join(f"        {_member(value)} = {quoted(value)}\n" for value in enumeration.values)
        + "\n"
        for column, enumeration in model.enumerations.items()
    )
    lines = "".join(f"    {line}\n" for line in _fields(models, model))
    return f'\n\nclass {model.name}(models.Model):\n    """{model.table.comment}"""\n\n{choices}{lines}\n{_meta(model)}'


def _fields(models: dict[str, Model], model: Model) -> Iterator[str]:
    if len(model.primary) > 1:
        parts = [quoted(_field_name(model, column)) for column in model.primary]
        yield call("pk = models.CompositePrimaryKey", parts, 4)
    for column in model.table.columns:
        if relationship := _own_key(model, column.name):
            yield _foreign_key(model, column, relationship)
        else:
            yield call(f"{column.name} = models.{_field(column)}", list(_arguments(model, column)), 4)
    for relationship in model.relationships:
        if len(relationship.key.columns) > 1:
            yield _foreign_object(models, model, relationship)


def _own_key(model: Model, column: str) -> Relationship | None:
    """Return the relationship by the key that a column has for itself."""
    return next((each for each in model.relationships if each.key.columns == [column]), None)


def _field_name(model: Model, column: str) -> str:
    relationship = _own_key(model, column)
    return relationship.name if relationship else column


def _foreign_key(model: Model, column: Column, relationship: Relationship) -> str:
    arguments = [*_related(model, relationship)]
    if column.name != f"{relationship.name}_id":
        arguments.append(f"db_column={quoted(column.name)}")
    return call(f"{relationship.name} = models.ForeignKey", [*arguments, *_common(column)], 4)


def _foreign_object(models: dict[str, Model], model: Model, relationship: Relationship) -> str:
    """Return a relationship by several columns, which are fields of their own."""
    key = relationship.key
    target = models[key.target]
    own = ", ".join(quoted(_field_name(model, column)) for column in key.columns)
    theirs = ", ".join(quoted(_field_name(target, column)) for column in key.target_columns)
    arguments = [*_related(model, relationship), f"from_fields=[{own}]", f"to_fields=[{theirs}]"]
    if relationship.is_optional:
        arguments += ["null=True", "blank=True"]
    return call(f"{relationship.name} = models.ForeignObject", arguments, 4)


def _related(model: Model, relationship: Relationship) -> Iterator[str]:
    yield quoted("self" if relationship.target == model.name else relationship.target)
    yield "on_delete=models.DO_NOTHING"
    # "+" is how Django says that there is no way back.
    yield f"related_name={quoted(relationship.inverse or '+')}"


def _arguments(model: Model, column: Column) -> Iterator[str]:
    if model.primary == [column.name]:
        yield "primary_key=True"
    if any(key.kind == "unique" and key.columns == [column.name] for key in model.table.keys):
        yield "unique=True"
    if base_type(column) == "varchar":
        yield f"max_length={length(column)}"
    if column.collation:
        yield f"db_collation={quoted(column.collation)}"
    if column.name in model.enumerations:
        yield f"choices={_choices(column.name)}.choices"
    if column.default:
        yield f"db_default={_default(model, column)}"
    yield from _common(column)


def _common(column: Column) -> Iterator[str]:
    if column.null:
        yield "null=True"
        yield "blank=True"
    yield f"help_text={quoted(column.comment)}"


def _field(column: Column) -> str:
    if base_type(column) not in FIELDS or column.how:
        raise MessengerError(
            f"{column.table}.{column.name} is {column.how or 'of'} {column.type}: "
            "add its field to messenger_db/reference/django_models.py"
        )
    return FIELDS[base_type(column)]


def _default(model: Model, column: Column) -> str:
    default = plain_expression(column.default or "", model.texts)
    if default == "CURRENT_TIMESTAMP":
        return "Now()"
    if default in ("TRUE", "FALSE"):
        return default.capitalize()
    if default == "CAST('{}' AS jsonb)":
        return "models.Value({}, models.JSONField())"
    if literal := re.fullmatch("'([^']*)'", default):
        member = column.name in model.enumerations
        return f"{_choices(column.name)}.{_member(literal[1])}" if member else quoted(literal[1])
    if called := re.fullmatch(r"(\w+)\(\)", default):
        return f"models.Func(function={quoted(called[1])}, output_field=models.{_field(column)}())"
    raise MessengerError(
        f"{column.table}.{column.name} has the default {default}: "
        "say it in Django's words in messenger_db/reference/django_models.py"
    )


def _meta(model: Model) -> str:
    unique = [
        call(
            "models.UniqueConstraint",
            [
                f"fields=[{', '.join(quoted(_field_name(model, column)) for column in key.columns)}]",
                f"name={quoted(key.name)}",
            ],
            12,
        )
        for key in model.table.keys
        if key.kind == "unique" and len(key.columns) > 1
    ]
    constraints = "".join(f"            {constraint},\n" for constraint in unique)
    return (
        '    class Meta:\n        """Where the rows are."""\n\n        managed = False\n'
        f"        db_table = {quoted(model.table.name)}\n"
        + (f"        constraints = [\n{constraints}        ]\n" if constraints else "")
    )


def _choices(column: str) -> str:
    return "".join(word.capitalize() for word in column.split("_"))


def _member(value: str) -> str:
    return re.sub(r"\W", "_", value).upper()
