"""Templates are made once, whole or not at all, and kept while there are few."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from pytest_postgresql.config import get_config

from messenger_db import folders
from messenger_db.testing import claims, templates
from messenger_db.testing.server_address import Place
from messenger_db.testing.templates import TEMPLATES_KEPT, Project, Template

from .foreign import Foreign, databases


class Interrupted(Exception):
    pass


def template(number: int, filled: list[str]) -> Template:
    return Template(f"messenger_template_{number:08x}00000000", "template0", filled.append)


def make(place: Place, template: Template) -> None:
    with closing(place.maintain()) as connection:
        templates.make(connection, place, template)


def test_of_several_that_want_it_one_makes_it(own_server: Place) -> None:
    filled: list[str] = []
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: make(own_server, template(0xA, filled)), range(4)))
    assert len(filled) == 1
    assert template(0xA, filled).name in databases(own_server)


def test_half_a_template_is_made_anew(own_server: Place) -> None:
    def fail(database: str) -> None:
        raise Interrupted(database)

    half = Template(template(0xB, []).name, "template0", fail)
    with pytest.raises(Interrupted):
        make(own_server, half)
    assert half.unfinished in databases(own_server)
    assert half.name not in databases(own_server)
    make(own_server, template(0xB, []))
    assert half.unfinished not in databases(own_server)
    assert half.name in databases(own_server)


def test_only_the_latest_are_kept_and_those_in_use(own_server: Place) -> None:
    used, *others = [template(number, []) for number in range(TEMPLATES_KEPT + 3)]
    with closing(own_server.maintain()) as user:
        templates.make(user, own_server, used)
        for other in others:
            make(own_server, other)
        left = databases(own_server)
    assert used.name in left
    assert others[-1].name in left
    assert len(left & {other.name for other in others}) <= TEMPLATES_KEPT + 1


def test_it_is_kept_across_runs_until_a_migration_changes(
    foreign: Foreign, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    (package,) = foreign.python.parents[1].glob("lib/python*/site-packages/messenger_db")
    copy = shutil.copytree(package, foreign.pytester.path / "changed" / "messenger_db")
    monkeypatch.setenv("PYTHONPATH", str(copy.parent))
    (copy / "migrations" / "0099_more.sql").write_text("-- depends: 0001_initial_schema\nCREATE TABLE more ();\n")
    foreign.write("def test_it(messenger_db):\n    messenger_db.cursor().execute('SELECT FROM more')\n")
    foreign.run().assert_outcomes(passed=1)
    monkeypatch.setattr(folders, "shipped_folder", lambda name: copy / name)
    new = templates.plain(foreign.place, get_config(request), "", Project()).name
    with closing(foreign.place.maintain()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = %s", [new])
        made = cursor.fetchone()
        foreign.run().assert_outcomes(passed=1)
        cursor.execute("SELECT oid FROM pg_database WHERE datname = %s", [new])
        assert cursor.fetchone() == made
        assert claims.alone(connection, claims.TEMPLATE, new.split("_")[2][:8])
        templates.drop(connection, new)
