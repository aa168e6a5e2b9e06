"""A missing privilege is called a missing privilege, in one line."""

from collections.abc import Iterator

import psycopg
import pytest
from workflow.checkouts import failure, refusal, succeeded
from workflow.databases import Database

from .projects import Project, new_project


@pytest.fixture
def guest(role: str, database: Database) -> Iterator[str]:
    """A role that may log in, and do in the database what a test grants it."""
    yield role
    database.execute(f"DROP OWNED BY {role}")


def missing_privilege(project: Project, guest: str, command: str = "apply", **settings: str) -> str:
    """Run a command as a role that may not, and return what the one line says."""
    line = refusal(project.yoyo(command, url=project.database.url(user=guest, **settings)))
    assert "missing privilege" in line
    assert "lock" not in line
    return line


def test_a_role_that_may_not_create_tables(project: Project, guest: str) -> None:
    assert "permission denied for schema public" in missing_privilege(project, guest)
    assert project.tables() == set()


@pytest.mark.parametrize("command", ["apply", "rollback", "mark", "unmark", "list"])
def test_a_role_that_may_not_read_the_marks(project: Project, guest: str, command: str) -> None:
    succeeded(project.yoyo("apply"))
    assert "permission denied for table _yoyo_" in missing_privilege(project, guest, command)
    assert project.marks() == ["0001_things"]


def test_a_role_that_may_read_the_marks_but_not_write_them(project: Project, guest: str, database: Database) -> None:
    succeeded(project.yoyo("apply"))
    database.execute(f"GRANT SELECT ON _yoyo_migration, _yoyo_version, _yoyo_sums TO {guest}")
    database.execute(f"GRANT CREATE ON SCHEMA public TO {guest}")
    assert "nothing to apply" in succeeded(project.yoyo("apply", url=database.url(user=guest)))
    project.write("0002_more", "CREATE TABLE more (id bigint);\n", "DROP TABLE more;\n")
    assert "permission denied for table _yoyo_" in missing_privilege(project, guest)
    assert project.tables() == {"things"}


def test_a_role_that_does_not_own_the_table(project: Project, guest: str, database: Database) -> None:
    succeeded(project.yoyo("apply"))
    database.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {guest}")
    project.write("0002_seen", "ALTER TABLE things ADD COLUMN a int;\n", "ALTER TABLE things DROP COLUMN a;\n")
    said = failure(project.yoyo("apply", url=database.url(user=guest)))
    assert "must be owner of table things (a missing privilege" in said
    assert said.endswith("\n  at migrations/0002_seen.sql:2")
    assert project.marks() == ["0001_things"]


def test_a_role_that_may_not_use_the_schema(project: Project, guest: str, database: Database) -> None:
    database.execute("CREATE SCHEMA tenant_a")
    missing_privilege(project, guest, schema="tenant_a")


def test_a_role_that_may_not_connect(project: Project, guest: str, database: Database) -> None:
    database.execute(f"REVOKE CONNECT ON DATABASE {database.name} FROM PUBLIC")
    missing_privilege(project, guest)


@pytest.fixture
def nowhere(missing: Database) -> Iterator[Project]:
    """A project whose database does not exist."""
    with new_project(missing) as project:
        project.copy_shipped()
        yield project


def test_a_role_that_may_not_create_the_database(nowhere: Project, guest: str, missing: Database) -> None:
    line = refusal(nowhere.yoyo("apply", url=missing.url(user=guest)))
    assert "permission denied to create database" in line
    with pytest.raises(psycopg.OperationalError):
        nowhere.marks()
