"""The typed face of the hot paths is as the server describes them."""

from pathlib import Path

import psycopg
import pytest

from messenger_db.errors import MessengerError
from messenger_db.hot_paths import names, statements
from messenger_db.reference.hot_path_types import described, typed


def test_it_is_up_to_date(db: psycopg.Connection) -> None:
    written = Path(str(statements.__file__)).read_text(encoding="utf-8")
    assert typed(described(db)) == written, "messenger_db/hot_paths/statements.py is old: run make docs"


def test_every_hot_path_is_in_it() -> None:
    for protocol in (statements.Statements, statements.AsyncStatements):
        assert {name for name in vars(protocol) if not name.startswith("_")} == set(names())
    assert len(statements.ROW_CLASSES) == len(names())


def test_a_hot_path_that_names_a_dropped_column_is_named(db: psycopg.Connection) -> None:
    db.execute("ALTER TABLE chats DROP description")
    with pytest.raises(MessengerError) as refused:
        described(db)
    assert str(refused.value) == (
        "messenger-db: the hot path update_group does not fit the schema: "
        'column "description" of relation "chats" does not exist; '
        "change messenger_db/hot_paths/update_group.sql with the migration"
    )


def test_a_type_without_a_python_type_is_named(db: psycopg.Connection) -> None:
    db.execute("ALTER TABLE attachments ALTER width TYPE bigint")
    with pytest.raises(MessengerError, match="the hot path attachments has a value of the type bigint: add its Python"):
        typed(described(db))
