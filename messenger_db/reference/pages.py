"""The pages of the reference, each from its template."""

from collections.abc import Container

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from messenger_db.reference.diagram import edges, primary, svg
from messenger_db.reference.kept import kept_by_the_application
from messenger_db.reference.plain import TEXT, plain_expression, plain_statement
from messenger_db.reference.schema import Column, Index, Schema, Table, Trigger

NAMES = ("schema.md", "schema.html")


def pages(schema: Schema, newest: str) -> dict[str, str]:
    """Return each page's text by its name; `newest` is the migration that the schema comes from."""
    kept = kept_by_the_application()
    templates = _templates()
    drawing = svg(templates.get_template("diagram.dot.jinja").render(tables=schema.tables))
    facts = {"schema": schema, "newest": newest, "kept": kept, "diagram": Markup(drawing)}  # noqa: S704 (escaped there)
    return {name: templates.get_template(f"{name}.jinja").render(facts) for name in NAMES}


def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader(__package__, "."),
        autoescape=select_autoescape(["html.jinja", "dot.jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    functions = (edges, expression, kind, marks, place, primary, timing)
    filters = (breakable, cell, code)
    templates.globals |= {function.__name__: function for function in functions}
    templates.filters |= {function.__name__: function for function in filters}
    return templates


def marks(table: Table, column: Column) -> str:
    """Return what Mermaid says of a column: that it is part of a key."""
    foreign = {name for key in table.foreign_keys for name in key.columns}
    unique = {key.columns[0] for key in table.keys if key.kind == "unique" and len(key.columns) == 1}
    sets = {"PK": primary(table), "FK": foreign, "UK": unique}
    found = [mark for mark, names in sets.items() if column.name in names]
    return " " + ", ".join(found) if found else ""


def kind(column: Column) -> str:
    """Return a column's type, with its collation where that is not its type's."""
    return f'{column.type} COLLATE "{column.collation}"' if column.collation else column.type


def expression(table: Table, text: str) -> str:
    """Return an expression on a table's columns as a person would write it."""
    return plain_expression(text, _texts(table))


def place(table: Table, index: Index) -> str:
    """Return what an index is on: how, which columns and which rows."""
    return plain_statement(index.definition, _texts(table)).partition(f" ON {table.name} ")[2]


def timing(trigger: Trigger) -> str:
    """Return when a trigger does what."""
    return trigger.definition.partition(f"TRIGGER {trigger.name} ")[2]


def _texts(table: Table) -> Container[str]:
    return {column.name for column in table.columns if column.type.partition("(")[0] in TEXT}


# What Markdown, or the HTML within it, would take for its own.
MARKS = str.maketrans({mark: f"\\{mark}" for mark in r"\`*_[]<>|&$~#"})


def cell(text: str) -> str:
    """Return a text for a cell of a Markdown table."""
    return text.replace("\n", " ").translate(MARKS)


def code(text: str) -> str:
    """Return a text as code for a cell of a Markdown table, in which only | has a meaning."""
    inner = text.replace("\n", " ").replace("|", r"\|")
    return f"`` {inner} ``" if "`" in text else f"`{inner}`"


def breakable(name: str) -> Markup:
    """Return a name as HTML that can be broken after each underscore."""
    return Markup("_<wbr>").join(map(escape, name.split("_")))
