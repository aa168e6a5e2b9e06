"""Whether each foreign key has an index and columns of the right types, and no index says what another one says."""

from collections.abc import Iterator
from typing import NamedTuple

from pglast.enums import NullTestType
from pglast.stream import RawStream

from messenger_db.sql_analysis.migration_files import MigrationFolder
from messenger_db.sql_analysis.nodes import Node, ast
from messenger_db.sql_analysis.schema_changes import state_after, steps
from messenger_db.sql_analysis.schema_state import ForeignKey, Index, SchemaState
from messenger_db.validation.refusal import Problem, Refusal

UNINDEXED_KEY = Refusal(
    "unindexed-key",
    "Deleting a referenced row, or changing its key, reads the whole table that references it.",
    "add an index that begins with a column of the key, in this migration if the table is new, else in one before",
    is_waivable=True,
)
KEY_TYPE = Refusal(
    "key-type",
    "A foreign key between two types cannot hold all values of the other one, or cannot use its index.",
    "give the column the type of the one that it references",
    is_waivable=True,
)
REDUNDANT_INDEX = Refusal(
    "redundant-index",
    "Each write pays for an index that no query needs, because another one begins with the same columns.",
    "leave it out, or drop the other one in the same migration",
    is_waivable=True,
)


# Types that are compared, under one name where they share an index; a domain may be of any.
COMPARED = {"int2", "int4", "int8", "numeric", "text", "uuid"}
ALIASES = {
    "smallserial": "int2",
    "serial2": "int2",
    "serial": "int4",
    "serial4": "int4",
    "bigserial": "int8",
    "serial8": "int8",
    "bpchar": "text",
    "varchar": "text",
}


class Origin(NamedTuple):
    """Where the files create something."""

    file: str
    line: int


def check(folder: MigrationFolder) -> Iterator[Problem]:
    """Find keys without an index and redundant indexes in what the last migration leaves, by where they come from."""
    state = state_after(folder.forwards.values())
    origins = _origins(folder, state)
    for table_name, table in state.tables.items():
        for name, key in table.foreign_keys.items():
            place = origins[table_name, name]
            if not any(_serves(index, key) for index in state.indexes.values() if index.table == table_name):
                columns = ", ".join(key.columns)
                yield UNINDEXED_KEY.at(*place, f"the foreign key {name} has no index on {table_name} ({columns})")
            for column, wanted in _wrong_types(table_name, key, state):
                yield KEY_TYPE.at(*place, f"{table_name}.{column} is not of the type {wanted}, as in {key.target}")
    for name, index in state.indexes.items():
        if other := _covering(name, index, state):
            yield REDUNDANT_INDEX.at(*origins[index.table, name], f"the index {name} is the beginning of {other}")


def _origins(folder: MigrationFolder, last: SchemaState) -> dict[tuple[str, str], Origin]:
    """Return where each key and index got the name that it has, by its table and name."""
    found: dict[tuple[str, str], Origin] = {}
    before: tuple[str, int] | None = None
    for file, statement, state in steps(folder):
        if not file.is_rollback:
            _note(found, state, before)
            before = (file.file, statement.line)
    _note(found, last, before)
    return found


def _note(found: dict[tuple[str, str], Origin], state: SchemaState, place: tuple[str, int] | None) -> None:
    names = [(table, name) for table, known in state.tables.items() for name in known.foreign_keys]
    names += [(index.table, name) for name, index in state.indexes.items()]
    for name in names if place else ():
        found.setdefault(name, Origin(*place or ("", 0)))


def _serves(index: Index, key: ForeignKey) -> bool:
    """Return whether the rows of a key are found by an index, whatever their values are."""
    where = index.statement.whereClause if index.statement else None
    return index.columns[0] in key.columns and (where is None or _is_not_null(where))


def _is_not_null(where: Node) -> bool:
    match where:
        case ast.NullTest(nulltesttype=NullTestType.IS_NOT_NULL):
            return True
        case ast.BoolExpr(args=parts):
            return all(map(_is_not_null, parts))
    return False


def _wrong_types(table: str, key: ForeignKey, state: SchemaState) -> Iterator[tuple[str, str]]:
    """Yield the columns of a key that have another type than what they reference, with that type."""
    own, other = state.table(table).columns, state.table(key.target).columns
    for column, target in zip(key.columns, key.target_columns or state.primary_key(key.target), strict=False):
        if column in own and target in other:
            types = (ALIASES.get(type_, type_) for type_ in (own[column].type, other[target].type))
            if len({type_ for type_ in types if type_ in COMPARED}) > 1:
                yield column, other[target].type


def _covering(name: str, index: Index, state: SchemaState) -> str | None:
    """Return another index that serves all that an index serves."""
    own = _elements(index)
    if not own or index.is_unique:
        return None
    for other_name, other in state.indexes.items():
        elements = _elements(other) if other.table == index.table and other_name != name else []
        is_same = elements == own and not other.is_unique
        if elements[: len(own)] == own and not (is_same and other_name > name):
            return other_name
    return None


def _elements(index: Index) -> list[str]:
    """Return the columns of a B-tree over all rows as text; none of an index that is more special than that."""
    statement = index.statement
    if statement is None:
        return [column for column in index.columns if isinstance(column, str)]
    is_plain = statement.accessMethod == "btree" and not statement.whereClause and not statement.indexIncludingParams
    return [RawStream()(element) for element in statement.indexParams] if is_plain else []
