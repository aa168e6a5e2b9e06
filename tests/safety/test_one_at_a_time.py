"""One process at a time changes a schema, and none waits that has nothing to do."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from children import until
from workflow.checkouts import failure, refusal, succeeded
from workflow.databases import Database

from messenger_db.advisory_locks import MIGRATIONS
from messenger_db.sql import QUERIES

from .projects import ASLEEP, Project, finished, new_project, said

# A statement of a migration that goes on when nobody holds that lock any more, however late another one begins.
UNTIL_LET_GO = """
DO $$
BEGIN
    WHILE NOT pg_try_advisory_xact_lock_shared(4711) LOOP
        PERFORM pg_sleep(0.1);
    END LOOP;
END $$;
"""


@contextmanager
def lock_held(database: Database, schema: str = "public") -> Iterator[psycopg.Connection]:
    """Hold the lock of a schema as another process would that migrates it."""
    url = database.url(application_name="deploy-7", options=f"-c search_path={schema}")
    with psycopg.connect(url, autocommit=True) as db:
        assert db.execute(QUERIES["advisory_locks.try"].text.encode(), MIGRATIONS._asdict()).fetchone() == (True,)
        yield db


def test_sixteen_at_once_on_a_missing_database_apply_each_migration_once(missing: Database) -> None:
    with new_project(missing) as project:
        project.copy_shipped()
        project.write("9998_one", "CREATE TABLE one (id bigint);\n", "DROP TABLE one;\n")
        project.write("9999_two", "CREATE TABLE two (id bigint);\n", "DROP TABLE two;\n")
        processes = [project.start("apply") for _ in range(16)]
        for process in processes:
            succeeded(finished(process))
        assert project.marks() == project.ids()
        assert project.log() == [("apply", id_) for id_ in project.ids()]


def test_nothing_to_apply_takes_no_lock(project: Project, database: Database) -> None:
    succeeded(project.yoyo("apply"))
    with lock_held(database):
        assert "nothing to apply" in succeeded(project.yoyo("apply", MIGRATION_WAIT_SECONDS="1"))


def test_nothing_to_roll_back_takes_no_lock(project: Project, database: Database) -> None:
    with lock_held(database):
        assert "nothing to roll back" in succeeded(project.yoyo("rollback", MIGRATION_WAIT_SECONDS="1"))


@pytest.mark.parametrize("command", ["apply", "rollback", "mark", "unmark"])
def test_the_wait_is_bounded_and_names_the_holder(project: Project, database: Database, command: str) -> None:
    if command in ("rollback", "unmark"):
        succeeded(project.yoyo("apply"))
    with lock_held(database) as holder:
        pid = holder.info.backend_pid
        line = refusal(project.yoyo(command, MIGRATION_WAIT_SECONDS="1"))
    assert f"process {pid} (deploy-7, connected since 20" in line
    assert database.name in line


def test_what_waits_is_read_again_under_the_lock(project: Project, database: Database) -> None:
    with lock_held(database):
        processes = [project.start("apply") for _ in range(2)]
        for process in processes:
            assert "deploy-7" in said(process, "waiting")
    for process in processes:
        succeeded(finished(process))
    assert project.log() == [("apply", "0001_things")]


def test_marking_twice_at_once_marks_once(project: Project, database: Database) -> None:
    with lock_held(database):
        processes = [project.start("mark") for _ in range(2)]
        for process in processes:
            said(process, "waiting")
    for process in processes:
        succeeded(finished(process))
    assert project.log() == [("mark", "0001_things")]


def test_what_another_process_has_rolled_back_is_not_rolled_back_again(project: Project, database: Database) -> None:
    succeeded(project.yoyo("apply"))
    with lock_held(database):
        processes = [project.start("rollback") for _ in range(2)]
        for process in processes:
            said(process, "waiting")
    for process in processes:
        succeeded(finished(process))
    assert project.log() == [("apply", "0001_things"), ("rollback", "0001_things")]


def test_the_lock_is_the_schemas_own(project: Project, database: Database) -> None:
    for schema in ("tenant_a", "tenant_b"):
        database.execute(f"CREATE SCHEMA {schema}")
    with lock_held(database, "tenant_a"):
        succeeded(project.yoyo("apply", url=database.url(schema="tenant_b"), MIGRATION_WAIT_SECONDS="1"))
        waiting = project.start("apply", url=database.url(schema="tenant_a"))
        said(waiting, "waiting")
    succeeded(finished(waiting))
    for schema in ("tenant_a", "tenant_b"):
        assert project.rows(f"SELECT migration_id FROM {schema}._yoyo_migration") == [("0001_things",)]


def test_two_tenants_migrate_at_the_same_time(project: Project, database: Database) -> None:
    project.write("0002_slow", UNTIL_LET_GO, "SELECT 1;\n")
    processes = []
    with psycopg.connect(database.url()) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(4711)")
        for schema in ("tenant_a", "tenant_b"):
            database.execute(f"CREATE SCHEMA {schema}")
            processes.append(project.start("apply", url=database.url(schema=schema)))
        until(lambda: project.sessions(ASLEEP) == 2)
    for process in processes:
        assert "waiting" not in succeeded(finished(process))


def test_a_lock_row_left_by_stock_yoyo_does_not_block(project: Project, database: Database) -> None:
    succeeded(project.stock("apply"))
    database.execute("INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, now(), 4711)")
    project.write("0002_more", "CREATE TABLE more (id bigint);\n", "DROP TABLE more;\n")
    assert "applied 0002_more" in succeeded(project.yoyo("apply"))
    assert "rolled back 0002_more" in succeeded(project.yoyo("rollback", "-r", "0002_more"))


def test_the_lock_is_given_back_when_a_migration_fails(project: Project, database: Database) -> None:
    project.write("0002_wrong", "CREATE TABLE things (id bigint);\n", "DROP TABLE things;\n")
    failure(project.yoyo("apply"))
    with lock_held(database):
        assert project.marks() == ["0001_things"]


def test_a_session_that_is_ended_while_it_waits_says_so_in_one_line(project: Project, database: Database) -> None:
    with lock_held(database):
        process = project.start("apply")
        said(process, "waiting")
        project.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'messenger-db'"
        )
        assert database.name in refusal(finished(process))
