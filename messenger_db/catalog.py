"""What a schema holds, as PostgreSQL's catalog says, in words that compare between schemas."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from psycopg2.extensions import connection as Connection

from messenger_db.errors import printable
from messenger_db.sql import QUERIES

# Each is a query: the relation that the object is part of, the object's name, and what there is to say of it.
KINDS = ("relation", "column", "constraint", "index", "trigger", "policy", "rule", "function", "type")


class SchemaObject(NamedTuple):
    """An object; `relation` is the one that it is part of, or itself, and None where it stands alone."""

    relation: str | None
    kind: str
    name: str


# The first fact of each object is its definition.
Catalog: TypeAlias = dict[SchemaObject, dict[str, str | None]]


def snapshot(connection: Connection) -> Catalog:
    """Return what the schema of the connection's search_path holds; the search_path ends with the transaction."""
    catalog: Catalog = {}
    with connection.cursor() as cursor:
        QUERIES["catalog.narrow_search_path"].execute(cursor)
        QUERIES["catalog.relations"].execute(cursor)
        [(relations,)] = cursor.fetchall()
        for kind in KINDS:
            QUERIES[f"catalog.{kind}"].execute(cursor, relations=relations)
            _, _, *facts = [column.name for column in cursor.description or ()]
            for relation, name, *values in cursor:
                # The first query says which relations count; what is part of another one does not.
                if kind == "relation" or relation is None or SchemaObject(relation, "relation", relation) in catalog:
                    catalog[SchemaObject(relation, kind, name)] = dict(zip(facts, values, strict=True))
    return catalog


@dataclass(frozen=True)
class Difference:
    """How an object of a schema differs in one fact, such as its type or default; None where there is nothing."""

    object: str
    fact: str
    expected: str | None
    found: str | None

    def __str__(self) -> str:
        """Say it in one line."""
        return printable(f"{self.object}: {self.fact}: expected {_shown(self.expected)}, found {_shown(self.found)}")


def differences(expected: Catalog, found: Catalog) -> list[Difference]:
    """Return how two catalogs differ.

    Of an object that only one of them has, its definition is all that is said, and nothing of its parts.
    """
    return [Difference(*difference) for difference in _differing(expected, found)]


def _differing(expected: Catalog, found: Catalog) -> Iterator[tuple[str, str, str | None, str | None]]:
    for schema_object in sorted(expected.keys() | found.keys(), key=_place):
        whole = SchemaObject(schema_object.relation, "relation", schema_object.relation or "")
        if schema_object != whole and (whole in expected) != (whole in found):
            continue
        wanted, got = expected.get(schema_object), found.get(schema_object)
        if wanted is None or got is None:
            yield schema_object.name, schema_object.kind, _definition(wanted), _definition(got)
            continue
        for what, value in wanted.items():
            if _restated(value) != _restated(got[what]):
                yield schema_object.name, what, value, got[what]


def _place(schema_object: SchemaObject) -> tuple[str, int, str]:
    return schema_object.relation or "", KINDS.index(schema_object.kind), schema_object.name


def _definition(facts: dict[str, str | None] | None) -> str | None:
    return next(iter(facts.values())) if facts else None


# A dump moves the cast of `varchar IN (...)` from the list to each of its members, which means the same.
RESTATED = (("::character varying::text", "::character varying"), ("]::text[]", "]"))


def _restated(definition: str | None) -> str | None:
    for before, after in RESTATED:
        definition = definition and definition.replace(before, after)
    return definition


def _shown(definition: str | None) -> str:
    return "nothing" if definition is None else definition.strip()
