"""What a schema holds, as PostgreSQL's catalog says, in words that compare between schemas."""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from psycopg2.extensions import connection as Connection  # noqa: N812 (psycopg2 names its classes like functions)

from messenger_db.errors import printable
from messenger_db.sql import statement

# Each is a query: the relation that the object is part of, the object's name, and what there is to say of it.
KINDS = ("relation", "column", "constraint", "index", "trigger", "policy", "rule", "function", "type")


class Thing(NamedTuple):
    """An object; `relation` is the one that it is part of, or itself, and None where it stands alone."""

    relation: str | None
    kind: str
    name: str


# The first fact of each thing is its definition.
Catalog: TypeAlias = dict[Thing, dict[str, str | None]]


def snapshot(connection: Connection) -> Catalog:
    """Return what the schema of the connection's search_path holds; the search_path ends with the transaction."""
    catalog: Catalog = {}
    with connection.cursor() as cursor:
        cursor.execute(statement("narrow_search_path"))
        for kind in KINDS:
            cursor.execute(statement(f"catalog_{kind}"))
            _, _, *facts = [column.name for column in cursor.description or ()]
            for relation, name, *values in cursor:
                # The first query says which relations count; what is part of another one does not.
                if kind == "relation" or relation is None or Thing(relation, "relation", relation) in catalog:
                    catalog[Thing(relation, kind, name)] = dict(zip(facts, values, strict=True))
    return catalog


def differences(expected: Catalog, found: Catalog) -> list[str]:
    """Return a line for each difference: object, what of it, what is expected and what is found.

    Of an object that only one of them has, its definition is all that is said, and nothing of its parts.
    """
    return [
        printable(f"{name}: {what}: expected {_shown(wanted)}, found {_shown(got)}")
        for name, what, wanted, got in _differing(expected, found)
    ]


def _differing(expected: Catalog, found: Catalog) -> Iterator[tuple[str, str, str | None, str | None]]:
    for thing in sorted(expected.keys() | found.keys(), key=_place):
        whole = Thing(thing.relation, "relation", thing.relation or "")
        if thing != whole and (whole in expected) != (whole in found):
            continue
        wanted, got = expected.get(thing), found.get(thing)
        if wanted is None or got is None:
            yield thing.name, thing.kind, _definition(wanted), _definition(got)
            continue
        for what, value in wanted.items():
            if _restated(value) != _restated(got[what]):
                yield thing.name, what, value, got[what]


def _place(thing: Thing) -> tuple[str, int, str]:
    return thing.relation or "", KINDS.index(thing.kind), thing.name


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
