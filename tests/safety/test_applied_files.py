"""What was applied does not change, and what comes later has a later number; both can be waived by name."""

import pytest
from workflow.checkouts import failure, refusal, succeeded
from workflow.databases import Database

from .projects import Project


@pytest.fixture
def applied(project: Project) -> Project:
    """A project with two migrations applied."""
    project.write("0002_more", "CREATE TABLE more (id bigint);\n", "DROP TABLE more;\n")
    succeeded(project.yoyo("apply"))
    return project


def sums(project: Project) -> list[str]:
    """Return the ids of the migrations whose sums are recorded."""
    return [row[0] for row in project.rows("SELECT migration_id FROM _yoyo_sums ORDER BY 1")]


def change(project: Project, file: str) -> None:
    """Put a line into a file of a migration."""
    half = project.migrations / file
    half.write_text(f"-- changed\n{half.read_text()}")


@pytest.mark.parametrize("file", ["0001_things.sql", "0002_more.rollback.sql"])
def test_a_changed_file_is_refused_until_it_is_accepted(applied: Project, file: str) -> None:
    id_ = file.partition(".")[0]
    change(applied, file)
    applied.write("0003_next", "CREATE TABLE next (id bigint);\n", "DROP TABLE next;\n")
    for environment in ({}, {"ACCEPT": "0003_next"}):
        line = refusal(applied.yoyo("apply", **environment))
        assert f"{id_} has changed" in line
        assert f"ACCEPT={id_}" in line
    assert applied.marks() == ["0001_things", "0002_more"]
    assert "applied 0003_next" in succeeded(applied.yoyo("apply", ACCEPT=id_))
    assert "nothing to apply" in succeeded(applied.yoyo("apply"))


def test_a_changed_file_is_refused_and_accepted_with_nothing_to_apply(applied: Project) -> None:
    change(applied, "0001_things.sql")
    assert "0001_things has changed" in refusal(applied.yoyo("apply"))
    assert "nothing to apply" in succeeded(applied.yoyo("apply", ACCEPT="0001_things"))
    assert "nothing to apply" in succeeded(applied.yoyo("apply"))


def test_a_rollback_file_that_is_gone_is_refused(applied: Project) -> None:
    (applied.migrations / "0002_more.rollback.sql").unlink()
    assert "0002_more has changed" in refusal(applied.yoyo("apply"))


def test_a_file_that_waits_may_change(applied: Project) -> None:
    succeeded(applied.yoyo("rollback", "-r", "0002"))
    change(applied, "0002_more.sql")
    assert "applied 0002_more" in succeeded(applied.yoyo("apply"))


def test_what_is_older_than_what_is_applied_is_refused_until_it_is_accepted(applied: Project) -> None:
    applied.write("0001_zebra", "CREATE TABLE zebra (id bigint);\n", "DROP TABLE zebra;\n")
    line = refusal(applied.yoyo("apply"))
    assert "0001_zebra is pending, but 0002_more is applied" in line
    assert "ACCEPT=0001_zebra" in line
    assert applied.marks() == ["0001_things", "0002_more"]
    succeeded(applied.yoyo("apply", ACCEPT="0001_zebra"))
    assert applied.marks() == ["0001_things", "0001_zebra", "0002_more"]


def test_several_may_be_accepted_at_once(applied: Project) -> None:
    applied.write("0001_yak", "CREATE TABLE yak (id bigint);\n", "DROP TABLE yak;\n")
    applied.write("0001_zebra", "CREATE TABLE zebra (id bigint);\n", "DROP TABLE zebra;\n")
    assert "0001_zebra is pending" in refusal(applied.yoyo("apply", ACCEPT="0001_yak"))
    succeeded(applied.yoyo("apply", ACCEPT="0001_yak,0001_zebra"))
    assert applied.marks() == ["0001_things", "0001_yak", "0001_zebra", "0002_more"]


def test_what_yoyo_new_writes_is_refused(applied: Project) -> None:
    (applied.migrations / "20260101_01_abcde-more.py").write_text(
        "from yoyo import step\n\nsteps = [step('SELECT 1')]\n"
    )
    assert "20260101_01_abcde-more.py is not a migration of this project" in refusal(applied.yoyo("apply"))


def test_a_changed_rollback_is_not_run_until_it_is_accepted(applied: Project) -> None:
    change(applied, "0002_more.rollback.sql")
    assert "0002_more has changed" in refusal(applied.yoyo("rollback", "-r", "0002"))
    succeeded(applied.yoyo("rollback", "-r", "0002", ACCEPT="0002_more"))
    assert applied.marks() == ["0001_things"]


def test_sums_come_and_go_with_the_marks(applied: Project) -> None:
    assert sums(applied) == ["0001_things", "0002_more"]
    succeeded(applied.yoyo("unmark", "-r", "0002"))
    assert sums(applied) == ["0001_things"]
    change(applied, "0002_more.sql")
    succeeded(applied.yoyo("mark", "-r", "0002"))
    assert sums(applied) == ["0001_things", "0002_more"]
    assert "nothing to apply" in succeeded(applied.yoyo("apply"))
    succeeded(applied.yoyo("rollback", "--all", "-r", "0001"))
    assert sums(applied) == []


def test_a_rolled_back_migration_leaves_no_sums_when_it_fails_half_way(applied: Project, database: Database) -> None:
    database.execute("CREATE VIEW of_more AS SELECT * FROM more")
    failure(applied.yoyo("rollback", "-r", "0002"))
    assert sums(applied) == applied.marks() == ["0001_things", "0002_more"]


def test_a_database_that_stock_yoyo_has_marked_goes_on(project: Project) -> None:
    succeeded(project.stock("apply"))
    change(project, "0001_things.sql")
    assert "nothing to apply" in succeeded(project.yoyo("apply"))
    project.write("0002_more", "CREATE TABLE more (id bigint);\n", "DROP TABLE more;\n")
    succeeded(project.yoyo("apply"))
    assert sums(project) == ["0002_more"]
    succeeded(project.yoyo("rollback", "-r", "0001"))
    assert (project.marks(), project.tables(), sums(project)) == ([], set(), [])


def test_stock_yoyo_goes_on_where_this_one_was(applied: Project) -> None:
    applied.write("0003_next", "CREATE TABLE next (id bigint);\n", "DROP TABLE next;\n")
    assert applied.stock("apply").returncode == 0
    assert applied.marks() == ["0001_things", "0002_more", "0003_next"]
    assert "nothing to apply" in succeeded(applied.yoyo("apply"))
