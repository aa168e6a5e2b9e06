"""What the operations guide says of roles, backups and the migration lock, done as it is written there."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import psycopg
import pytest
from drift.commands import ROOT, Commands, url
from psycopg import sql
from pytest_postgresql.executors import NoopExecutor
from workflow.databases import Database, missing_database, new_role

from messenger_db.commands import up_down
from messenger_db.commands.grant import grant
from messenger_db.embedded.binaries import wheel

GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def code(first_words: str) -> str:
    """Return the lines of a code block of the guide, from the one that begins so to its end."""
    found = re.search(rf"^ +{re.escape(first_words)}.*\n(?: {{4,}}.*\n)*", GUIDE, re.MULTILINE)
    assert found, first_words
    return found[0]


def lacking_rights(rights: list[str], guide: str) -> list[str]:
    """Return what to add to the guide: a line for each table whose rights it does not have."""
    lines = (line.strip() for line in rights)
    return [f"docs/operations.md: add to the rights: {line}" for line in lines if f"    {line}\n" not in guide]


@pytest.mark.parametrize("readonly", [False, True], ids=["application", "reporting"])
def test_the_rights_are_those_of_the_guide(
    commands: Commands, postgresql: psycopg.Connection, postgresql_noproc: NoopExecutor, readonly: bool
) -> None:
    commands.on(postgresql)
    with new_role(postgresql_noproc) as role:
        _, *rights, _ = commands.run(grant, role, readonly).lines
        lacking = lacking_rights(rights, GUIDE)
        assert not lacking, lacking[0]
        assert "\n".join(rights).replace("  ", "    ") in GUIDE
        postgresql.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
        postgresql.commit()


def test_giving_more(commands: Commands, postgresql: psycopg.Connection, postgresql_noproc: NoopExecutor) -> None:
    commands.on(postgresql)
    postgresql.autocommit = True
    rename = "UPDATE chats SET slug = 'renamed'"
    with new_role(postgresql_noproc) as app, new_role(postgresql_noproc) as reports:
        for role, readonly in ((app, False), (reports, True)):
            commands.run(grant, role, readonly)
        more = code("GRANT UPDATE").replace("messenger_app", app).replace("messenger_reports", reports)
        postgresql.execute(more.encode())
        with psycopg.connect(url(postgresql, user=app), autocommit=True) as db:
            db.execute(rename)
            commands.run(grant, app, False)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(rename)
        with psycopg.connect(url(postgresql, user=reports)) as db:
            db.execute("SELECT ip_address, user_agent FROM user_sessions")
        postgresql.execute(sql.SQL("DROP OWNED BY {}, {}").format(sql.Identifier(app), sql.Identifier(reports)))


def test_a_backup_does_not_stop_at_what_the_application_made(
    commands: Commands, postgresql_noproc: NoopExecutor, tmp_path: Path
) -> None:
    with (
        new_role(postgresql_noproc) as owner,
        new_role(postgresql_noproc) as app,
        missing_database(postgresql_noproc) as database,
    ):
        Database(postgresql_noproc, "postgres").execute(f"CREATE DATABASE {database.name} OWNER {owner}")
        commands.environment.setenv("DATABASE_URL", database.url(user=owner))
        assert commands.run(up_down.apply).error is None
        assert commands.run(grant, app, False).error is None
        with psycopg.connect(database.url(user=app)) as db:
            db.execute("SELECT lo_create(0)")
        parameters = psycopg.conninfo.conninfo_to_dict(database.url(user=owner))
        password = str(parameters.pop("password", "") or "")
        dump = tmp_path / "before.dump"
        words = shlex.split(code("pg_dump"))
        assert words[-1] == "postgresql://messenger_owner@db.example.com/messenger"
        assert "--file=before.dump" in words
        words = [str(wheel() / "bin" / "pg_dump"), *words[1:-1], psycopg.conninfo.make_conninfo("", **parameters)]
        environment = os.environ | ({"PGPASSWORD": password} if password else {})

        def run(words: list[str]) -> subprocess.CompletedProcess[str]:
            return subprocess.run(words, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)

        stopped = run([word for word in words if word != "-B"])
        assert "permission denied for large object" in stopped.stderr
        done = run(words)
        assert (done.returncode, done.stderr) == (0, "")
        listed = run([str(wheel() / "bin" / "pg_restore"), "--list", str(dump)])
        assert "TABLE DATA public messages" in listed.stdout
        database.drop()


def test_large_objects_are_taken_away(
    commands: Commands, postgresql: psycopg.Connection, postgresql_noproc: NoopExecutor
) -> None:
    commands.on(postgresql)
    postgresql.autocommit = True
    with new_role(postgresql_noproc) as app, psycopg.connect(url(postgresql, user=app), autocommit=True) as db:
        commands.run(grant, app, False)
        db.execute("SELECT lo_unlink(lo_create(0))")
        postgresql.execute(code("REVOKE EXECUTE ON FUNCTION lo_creat").encode())
        for call in ("lo_create(0)", "lo_creat(0)", "lo_from_bytea(0, '')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(f"SELECT {call}".encode())
        postgresql.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(app)))


def test_the_migration_lock_is_found_and_freed(
    commands: Commands, postgresql: psycopg.Connection, postgresql_noproc: NoopExecutor
) -> None:
    commands.write(2, "CREATE TABLE notes (id integer);")
    commands.on(postgresql)
    commands.environment.setenv("MIGRATION_WAIT_SECONDS", "1")
    postgresql.autocommit = True
    with new_role(postgresql_noproc) as app, psycopg.connect(url(postgresql, user=app), autocommit=True) as db:
        db.execute("SELECT pg_advisory_lock(hashtext('messenger-db'), hashtext('public'))")
        pid = db.info.backend_pid
        assert f"process {pid} " in (commands.run(up_down.apply).error or "")
        assert [row[:2] for row in postgresql.execute(code("SELECT pid, usename").encode())] == [(pid, app)]
        postgresql.execute(code("SELECT pg_terminate_backend").replace("<pid>", f"{pid}, 10000").encode())
        assert commands.run(up_down.apply).error is None
        assert postgresql.execute(code("SELECT pid, usename").encode()).fetchall() == []
