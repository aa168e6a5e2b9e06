"""Twelve realistic migrations are carried through the whole workflow, on databases in use."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import children
import pytest
import sqlparse
from drift.commands import Commands
from drift.test_adopt import restore
from migrations.keeping import World
from psycopg import sql
from pytest_postgresql.executors import NoopExecutor
from reference.test_pages import facts, unescaped
from workflow.databases import Database, new_database
from yoyo import connections

from messenger_db.backend import open_backend
from messenger_db.commands import up_down
from messenger_db.embedded.binaries import wheel
from messenger_db.folders import migrations
from messenger_db.hot_paths import statements
from messenger_db.sql_analysis import migration_files

from . import release
from .sequences import Carried, Sequence, edited, read_sequences, use_as_edited

TENANT = "tenant"


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    """Read each text once: a command is a process of its own and does so a few times, these tests a thousand times."""
    split = cache(sqlparse.split)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlparse, "split", lambda text: list(split(text)))
        patch.setattr(migration_files, "parse", cache(migration_files.parse))
        patch.setattr(migration_files, "tokens", cache(migration_files.tokens))
        patch.setattr(connections, "get_backend_class", cache(connections.get_backend_class))
        yield


@pytest.fixture(scope="module")
def seeded(postgresql_noproc: NoopExecutor) -> Iterator[Database]:
    """A database whose schema public has rows in all tables; its schema tenant has the tables alone."""
    with new_database(postgresql_noproc, postgresql_noproc.template_dbname) as database:
        release.seed(database.url(), 1)
        with database.connect() as db:
            db.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(TENANT)))
        with open_backend(database.url(schema=TENANT)) as backend:
            backend.apply_migrations(backend.to_apply(migrations()))
        yield database


@pytest.fixture
def database(postgresql_noproc: NoopExecutor, seeded: Database) -> Iterator[Database]:
    with new_database(postgresql_noproc, seeded.name) as database:
        yield database


@pytest.fixture
def empty(postgresql_noproc: NoopExecutor) -> Iterator[Database]:
    with new_database(postgresql_noproc) as database:
        yield database


@pytest.mark.parametrize("sequence", read_sequences(), ids=lambda sequence: sequence.name)
def test_it_is_carried_through_the_workflow(
    sequence: Sequence, commands: Commands, database: Database, empty: Database
) -> None:
    carried, restored = Carried(commands, database), Carried(commands, empty)
    before = carried.world()
    for number, step in enumerate(sequence.steps):
        carried.up(step)
        if number == 0:
            restore_into(empty, database)
        carried.fill(step.fill)
    carried.validate()
    kept(before, carried.world(), sequence)

    restored.check()
    restored.up_at_once(sequence)
    kept(before, restored.world(), sequence)

    if sequence.edits:
        edited(commands.folder, sequence.edits)
        use_as_edited(commands.folder, carried.url, 2)
    else:
        release.seed(carried.url, 2)
        release.make_rows(carried.url)
        schema, pages, types = release.docs(carried.url)
        assert types == Path(statements.__file__).read_text(encoding="utf-8")
        assert [fact for fact in facts(schema) if fact not in unescaped(pages["schema.md"])] == []
    carried.check()

    if sequence.refused:
        refuses(carried, sequence)
    before = carried.world()
    for step in reversed(sequence.steps):
        carried.down()
        carried.fill(step.refill)
    kept(before, carried.world(), sequence)
    carried.plans(len(sequence.steps), is_down=False)
    carried.up_at_once(sequence)

    before = carried.world()
    tenant = Carried(commands, database, TENANT)
    if sequence.edits:  # this release knows the old schema alone
        release.seed(tenant.url, 2)
        tenant.up_at_once(sequence)
    else:
        tenant.done(up_down.apply)
        release.seed(tenant.url, 2)
        tenant.check()
    tenant.down_at_once(sequence)
    carried.check()
    assert carried.world() == before


def restore_into(database: Database, source: Database) -> None:
    """Restore what pg_dump writes of a database, rows and migration tables too."""
    dump = children.run([str(wheel() / "bin" / "pg_dump"), f"--dbname={source.url()}"], check=True).stdout
    with database.connect() as db:
        restore(dump, db)


def refuses(carried: Carried, sequence: Sequence) -> None:
    """Use what the sequence makes: going down is refused then, and nothing is lost, until the rows are gone."""
    with carried.connect() as db:
        db.execute(sequence.use.encode())
    used = carried.world()
    assert sequence.refused in (carried.run(up_down.down, len(sequence.steps)).error or "")
    carried.done(up_down.apply)
    assert carried.world() == used
    with carried.connect() as db:
        db.execute(sequence.clear.encode())


def kept(before: World, after: World, sequence: Sequence) -> None:
    """See that no row has changed, as far as the tables and columns are there before and after."""
    for table in before.keys() & after.keys():
        columns = [
            column
            for column in before[table].columns
            if column in after[table].columns and f"{table}.{column}" not in sequence.changed
        ]
        assert before[table].of(columns) == after[table].of(columns), table
