"""Partitions detached CONCURRENTLY: what an interrupted run leaves is put right by the next one."""

import psycopg
import pytest
from children import until
from drift.commands import Commands
from workflow.checkouts import succeeded
from workflow.databases import Database

from messenger_db.commands import up_down
from messenger_db.commands.check import check

from .projects import Project, in_use, kill

EVENTS = """
CREATE TABLE events (id integer NOT NULL) PARTITION BY RANGE (id);

CREATE TABLE events_0 PARTITION OF events FOR VALUES FROM (0) TO (10);
"""
DETACH = "ALTER TABLE events DETACH PARTITION events_0 CONCURRENTLY;\n"
# In one transaction, as no statement is CONCURRENTLY. The CHECK is what CONCURRENTLY leaves.
ATTACH = """
ALTER TABLE events ATTACH PARTITION events_0 FOR VALUES FROM (0) TO (10);

ALTER TABLE events_0 DROP CONSTRAINT events_0_id_check;
"""
STATE = "SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = 'events_0'::regclass"


@pytest.fixture
def partitioned(project: Project) -> Project:
    """A project whose table events has a partition, which the next migration detaches."""
    project.write("0002_events", EVENTS, "DROP TABLE events;\n")
    succeeded(project.yoyo("apply"))
    project.write("0003_detach", DETACH, ATTACH, transactional=False)
    return project


def test_a_partition_goes_and_comes_back(partitioned: Project) -> None:
    succeeded(partitioned.yoyo("apply"))
    assert partitioned.rows(STATE) == []
    succeeded(partitioned.yoyo("rollback", "-r", "0003"))
    assert partitioned.rows(STATE) == [(False,)]
    succeeded(partitioned.yoyo("apply"))
    assert partitioned.rows(STATE) == []


def test_what_a_killed_run_left_is_finished(partitioned: Project, database: Database) -> None:
    with in_use(database, "SELECT FROM events"):
        process = partitioned.start("apply")
        until(lambda: partitioned.rows(STATE) == [(True,)])
        kill(process)
        until(lambda: partitioned.sessions() == 0)
    assert "finished detaching events_0" in succeeded(partitioned.yoyo("apply"))
    assert partitioned.rows(STATE) == []
    succeeded(partitioned.yoyo("unmark", "-r", "0003"))
    assert "treating it as detached" in succeeded(partitioned.yoyo("apply"))
    assert partitioned.marks() == ["0001_things", "0002_events", "0003_detach"]


def test_the_schema_afterwards_is_what_the_check_expects(commands: Commands, postgresql: psycopg.Connection) -> None:
    commands.write(2, EVENTS, "DROP TABLE events;")
    commands.write(3, f"-- transactional: false\n{DETACH}", ATTACH)
    commands.on(postgresql)
    assert commands.run(up_down.apply).error is None
    assert commands.run(check).error is None
    commands.environment.setenv("CONFIRM", postgresql.info.dbname)
    assert commands.run(up_down.down, 1).error is None
    assert commands.run(check).error is None
    assert commands.run(up_down.apply).error is None
    assert commands.run(check).error is None
