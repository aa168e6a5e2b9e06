"""make db-adopt takes a restored database that is equal, and no other."""

import children
import psycopg
import pytest
from schema.dump import dump

from messenger_db.commands import up_down
from messenger_db.commands.adopt import adopt
from messenger_db.commands.check import check
from messenger_db.embedded.binaries import wheel
from messenger_db.numbering import ids

from .commands import ROOT, SHIPPED, Commands, schemas, url

SHIPPED_IDS = ", ".join(ids(ROOT / "migrations"))


@pytest.fixture
def restored(postgresql: psycopg.Connection, empty_postgresql: psycopg.Connection) -> psycopg.Connection:
    """A database that holds what pg_dump writes of a migrated one, yoyo's tables left out."""
    restore(dump(postgresql), empty_postgresql)
    return empty_postgresql


def restore(script: str, db: psycopg.Connection) -> None:
    psql = [str(wheel() / "bin" / "psql"), "--quiet", "--no-psqlrc", url(db)]
    # An older server does not know each setting that a newer pg_dump begins with.
    children.run(psql, stdin=script, check=True)


def tables(db: psycopg.Connection) -> set[str]:
    db.rollback()
    return {name for (name,) in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}


def test_a_restored_dump_is_adopted(commands: Commands, restored: psycopg.Connection) -> None:
    commands.on(restored)
    said = commands.run(adopt)
    assert (said.lines, said.error) == ([f"recorded as applied: {SHIPPED_IDS}"], None)
    assert "nothing to apply" in commands.run(up_down.apply).lines[0]
    assert commands.run(check).error is None
    assert schemas(restored) == ["public"]
    assert restored.execute("SELECT count(*) FROM _yoyo_sums").fetchone() == (SHIPPED,)


def test_it_rolls_back_as_any_other(commands: Commands, restored: psycopg.Connection) -> None:
    commands.on(restored)
    commands.environment.setenv("CONFIRM", restored.info.dbname)
    commands.run(adopt)
    assert commands.run(up_down.down, None).error is None
    assert "users" not in tables(restored)


def test_an_older_dump_is_adopted_as_far_as_it_goes(commands: Commands, restored: psycopg.Connection) -> None:
    second = commands.write(2, "CREATE TABLE notes (id integer);", "DROP TABLE notes;")
    third = commands.write(3, "ALTER TABLE notes ADD body text;", "ALTER TABLE notes DROP body;")
    restored.execute("CREATE TABLE notes (id integer)")
    restored.commit()
    commands.on(restored)
    said = commands.run(adopt)
    assert said.lines == [f"recorded as applied: {SHIPPED_IDS}, {second}", "make db-up applies the others"]
    assert commands.run(up_down.apply).lines[0].startswith(f"applied {third} ")
    assert commands.run(check).error is None


def test_one_that_differs_is_refused_and_nothing_is_written(commands: Commands, restored: psycopg.Connection) -> None:
    restored.execute("ALTER TABLE users ALTER bio TYPE text")
    restored.commit()
    before = tables(restored)
    commands.on(restored)
    said = commands.run(adopt)
    assert said.lines == ["users.bio: type: expected character varying(500), found text"]
    assert said.error
    assert "nothing was recorded: 1 difference between" in said.error
    assert tables(restored) == before
    assert schemas(restored) == ["public"]


def test_one_that_has_its_marks_is_refused(commands: Commands, postgresql: psycopg.Connection) -> None:
    commands.on(postgresql)
    said = commands.run(adopt)
    assert said.error
    assert "there is nothing to adopt" in said.error


def test_an_empty_one_is_refused(commands: Commands, empty_postgresql: psycopg.Connection) -> None:
    commands.on(empty_postgresql)
    said = commands.run(adopt)
    assert said.error
    assert "has nothing to adopt: make db-up" in said.error
    assert tables(empty_postgresql) == set()
