"""Twelve realistic migrations are carried through the whole workflow, on databases in use."""

import os
from collections.abc import Iterator
from functools import cache

import children
import pytest
import sqlparse
from drift.commands import Commands
from drift.test_adopt import restore
from migrations.keeping import World
from psycopg import sql
from pytest_postgresql.executors import NoopExecutor
from workflow.databases import Database, new_database
from yoyo import connections

from messenger_db.backend import open_backend
from messenger_db.commands import up_down
from messenger_db.commands.adopt import adopt
from messenger_db.embedded.binaries import wheel
from messenger_db.folders import migrations
from messenger_db.sql_analysis import migration_files, parse

from . import release
from .sequences import Carried, Sequence, documented, edited, read_sequences, use_as_edited

TENANT = "tenant"

# A dump can come without them.
MIGRATION_TABLES = "_yoyo_log, _yoyo_migration, _yoyo_sums, _yoyo_version"

# All stages and all recipes but trigger and unique; SEQUENCES=all carries the others through as well.
SAMPLE = ("polls", "disappearing messages", "a NOT NULL column", "a renamed column")
SEQUENCES = [
    sequence for sequence in read_sequences() if sequence.name in SAMPLE or os.environ.get("SEQUENCES") == "all"
]


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    """Read each text once: a command is a process of its own and does so a few times, these tests a thousand times."""
    split = cache(sqlparse.split)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlparse, "split", lambda text: list(split(text)))
        patch.setattr(migration_files, "parse", cache(parse.parse))
        patch.setattr(migration_files, "tokens", cache(parse.tokens))
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


@pytest.mark.parametrize("sequence", SEQUENCES, ids=lambda sequence: sequence.name)
def test_it_is_carried_through_the_workflow(
    sequence: Sequence, commands: Commands, database: Database, empty: Database
) -> None:
    carried, restored = Carried(commands, database), Carried(commands, empty)
    before = carried.world()
    for part in sequence.parts:
        carried.plans(carried.write(part), is_down=False)
        if part.unfilled:
            carried.refused(part.unfilled, up_down.apply)
            restore_into(empty, database)
            carried.fill(part.fill)
        carried.done(up_down.apply)
        carried.check()
        if part is sequence.parts[0] and not any(part.unfilled for part in sequence.parts):
            restore_into(empty, database)
    carried.validate()
    kept(before, carried.world(), sequence)
    made = carried.above_first()

    restored.execute(f"DROP TABLE {MIGRATION_TABLES}")
    restored.done(adopt)
    restored.up_at_once(sequence)
    kept(before, restored.world(), sequence)

    carried.execute(sequence.use)
    if sequence.edits:
        edited(commands.folder, sequence.edits)
        use_as_edited(commands.folder, carried.url, 2)
    else:
        release.seed(carried.url, 2)
        release.make_rows(carried.url)
        release.measure(carried.url)
        documented(carried.url)
    carried.check()

    carried.plans(made, is_down=True)
    assert is_refused_where_rows_would_be_lost(carried, sequence) == bool(sequence.refused)
    carried.plans(made, is_down=False)
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


def is_refused_where_rows_would_be_lost(carried: Carried, sequence: Sequence) -> bool:
    """Take the migrations back one by one; return whether one refused to, and lost nothing."""
    is_refused = False
    before = carried.world()
    while left := carried.above_first():
        said = carried.run(up_down.down, 1)
        if said.error:
            assert sequence.refused in said.error
            assert not is_refused
            assert carried.above_first() == left
            kept(before, carried.world(), sequence)
            carried.execute(sequence.clear)
            is_refused, before = True, carried.world()
    carried.check()
    kept(before, carried.world(), sequence)
    return is_refused


def restore_into(database: Database, source: Database) -> None:
    """Restore what pg_dump writes of a database, with its rows."""
    dump = children.run([str(wheel() / "bin" / "pg_dump"), f"--dbname={source.url()}"], check=True).stdout
    with database.connect() as db:
        restore(dump, db)


def kept(before: World, after: World, sequence: Sequence) -> None:
    """See that no row has changed, as far as the tables and columns are there before and after."""
    for table in before.keys() & after.keys():
        columns = [
            column
            for column in before[table].columns
            if column in after[table].columns and f"{table}.{column}" not in sequence.changed
        ]
        assert before[table].of(columns) == after[table].of(columns), table
