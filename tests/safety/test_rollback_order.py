"""A migration is rolled back only from on top: nothing that is applied may stand above it, nor lack its file here."""

import pytest
from workflow.checkouts import refusal, succeeded
from workflow.databases import Database

from .projects import Project, finished, said
from .test_one_at_a_time import lock_held

THREE = ["0001_things", "0002_more", "0003_most"]

REFUSED = [
    ("rollback", "--all"),
    ("rollback", "-r", "0001"),
    ("rollback", "-m", "0002"),
    ("unmark",),
    ("reapply", "-r", "0002"),
    ("develop",),
]


@pytest.fixture
def applied(project: Project) -> Project:
    """A project with three migrations applied."""
    project.write("0002_more", "CREATE TABLE more (id bigint);\n", "DROP TABLE more;\n")
    project.write("0003_most", "CREATE TABLE most (id bigint);\n", "DROP TABLE most;\n")
    succeeded(project.yoyo("apply"))
    return project


def lose(project: Project, name: str) -> None:
    """Do as a checkout of a branch that has not got a migration."""
    for half in ("sql", "rollback.sql"):
        (project.migrations / f"{name}.{half}").unlink()


def test_what_has_no_file_here_is_named(applied: Project) -> None:
    lose(applied, "0003_most")
    for words in REFUSED:
        line = refusal(applied.yoyo(*words))
        assert f"0003_most is applied to database {applied.database.name} on " in line
        assert line.endswith("but its file is not in this checkout: check out the branch that has it")
    assert (applied.marks(), applied.tables(), len(applied.log())) == (THREE, {"things", "more", "most"}, 3)


def test_an_older_one_that_has_no_file_here_is_named_too(project: Project) -> None:
    project.write("0000_oldest", "CREATE TABLE oldest (id bigint);\n", "DROP TABLE oldest;\n")
    succeeded(project.yoyo("apply"))
    lose(project, "0000_oldest")
    assert "0000_oldest is applied to" in refusal(project.yoyo("rollback"))


def test_all_that_have_no_file_here_are_named(applied: Project) -> None:
    lose(applied, "0002_more")
    lose(applied, "0003_most")
    line = refusal(applied.yoyo("rollback"))
    assert "0002_more, 0003_most are applied to database" in line
    assert line.endswith("but their files are not in this checkout: check out the branch that has them")


def test_what_stands_above_is_named(applied: Project) -> None:
    for command, chosen, steps in (("rollback", "0001", 3), ("unmark", "0001", 3), ("reapply", "0002", 2)):
        line = refusal(applied.yoyo(command, "--all", "-m", chosen))
        assert f"0003_most is applied to database {applied.database.name} on " in line
        assert f" on top of {chosen}_" in line
        assert line.endswith(f"make db-down STEPS={steps}")
    assert (applied.marks(), applied.tables()) == (THREE, {"things", "more", "most"})


def test_one_in_the_middle_is_not_left_out(applied: Project) -> None:
    line = refusal(applied.yoyo("rollback", "--all", "-m", "0001|0003"))
    assert "0003_most" not in line
    assert "0002_more is applied" in line
    assert applied.marks() == THREE


def test_a_newer_one_that_depends_on_nothing_stands_above(applied: Project) -> None:
    file = applied.migrations / "0003_most.sql"
    file.write_text(file.read_text().replace("0002_more", "0001_things"))
    line = refusal(applied.yoyo("rollback", "-r", "0002", ACCEPT="0003_most"))
    assert "0003_most is applied to" in line


def test_an_older_number_that_depends_on_a_newer_one_stands_above(project: Project) -> None:
    project.write("0003_most", "CREATE TABLE most (id bigint);\n", "DROP TABLE most;\n")
    succeeded(project.yoyo("apply"))
    project.write("0002_late", "CREATE TABLE late (id bigint);\n", "DROP TABLE late;\n")
    file = project.migrations / "0002_late.sql"
    file.write_text(file.read_text().replace("0001_things", "0003_most"))
    succeeded(project.yoyo("apply", ACCEPT="0002_late"))
    assert "0002_late is applied to" in refusal(project.yoyo("rollback", "-m", "0003"))
    for name in ("0002_late", "0003_most", "0001_things"):
        assert f"rolled back {name}" in succeeded(project.yoyo("rollback", "-r", name))


def test_from_on_top_it_is_rolled_back(applied: Project) -> None:
    succeeded(applied.yoyo("rollback", "--all", "-m", "0002|0003"))
    assert applied.marks() == ["0001_things"]


def test_what_was_applied_meanwhile_stands_above(applied: Project, database: Database) -> None:
    with lock_held(database):
        process = applied.start("rollback", "-r", "0003")
        said(process, "waiting")
        database.execute(
            "INSERT INTO _yoyo_migration SELECT md5('0004'), '0004_other', now() FROM _yoyo_migration LIMIT 1"
        )
    assert "0004_other is applied to" in refusal(finished(process))
    assert applied.tables() == {"things", "more", "most"}


def test_a_database_ahead_of_the_checkout_is_said_to_be_so(applied: Project) -> None:
    lose(applied, "0003_most")
    out = succeeded(applied.yoyo("apply"))
    assert out.startswith("nothing to apply: database ")
    assert "is ahead of this checkout: 0003_most is applied, but its file is not here" in out
    applied.write("0004_next", "CREATE TABLE next (id bigint);\n", "DROP TABLE next;\n")
    assert "is ahead of this checkout: 0003_most" in succeeded(applied.yoyo("apply"))
    assert "next" in applied.tables()


def test_what_is_pending_below_a_migration_without_a_file_is_refused_without_accept(applied: Project) -> None:
    lose(applied, "0003_most")
    succeeded(applied.stock("unmark", "-r", "0002"))
    line = refusal(applied.yoyo("apply"))
    assert "0002_more is pending, but 0003_most is applied to" in line
    assert line.endswith("and its file is not in this checkout: check out the branch that has it")


def test_what_is_pending_though_another_one_depends_on_it_can_be_recorded(applied: Project) -> None:
    succeeded(applied.stock("unmark", "-m", "0002"))
    line = refusal(applied.yoyo("apply"))
    assert "0002_more is pending, but 0003_most, which depends on it, is applied to" in line
    words = ("yoyo", "mark", "-r", "0002_more")
    assert line.endswith(f"ACCEPT=0002_more {' '.join(words)}")
    succeeded(applied.yoyo(*words[1:], ACCEPT="0002_more"))
    assert applied.marks() == THREE
