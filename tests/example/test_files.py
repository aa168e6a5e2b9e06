"""The example is small, has no SQL, and uses of the package only the hot paths and two helpers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "chat"
FILES = sorted(EXAMPLE.rglob("*.py"))

SQL = re.compile(
    r"\b(SELECT|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|WITH\s+\w+\s+AS|CREATE|ALTER|DROP|MERGE|TRUNCATE|LOCK|CALL|"
    r"COPY|LISTEN|NOTIFY|BEGIN|COMMIT)\b",
)
# What runs SQL with psycopg.
RUNNING = {"execute", "executemany", "cursor", "copy", "stream_rows", "transaction", "pipeline"}
USED = {f"messenger_db.{name}" for name in ("hot_paths", "hot_paths.statements", "retry", "violated_rule")}


def complaints(source: str) -> Iterator[str]:
    """Say what of a module is, or runs, SQL, or is an import of something else of the package."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
            yield f"line {node.lineno} has SQL"
        elif isinstance(node, ast.Attribute) and node.attr in RUNNING:
            yield f"line {node.lineno} runs SQL: .{node.attr}"
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            if node.module.startswith("messenger_db") and node.module not in USED:
                yield f"line {node.lineno} imports {node.module}"
        elif isinstance(node, ast.Import):
            yield from (
                f"line {node.lineno} imports {alias.name}" for alias in node.names if "messenger_db" in alias.name
            )


def test_it_has_less_than_300_lines() -> None:
    assert FILES
    assert sum(len(file.read_text(encoding="utf-8").splitlines()) for file in FILES) < 300


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_holds_no_sql(file: Path) -> None:
    assert list(complaints(file.read_text(encoding="utf-8"))) == []
    assert not list(EXAMPLE.rglob("*.sql"))


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("QUERY = 'SELECT id FROM users'", "has SQL"),
        ("QUERY = f'UPDATE {table} SET x'\nOTHER = 'UPDATE users SET status'", "has SQL"),
        ("connection.execute(query)", "runs SQL"),
        ("from messenger_db.backend import MessengerBackend", "imports"),
        ("import messenger_db.backend", "imports"),
    ],
)
def test_it_would_be_found(source: str, what: str) -> None:
    assert any(what in line for line in complaints(source))


def test_the_page_asks_nobody_else() -> None:
    page = (EXAMPLE / "page.html").read_text(encoding="utf-8")
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+|@import|url\(", page) == []
    assert "innerHTML" not in page
