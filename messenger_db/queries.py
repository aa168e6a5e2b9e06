"""Named queries: .sql files, one per subject, read by aiosql and run by psycopg2.

A query begins with `-- name: its_name(its, parameters)`. Its values are :name, whatever the driver's own syntax is, and
its identifiers {name}. aiosql's own functions to run a query are not used: they compose no identifiers, and they run
neither COPY nor a cursor of the server's. Its readers of the files are used, which check the parameters and translate
their syntax.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiosql.adapters.pyformat import PyFormatAdapter
from aiosql.query_loader import QueryLoader
from aiosql.types import SQLOperationType
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor


@dataclass(frozen=True)
class Query:
    """A statement, or several with semicolons between them, and what its {name} stand for."""

    text: str  # in psycopg2's syntax: %(name)s, and %% for %
    names: Mapping[str, sql.Composable] = field(default_factory=dict)

    def naming(self, **names: sql.Composable) -> "Query":
        """Return the query with its {name} given: a sql.Identifier, the result of `identifiers`, and the like."""
        return replace(self, names=names)

    def execute(self, cursor: Cursor, **parameters: object) -> None:
        """Run the query with the values of its :name. Raises psycopg2.Error, and KeyError for a missing value."""
        cursor.execute(self._composed(cursor), parameters)

    def statement(self, cursor: Cursor, **parameters: object) -> str:
        """Return the SQL that `execute` runs. Raises KeyError for a missing value."""
        statement: bytes = cursor.mogrify(self._composed(cursor), parameters)
        return statement.decode()

    def _composed(self, cursor: Cursor) -> sql.Composed | str:
        if not self.names:
            return self.text
        # A percent sign in a name would be a placeholder to psycopg2.
        names = {name: sql.SQL(part.as_string(cursor).replace("%", "%%")) for name, part in self.names.items()}
        return sql.SQL(self.text).format(**names)


class Queries(Mapping[str, Query]):
    """The queries of a folder's .sql files as "subject.name", the subject being the name of the file.

    A file is read when one of its queries is first asked for, as reading all of them takes longer than most commands.
    Raises aiosql's SQLParseException for a query without a name or parameters that are not the declared ones, and
    ValueError for a name that occurs twice in a file.
    """

    def __init__(self, folder: Path) -> None:
        self._files = {path.stem: path for path in sorted(folder.glob("*.sql"))}
        self._loaded: dict[str, dict[str, Query]] = {}

    def __getitem__(self, name: str) -> Query:
        """Return the query "subject.name". Raises KeyError where there is none."""
        return self._subject(name.partition(".")[0])[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of all queries."""
        for subject in self._files:
            yield from self._subject(subject)

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(len(self._subject(subject)) for subject in self._files)

    def _subject(self, subject: str) -> dict[str, Query]:
        if subject not in self._loaded:
            path = self._files[subject]
            loader = QueryLoader(_Adapter(), None)  # type: ignore[no-untyped-call]
            found = loader.load_query_data_from_file(path, [subject], encoding="utf-8")
            twice = [name for name, times in Counter(query.query_name for query in found).items() if times > 1]
            if twice:
                raise ValueError(f"{path} has more than one query {', '.join(twice)}")
            self._loaded[subject] = {query.query_name: Query(query.sql) for query in found}
        return self._loaded[subject]


def identifiers(names: Iterable[str]) -> sql.Composed:
    """Return the names as identifiers with commas between them."""
    return sql.SQL(", ").join(map(sql.Identifier, names))


class _Adapter(PyFormatAdapter):
    """Translates :name to %(name)s, and % to %%, which psycopg2 takes for %."""

    def process_sql(self, query_name: str, op_type: SQLOperationType, sql: str) -> str:
        """Return the statement in psycopg2's syntax."""
        translated: str = super().process_sql(query_name, op_type, sql.replace("%", "%%"))  # type: ignore[no-untyped-call]
        return translated
