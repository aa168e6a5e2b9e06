"""The entity-relationship diagram: what both drawings say, and the SVG, which Graphviz lays out."""

import subprocess
import sysconfig
from pathlib import Path
from typing import NamedTuple

from messenger_db.errors import MessengerError
from messenger_db.reference.schema import ForeignKey, Table


class Edge(NamedTuple):
    """A foreign key as a line.

    It leaves at the column that tells it from the table's other keys, and ends at the column this one points to.
    `optional`: a row may point to nothing. `single`: at most one row points to the same. `identifying`: the key is part
    of the primary one.
    """

    key: ForeignKey
    column: str
    target_column: str
    optional: bool
    single: bool
    identifying: bool


def edges(table: Table) -> list[Edge]:
    """Return the lines that leave a table."""
    null = {column.name for column in table.columns if column.null}
    unique = [set(key.columns) for key in table.keys]
    return [
        Edge(
            key,
            (column := _distinct(table, key)),
            key.target_columns[key.columns.index(column)],
            not null.isdisjoint(key.columns),
            any(columns <= set(key.columns) for columns in unique),
            set(key.columns) <= set(primary(table)),
        )
        for key in table.foreign_keys
    ]


def primary(table: Table) -> list[str]:
    """Return the columns of a table's primary key."""
    return next((key.columns for key in table.keys if key.kind == "primary key"), [])


def _distinct(table: Table, key: ForeignKey) -> str:
    order = [column.name for column in table.columns]
    uses = [column for other in table.foreign_keys for column in other.columns]
    return min(key.columns, key=lambda column: (uses.count(column), -order.index(column)))


def svg(dot: str) -> str:
    """Return the drawing of a graph in Graphviz's language, the same on every machine: the fonts' widths are built in.

    Raises MessengerError when Graphviz refuses the graph.
    """
    program = Path(sysconfig.get_path("scripts")) / "graphviz-pure"
    done = subprocess.run([program, "-Tsvg"], input=dot, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MessengerError(f"graphviz-pure did not draw the diagram: {done.stderr.strip()}")
    return done.stdout[done.stdout.index("<svg") :]
