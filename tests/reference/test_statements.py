"""The typed face of the hot paths is as the server describes them."""

from pathlib import Path

import psycopg

from messenger_db.hot_paths import names, statements
from messenger_db.reference.hot_path_types import typed


def test_it_is_up_to_date(db: psycopg.Connection) -> None:
    written = Path(str(statements.__file__)).read_text(encoding="utf-8")
    assert typed(db) == written, "messenger_db/hot_paths/statements.py is old: run make docs"


def test_every_hot_path_is_in_it() -> None:
    for protocol in (statements.Statements, statements.AsyncStatements):
        assert {name for name in vars(protocol) if not name.startswith("_")} == set(names())
    assert len(statements.ROW_CLASSES) == len(names())
