"""What a hostile application can do with the role of make db-grant: each attack ends as attacks.toml says."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import dict_row
from pytest_postgresql.executors import NoopExecutor
from workflow.databases import new_database, new_role

from messenger_db.commands.grant import grant
from messenger_db.hot_paths import hot_path
from messenger_db.reference.kept import kept_by_the_application

from .world import NAMES, build

ROOT = Path(__file__).parents[2]

# Nothing may take long, however it was made: the slowest takes a twentieth of this.
LONGEST_MILLISECONDS = 10_000


@dataclass(frozen=True)
class Attack:
    """A statement of the application's own or a hot path, and how it ends: one of the last four is set."""

    name: str
    sql: str = ""
    path: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    schema: str | None = None
    rights: bool | None = None
    answer: dict[str, Any] | None = None
    listed: str | None = None

    def run(self, db: psycopg.Connection) -> psycopg.Cursor[dict[str, Any]]:
        """Run it; return the cursor of its last statement."""
        cursor = psycopg.ClientCursor(db, row_factory=dict_row)
        if not self.path:
            cursor.execute(named(self.sql, db))
            while cursor.nextset():
                pass
            return cursor
        path = hot_path(self.path)
        assert set(self.parameters) <= set(path.parameters)
        values = dict.fromkeys(path.parameters) | {
            parameter: value
            for parameter, expression in self.parameters.items()
            for (value,) in db.execute(named(f"SELECT ({expression})::text", db)).fetchall()
        }
        return cursor.execute(path.for_psycopg.encode(), values)


def attacks() -> list[Attack]:
    """Return the table."""
    table = tomllib.loads(Path(__file__).with_name("attacks.toml").read_text(encoding="utf-8"))
    return [Attack(**row) for row in table["attack"]]


ATTACKS = attacks()


def named(text: str, db: psycopg.Connection) -> bytes:
    """Put the ids of the world into a statement."""
    literals = {name: sql.Literal(str(value)).as_string(db) for name, value in NAMES.items()}
    return Template(text).substitute(literals).encode()


@pytest.fixture(scope="module")
def application(postgresql_noproc: NoopExecutor) -> Iterator[psycopg.Connection]:
    """A connection of the application's role to a database with rows in all tables; the owner has one too."""
    with (
        new_role(postgresql_noproc) as role,
        new_database(postgresql_noproc, postgresql_noproc.template_dbname) as database,
        database.connect() as owner,
        pytest.MonkeyPatch.context() as environment,
    ):
        build(owner)
        environment.setenv("DATABASE_URL", database.url())
        environment.chdir(ROOT)
        grant(role, readonly=False)
        NAMES["OWNER"] = owner.info.user
        options = f"-c statement_timeout={LONGEST_MILLISECONDS}"
        with psycopg.connect(database.url(user=role, options=options)) as db:
            yield db
        owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
def test_it_ends_as_the_table_says(application: psycopg.Connection, attack: Attack) -> None:
    with application.transaction(force_rollback=True):
        if attack.rights:
            with pytest.raises(InsufficientPrivilege):
                attack.run(application)
        elif attack.schema:
            with pytest.raises(psycopg.Error) as error:
                attack.run(application)
            assert attack.schema in (error.value.diag.constraint_name, error.value.sqlstate), error.value
        elif attack.answer is not None:
            rows = attack.run(application).fetchall()
            assert bool(rows) == bool(attack.answer)
            assert all(attack.answer.items() <= row.items() for row in rows)
        else:
            assert attack.run(application).rowcount != 0, "listed, but it does nothing"


def test_each_attack_ends_in_one_way_and_is_named_once() -> None:
    for attack in ATTACKS:
        ends = [end for end in (attack.schema, attack.rights, attack.answer, attack.listed) if end is not None]
        assert len(ends) == 1, attack.name
        assert bool(attack.sql) != bool(attack.path), attack.name
        assert attack.answer is None or attack.path, attack.name
    assert Counter(attack.name for attack in ATTACKS).most_common(1)[0][1] == 1


def test_what_is_listed_is_what_works() -> None:
    listed = [entry["id"] for entry in kept_by_the_application()]
    assert len(set(listed)) == len(listed)
    assert {attack.listed for attack in ATTACKS} - {None} == set(listed)
    assert all(entry["rule"] and entry["why"] for entry in kept_by_the_application())
