"""Named queries: their parameters, identifiers and percent signs, and the files that are refused."""

import ast
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from aiosql import SQLParseException
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from messenger_db import sql as package
from messenger_db.queries import Queries, Query, identifiers
from seeds import sql as of_seeds

ODD = 'odd "name" %s'


@pytest.fixture
def cursor(shared_database: str) -> Iterator[Cursor]:
    with closing(psycopg2.connect(shared_database)) as connection, connection.cursor() as cursor:
        yield cursor


def queries(folder: Path, text: str) -> Mapping[str, Query]:
    (folder / "odd.sql").write_text(f"-- About the file: it's not part of a query.\n\n{text}", encoding="utf-8")
    return dict(Queries(folder))


def test_values_percent_signs_and_casts(cursor: Cursor, tmp_path: Path) -> None:
    text = (
        "-- name: all(value, items)\n-- It's :odd.\nSELECT :value::text || '%', 'a:b', '%s', 2 = ANY (:items), 5 % 3;"
    )
    queries(tmp_path, text)["odd.all"].execute(cursor, value="x%(y)s", items=[1, 2])
    assert cursor.fetchone() == ("x%(y)s%", "a:b", "%s", True, 2)


def test_a_query_without_parameters_keeps_its_percent_signs(cursor: Cursor, tmp_path: Path) -> None:
    queries(tmp_path, "-- name: one()\nSELECT '%', format('%s%%', 1);")["odd.one"].execute(cursor)
    assert cursor.fetchone() == ("%", "1%")


def test_identifiers_are_composed_beside_values(cursor: Cursor, tmp_path: Path) -> None:
    loaded = queries(
        tmp_path, "-- name: rename(value)\nSELECT {columns}, '%' FROM (SELECT :value, 2) AS t ({columns});"
    )
    loaded["odd.rename"].naming(columns=identifiers([ODD, "b"])).execute(cursor, value=1)
    assert cursor.fetchone() == (1, 2, "%")
    assert cursor.description
    assert cursor.description[0].name == ODD


def test_a_query_as_the_statement_it_is(cursor: Cursor, tmp_path: Path) -> None:
    query = queries(tmp_path, "-- name: copy()\nCOPY {table} FROM STDIN (NULL '%');")["odd.copy"]
    expected = """COPY "odd ""name"" %s" FROM STDIN (NULL '%');"""
    assert query.naming(table=sql.Identifier(ODD)).statement(cursor) == expected


def test_a_value_that_is_missing_is_an_error(cursor: Cursor, tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="value"):
        queries(tmp_path, "-- name: one(value)\nSELECT :value;")["odd.one"].execute(cursor)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("-- name: one()\nSELECT :value;", SQLParseException, "undeclared parameter name"),
        ("-- name: one(value)\nSELECT 1;", SQLParseException, "unused declared parameter"),
        ("-- name: one\nSELECT 1;", SQLParseException, "missing mandatory parameter list"),
        ("-- name: one()\nSELECT 1;\n-- name: one()\nSELECT 2;", ValueError, r"more than one query odd\.one"),
    ],
)
def test_a_file_that_is_wrong_is_refused(tmp_path: Path, text: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        queries(tmp_path, text)


@pytest.mark.parametrize(
    ("folder", "loaded"), [("messenger_db", package.QUERIES), ("seeds", of_seeds.QUERIES)], ids=["package", "seeds"]
)
def test_each_query_is_used_somewhere(folder: str, loaded: Mapping[str, Query]) -> None:
    files = (Path(__file__).parents[2] / folder).rglob("*.py")
    assert loaded.keys() - {name for file in files for name in names_in(file.read_text(encoding="utf-8"))} == set()


def names_in(source: str) -> set[str]:
    """Return the strings of a Python file, and those that its f-strings such as f"subject.{name}" can make of them."""
    nodes = list(ast.walk(ast.parse(source)))
    strings = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    subjects = {part for part in strings if part.endswith(".") and part[:-1].isidentifier()}
    return strings | {subject + name for subject in subjects for name in strings}
