"""What is blank does not depend on the locale of the database."""

import psycopg
import pytest
from psycopg import sql

from .cases import TABLES
from .cases.table import BLANK_PIECES, BLANKS
from .cases.world import insert

VALID = {table.name: table.valid for table in TABLES}


@pytest.mark.parametrize("blank", BLANK_PIECES, ids=range(len(BLANK_PIECES)))
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("users", "display_name"),
        ("chats", "name"),
        ("messages", "content"),
        ("attachments", "file_name"),
        ("message_reactions", "emoji"),
    ],
)
def test_blank_is_blank_where_the_locale_knows_ascii_alone(
    world: psycopg.Connection, table: str, column: str, blank: str
) -> None:
    compare_as_c(world, table, column)
    with pytest.raises(psycopg.errors.CheckViolation):
        insert(world, table, VALID[table] | {column: blank})


@pytest.mark.parametrize("space", [space for space in BLANKS if space.isspace()], ids=ascii)
def test_no_emoji_has_a_space_where_the_locale_knows_ascii_alone(world: psycopg.Connection, space: str) -> None:
    compare_as_c(world, "message_reactions", "emoji")
    with pytest.raises(psycopg.errors.CheckViolation):
        insert(world, "message_reactions", VALID["message_reactions"] | {"emoji": f"x{space}"})


def compare_as_c(db: psycopg.Connection, table: str, column: str) -> None:
    db.execute(
        sql.SQL('ALTER TABLE {} ALTER {} TYPE text COLLATE "C"').format(sql.Identifier(table), sql.Identifier(column))
    )
