"""Twelve realistic migrations are carried through the whole workflow, on databases in use."""

from collections.abc import Iterator
from pathlib import Path

import children
import pytest
from drift.commands import Commands
from drift.test_adopt import restore
from migrations.keeping import World
from psycopg import sql
from pytest_postgresql.executors import NoopExecutor
from reference.test_pages import facts, unescaped
from workflow.databases import Database, new_database

from messenger_db.backend import open_backend
from messenger_db.commands import up_down
from messenger_db.embedded.binaries import wheel
from messenger_db.folders import migrations
from messenger_db.hot_paths import statements

from . import release
from .sequences import Carried, Sequence, edited, read_sequences, use_as_edited

TENANT = "tenant"


@pytest.fixture(scope="session")
def seeded(postgresql_noproc: NoopExecutor) -> Iterator[Database]:
    """A database whose schema public has rows in all tables; the schema tenant has the tables alone."""
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


@pytest.mark.parametrize("sequence", read_sequences(), ids=lambda sequence: sequence.name)
def test_it_is_carried_through_the_workflow(
    sequence: Sequence, commands: Commands, database: Database, postgresql_noproc: NoopExecutor
) -> None:
    steps = sequence.steps
    carried, tenant = Carried(commands, database), Carried(commands, database, TENANT)
    before = carried.world()
    with new_database(postgresql_noproc) as other:
        restored = Carried(commands, other)
        for number, step in enumerate(steps, start=1):
            carried.write(step)
            carried.up(step)
            if number == 1:
                with other.connect() as db:
                    restore(dump(database), db)
                restored.check()
            else:
                restored.up(step)
        carried.valid()
        kept(before, restored.world(), sequence)
        restored.down(steps)
    kept(before, carried.world(), sequence)

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
    carried.down(steps)
    kept(before, carried.world(), sequence)
    said = carried.done(up_down.apply)
    assert [line.split()[0] for line in said.lines] == ["applied"] * len(steps)
    carried.check()

    before = carried.world()
    tenant.done(up_down.apply)
    if not sequence.edits:
        release.seed(tenant.url, 2)
    tenant.check()
    tenant.down(steps)
    carried.check()
    assert carried.world() == before


def refuses(carried: Carried, sequence: Sequence) -> None:
    """Use what the sequence makes: going down is refused then, with nothing lost, until the rows are gone."""
    with carried.connect() as db:
        db.execute(sequence.use.encode())
    used = carried.world()
    said = carried.run(up_down.down, len(sequence.steps))
    assert said.error
    assert sequence.refused in said.error
    carried.done(up_down.apply)
    assert carried.world() == used
    with carried.connect() as db:
        db.execute(sequence.clear.encode())


def kept(before: World, after: World, sequence: Sequence) -> None:
    """See that no row has changed, as far as both have its columns."""
    for table, rows in before.items():
        if table not in after:
            continue
        gone = {column for column in rows.columns if f"{table}.{column}" in sequence.lost}
        columns = [column for column in rows.columns if column in after[table].columns and column not in gone]
        assert rows.of(columns) == after[table].of(columns), table


def dump(database: Database) -> str:
    """Return what pg_dump writes of a database, rows and migration tables too."""
    return children.run([str(wheel() / "bin" / "pg_dump"), f"--dbname={database.url()}"], check=True).stdout
