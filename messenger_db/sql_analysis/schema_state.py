"""The schema that a sequence of statements leaves, as far as the effects of the next statement depend on it.

It is what the files say, without a server. What they say nothing about is empty.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from messenger_db.sql_analysis.nodes import Node, ast, words
from messenger_db.sql_analysis.parse import Statement

# The bits of CREATE TRIGGER's events.
INSERT, UPDATE = 4, 16


class Column(NamedTuple):
    """A column: the name of its type without a schema, the numbers in brackets after it, and whether it is NOT NULL.

    `declaration` is what gave it its type; `default` and `generated` are expressions.
    """

    type: str = ""
    modifiers: tuple[int, ...] = ()
    is_not_null: bool = False
    declaration: Node = None
    default: Node = None
    generated: Node = None
    comment: str = ""


class Check(NamedTuple):
    """A CHECK constraint."""

    expression: Node
    is_valid: bool
    comment: str = ""


class ForeignKey(NamedTuple):
    """A foreign key: its columns, and what it references, the primary key where it names no columns."""

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...] = ()


class Index(NamedTuple):
    """An index; that of a constraint has no `statement`. An expression stands as a node among the columns."""

    table: str
    columns: tuple[Node, ...]
    is_unique: bool = False
    is_primary: bool = False
    statement: Node = None


class Trigger(NamedTuple):
    """A trigger for each row: its events, as bits, and the columns of UPDATE OF, none for all."""

    events: int
    columns: frozenset[str]

    def fires_for_update_of(self, columns: Iterable[str]) -> bool:
        """Return whether it fires when any of the columns is updated."""
        return bool(self.events & UPDATE) and (not self.columns or self.columns.issuperset(columns))


@dataclass(frozen=True)
class Table:
    """A table, a view or a materialized view, which has `sources`."""

    columns: Mapping[str, Column] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    foreign_keys: Mapping[str, ForeignKey] = field(default_factory=dict)
    triggers: Mapping[str, Trigger] = field(default_factory=dict)  # those for each row
    parent: str = ""
    is_default: bool = False
    has_row_security: bool = False
    policies: frozenset[str] = frozenset()
    sources: tuple[str, ...] = ()


# What holds queries that run later, or that are counted with it.
DEFINING = (ast.ViewStmt, ast.CreateTableAsStmt, ast.RuleStmt, ast.CreatePolicyStmt, ast.AlterPolicyStmt)

# What runs the functions that it names.
EXECUTING = (
    ast.SelectStmt,
    ast.InsertStmt,
    ast.UpdateStmt,
    ast.DeleteStmt,
    ast.MergeStmt,
    ast.CallStmt,
    ast.DoStmt,
)


@dataclass
class SchemaState:
    """Its objects by name; `new` has what was created since the migration began."""

    tables: dict[str, Table] = field(default_factory=dict)
    indexes: dict[str, Index] = field(default_factory=dict)
    statistics: dict[str, str] = field(default_factory=dict)  # the table of each
    functions: dict[str, Statement] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)

    def copy(self) -> "SchemaState":
        """Return one that changes by itself."""
        return SchemaState(
            dict(self.tables), dict(self.indexes), dict(self.statistics), dict(self.functions), set(self.new)
        )

    def table(self, name: str) -> Table:
        """Return a table, an empty one where nothing is known about it."""
        return self.tables.get(name, Table())

    def table_of_index(self, name: str) -> str:
        """Return the table of an index, or the index's own name where no statement creates it."""
        return self.indexes[name].table if name in self.indexes else name

    def primary_key(self, table: str) -> tuple[str, ...]:
        """Return the columns of a table's primary key, none where no statement gives it one."""
        found = (index.columns for index in self.indexes.values() if index.table == table and index.is_primary)
        return next(found, ())

    def partitions(self, name: str) -> list[str]:
        """Return the partitions of a table, and theirs."""
        found: list[str] = []
        parents = {name}  # SQL that no server takes can go round in a circle
        while parents:
            below = [child for child, table in self.tables.items() if table.parent and table.parent in parents]
            parents = set(below) - {name, *found}
            found += sorted(parents)
        return found

    def default_partition(self, parent: str) -> str | None:
        """Return the default partition of a table."""
        found = (name for name, table in self.tables.items() if table.parent == parent and table.is_default)
        return next(found, None)

    def referencing(self, name: str) -> list[str]:
        """Return the tables with a foreign key to a table."""
        return [
            other
            for other, table in self.tables.items()
            if any(key.target == name for key in table.foreign_keys.values())
        ]

    def running(self, statement: Statement) -> list[Node]:
        """Return the nodes of what runs with a statement: the bodies of the functions it calls, not one it creates."""
        if isinstance(statement.node, ast.CreateFunctionStmt):
            return []
        if isinstance(statement.node, DEFINING):
            return [statement.node]
        return [*statement.nodes, *(node for function in self.called(statement) for node in function.nodes[1:])]

    def called(self, statement: Statement) -> list[Statement]:
        """Return what created the functions that run with a statement."""
        found: dict[str, Statement] = {}
        left = list(statement.nodes) if isinstance(statement.node, EXECUTING) else []
        while left:
            node = left.pop()
            name = words(node.funcname)[-1] if isinstance(node, ast.FuncCall) else ""
            if name in self.functions and name not in found:
                found[name] = self.functions[name]
                left += found[name].nodes
        return list(found.values())


def column_of(definition: Node) -> Column:
    """Return a column of the type that a definition of a column, or of its new type, declares, and nothing else."""
    name = definition.typeName
    values = (getattr(modifier, "val", None) for modifier in name.typmods or ())
    modifiers = tuple(value.ival or 0 for value in values if isinstance(value, ast.Integer))
    return Column(words(name.names)[-1] + "[]" * len(name.arrayBounds or ()), modifiers, declaration=definition)


def columns_in(expression: Node) -> set[str]:
    """Return the names of the columns in an expression."""
    return {words(node.fields)[-1] for node in below(expression) if isinstance(node, ast.ColumnRef)}


def functions_in(expression: Node) -> set[str]:
    """Return the names of the functions in an expression."""
    return {words(node.funcname)[-1] for node in below(expression) if isinstance(node, ast.FuncCall)}


def sources_of(query: Node) -> list[str]:
    """Return the relations that a query reads, those that its own WITH makes left out."""
    nodes = list(below(query))
    own = {node.ctename for node in nodes if isinstance(node, ast.CommonTableExpr)}
    names = [node.relname for node in nodes if isinstance(node, ast.RangeVar)]
    return [name for name in dict.fromkeys(names) if name not in own]


def below(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes in it."""
    if isinstance(node, tuple | list):
        for part in node:
            yield from below(part)
    elif isinstance(node, ast.Node):
        yield node
        for name in node:
            yield from below(getattr(node, name))
