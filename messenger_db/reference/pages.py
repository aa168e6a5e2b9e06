"""The pages of the reference, each from its template."""

from collections.abc import Container
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from messenger_db.reference.diagram import edges, primary, svg
from messenger_db.reference.plain import TEXT, plain_expression, plain_statement
from messenger_db.reference.schema import Column, Index, Schema, Table, Trigger

NAMES = ("schema.md", "schema.html")


def pages(schema: Schema, newest: str) -> dict[str, str]:
    """Return each page's text by its name; `newest` is the migration that the schema comes from."""
    text = files(__package__).joinpath("kept_by_the_application.txt").read_text(encoding="utf-8")
    facts = {"schema": schema, "newest": newest, "kept": text.splitlines()}
    drawing = svg(_environment(autoescape=True).get_template("diagram.dot.jinja").render(tables=schema.tables))
    return {
        "schema.md": _environment(autoescape=False).get_template("schema.md.jinja").render(facts),
        "schema.html": _environment(autoescape=True).get_template("schema.html.jinja").render(
            facts, diagram=Markup(drawing)  # noqa: S704 (Graphviz escapes what it is given)
        ),
    }


def _environment(*, autoescape: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__, "."),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "edges": edges,
        "primary": primary,
        "expression": expression,
        "kind": kind,
        "marks": marks,
        "place": place,
        "timing": timing,
    }
    environment.filters |= {"breakable": breakable, "cell": cell, "code": code}
    return environment


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
    return text.translate(MARKS)


def code(text: str) -> str:
    """Return a text as code for a cell of a Markdown table, in which only | has a meaning."""
    fence = "``" if "`" in text else "`"
    return fence + text.replace("|", r"\|") + fence


def breakable(name: str) -> Markup:
    """Return a name as HTML that may go on in the next line behind each underscore."""
    return Markup("_<wbr>").join(map(escape, name.split("_")))  # noqa: S704 (each part is escaped)
