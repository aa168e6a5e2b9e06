"""What is blank does not depend on the locale of the database."""

import psycopg
import pytest
from psycopg import sql

from .cases import TABLES
from .cases.table import BLANKS, NOT_BLANKS
from .cases.world import insert
from .queries import execute, read, run

VALID = {table.name: table.valid for table in TABLES}


def test_is_blank_where_the_locale_knows_ascii_alone(db: psycopg.Connection) -> None:
    execute(db, "is_blank_as_c")
    ((shown, spaces),) = db.execute(read("blanks_as_c"), [[*BLANKS, *NOT_BLANKS]]).fetchall()
    assert set(shown) == set(NOT_BLANKS)
    assert set(spaces) == set(" \t\n\v\f\r")


@pytest.mark.parametrize("space", [space for space in BLANKS if space.isspace()], ids=ascii)
def test_no_emoji_has_a_space_where_the_locale_knows_ascii_alone(world: psycopg.Connection, space: str) -> None:
    compare_as_c(world, "message_reactions", "emoji")
    with pytest.raises(psycopg.errors.CheckViolation):
        insert(world, "message_reactions", VALID["message_reactions"] | {"emoji": f"x{space}"})


def compare_as_c(db: psycopg.Connection, table: str, column: str) -> None:
    db.execute(
        sql.SQL('ALTER TABLE {} ALTER {} TYPE text COLLATE "C"').format(sql.Identifier(table), sql.Identifier(column))
    )


def test_what_is_blank_is_the_same_wherever_it_is_listed(db: psycopg.Connection) -> None:
    patterns = dict(run(db, "blank_patterns"))
    assert set(patterns) == {
        "is_blank",
        "message_reactions_emoji_not_blank",
        "messages_content_not_blank",
        "users_display_name_not_blank",
    }
    assert len(set(patterns.values())) == 1
