"""The mutants of a migrated database, made from its catalog, so that a new migration brings its own."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psycopg
from mutation import grammar

FOLDER = Path(__file__).parent / "sql"


class Definition(NamedTuple):
    """A row of the queries: a mutant when it says what it changes, else a definition to vary.

    `before` makes room for the changed definition, `after` puts back what went with the old one.
    """

    kind: str
    relation: str
    thing: str
    what: str | None
    before: str
    definition: str
    after: str

    def script(self, definition: str) -> str:
        """Return the statements that put another definition in the place of this one."""
        return ";\n".join(filter(None, (self.before, definition, self.after)))


@dataclass(frozen=True)
class Mutant:
    """One change of the schema, and the statements that make it."""

    kind: str
    relation: str
    thing: str
    name: str
    script: str


def definitions(connection: psycopg.Connection) -> list[Definition]:
    """Read what there is to change in the schema."""
    queries = sorted(FOLDER.glob("*.sql"))
    rows = [Definition(*row) for query in queries for row in connection.execute(query.read_bytes())]
    return sorted(rows, key=lambda row: (row.kind, row.thing, row.what or "", row.definition))


def mutants(connection: psycopg.Connection) -> Iterator[Mutant]:
    """Yield the mutants of the schema, each with a name of its own, those too that PostgreSQL does not take."""
    rows = definitions(connection)
    values = sorted({value for row in rows if row.kind == "CHECK" for value in grammar.listed(row.definition)})
    seen: Counter[str] = Counter()
    for row in rows:
        varied = [(row.what, row.definition)] if row.what else grammar.variants(row.definition, values)
        for what, definition in varied:
            name = f"{row.thing}: {what}"
            seen[name] += 1
            if seen[name] > 1:
                name = f"{name} ({seen[name]})"
            yield Mutant(row.kind, row.relation, row.thing, name, row.script(definition))


def refusal(connection: psycopg.Connection, mutant: Mutant) -> str | None:
    """Return why PostgreSQL does not take a mutant, None when it does; nothing of it stays."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(mutant.script.encode())
    except psycopg.Error as error:
        return error.diag.message_primary
    return None
