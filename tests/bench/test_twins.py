"""What make bench compares: every hot path, with a twin on the plain layouts that PostgreSQL understands."""

import psycopg
import pytest

from bench.cases import CASES, CONSTANTS
from bench.layouts import HERE, LAYOUTS, PLAIN, call, create_calls
from messenger_db.hot_paths import HotPath, hot_path, names

# What a script's first lines set.
DRAWN = {"row", "size"}
# A variable that is not set is NULL.
NULL = {"reply_to_id", "added_by"}


def test_every_path_with_a_twin_is_measured() -> None:
    measured = {name for case in CASES for name in case.timed}
    assert measured <= set(names())
    assert {file.stem for file in (HERE / "plain").glob("*.sql")} == measured


def test_twins_take_what_the_paths_take() -> None:
    # A page of the plain history begins at a time.
    for case in CASES:
        for name in case.timed:
            assert set(PLAIN.path(name).parameters) - set(hot_path(name).parameters) <= {"before_at", "after_at"}


def test_twins_and_choices_are_understood(db: psycopg.Connection) -> None:
    if db.info.server_version < 180000:
        pytest.skip("make bench runs on PostgreSQL 18, whose uuidv7() the tuned layout uses")
    for layout in LAYOUTS:
        layout.create(db)
    create_calls(db)
    for layout in LAYOUTS:
        db.execute("SELECT set_config('search_path', %s, true)", [layout.schema])
        for case in CASES:
            given = CONSTANTS.keys() | DRAWN | NULL
            for step in (*case.before, *case.timed):
                statement = layout.path(step) if step in names() else call(step)
                assert set(statement.parameters) <= given, f"{case.name} on {layout.name}: {step}"
                given |= prepared(db, statement)


def prepared(db: psycopg.Connection, path: HotPath) -> set[str]:
    """Let the server parse it, run it with NULLs, and return its columns."""
    try:
        with db.transaction():
            cursor = db.execute(path.for_psycopg.encode(), dict.fromkeys(path.parameters))
    except psycopg.errors.NotNullViolation:
        return set()  # it was understood
    except psycopg.Error as error:
        pytest.fail(f"{path.name}: {error}")
    return {column.name for column in cursor.description or ()}
