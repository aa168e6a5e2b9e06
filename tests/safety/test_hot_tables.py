"""Migrations of tables that others use at the same time."""

import threading
import time

import psycopg
import pytest
from children import until
from workflow.checkouts import failure, refusal, succeeded
from workflow.databases import Database

from .projects import ASLEEP, PAUSE, Project, finished, in_use, kill, said

READS, WRITES = "SELECT FROM things", "INSERT INTO things VALUES (1)"


@pytest.fixture
def busy(project: Project) -> Project:
    """A project whose table things is there, and whose next migration wants to change it."""
    succeeded(project.yoyo("apply"))
    project.write(
        "0002_seen",
        "CREATE TABLE first (id bigint);\nALTER TABLE things ADD COLUMN seen_at timestamptz;\n",
        "DROP TABLE first;\nALTER TABLE things DROP COLUMN seen_at;\n",
    )
    return project


@pytest.mark.parametrize("statement", [READS, WRITES])
def test_a_migration_is_tried_again_as_a_whole_until_the_table_is_free(
    busy: Project, database: Database, statement: str
) -> None:
    with in_use(database, statement):
        process = busy.start("apply", LOCK_TIMEOUT_MS="50")
        said(process, "2 of 10")
        assert busy.tables() == {"things"}
    succeeded(finished(process))
    assert busy.tables() == {"things", "first"}
    assert busy.log() == [("apply", "0001_things"), ("apply", "0002_seen")]


def test_a_rollback_is_tried_again_too(busy: Project, database: Database) -> None:
    succeeded(busy.yoyo("apply"))
    with in_use(database, READS):
        process = busy.start("rollback", "-r", "0002", LOCK_TIMEOUT_MS="50")
        said(process, "1 of 10")
        assert busy.tables() == {"things", "first"}
    succeeded(finished(process))
    assert busy.tables() == {"things"}
    assert busy.marks() == ["0001_things"]


def test_a_table_that_stays_busy_ends_it_with_one_line_and_keeps_nothing(busy: Project, database: Database) -> None:
    with in_use(database, READS):
        done = busy.yoyo("apply", LOCK_TIMEOUT_MS="50", LOCK_ATTEMPTS="2")
    line = failure(done)
    assert "0002_seen failed, nothing of it was kept" in line
    assert "LOCK_ATTEMPTS" in line
    assert done.stdout.count("next try") == 1
    assert busy.tables() == {"things"}
    assert busy.marks() == ["0001_things"]
    succeeded(busy.yoyo("apply"))


def test_a_deadlock_is_tried_again(busy: Project, database: Database) -> None:
    busy.write("0002_seen", "CREATE TABLE other (id bigint);\n", "DROP TABLE other;\n")
    succeeded(busy.yoyo("apply"))
    busy.write(
        "0003_both",
        "ALTER TABLE things ADD COLUMN a int;\n" + PAUSE.format(seconds=0.5) + "ALTER TABLE other ADD COLUMN a int;\n",
        "ALTER TABLE things DROP COLUMN a;\nALTER TABLE other DROP COLUMN a;\n",
    )
    # Who looks for a deadlock first is who gives way.
    with in_use(database, "SET deadlock_timeout = '20s'") as db:
        db.execute("INSERT INTO other VALUES (1)")
        process = busy.start("apply", LOCK_TIMEOUT_MS="20000", LOCK_ATTEMPTS="2")
        until(lambda: busy.sessions(ASLEEP) > 0)
        db.execute("INSERT INTO things VALUES (1)")
        db.commit()
        said(process, "a table is busy")
    kill(process)


def test_an_idle_timeout_of_the_database_does_not_end_it_between_two_tries(busy: Project, database: Database) -> None:
    with in_use(database, READS):
        database.execute(f"ALTER DATABASE {database.name} SET idle_session_timeout = '100ms'")
        process = busy.start("apply", LOCK_TIMEOUT_MS="200")
        said(process, "1 of 10")
        said(process, "2 of 10")
    succeeded(finished(process))


def write_on(url: str, ended: threading.Event, stalls: list[float]) -> None:
    """Insert rows one by one, and note how long each took."""
    with psycopg.connect(url, autocommit=True) as db:
        while not ended.is_set():
            started = time.monotonic()
            db.execute("INSERT INTO things VALUES (1)")
            stalls.append(time.monotonic() - started)


def test_writers_go_on_during_an_apply(busy: Project, database: Database) -> None:
    ended, stalls = threading.Event(), [list[float](), list[float]()]
    writers = [threading.Thread(target=write_on, args=(database.url(), ended, found)) for found in stalls]
    for writer in writers:
        writer.start()
    try:
        with in_use(database, READS):
            process = busy.start("apply", LOCK_TIMEOUT_MS="100")
            time.sleep(2.5)
        succeeded(finished(process))
    finally:
        ended.set()
        for writer in writers:
            writer.join()
    # The reader held the table for 2.5 s: without a timeout that is how long each writer would have stood still.
    assert max(stalls[0] + stalls[1]) < 1.5
    assert busy.rows("SELECT count(*) FROM things") == [(len(stalls[0]) + len(stalls[1]),)]
    assert busy.marks() == ["0001_things", "0002_seen"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("LOCK_TIMEOUT_MS", value) for value in ("0", "-1", "1.5", "500ms", " ", "²", "99999999999")),
        ("LOCK_ATTEMPTS", "many"),
        ("MIGRATION_WAIT_SECONDS", "0"),
    ],
)
def test_a_setting_that_is_no_number_is_refused(project: Project, name: str, value: str) -> None:
    assert f"{name}={value}" in refusal(project.yoyo("apply", **{name: value}))
    assert project.tables() == set()
