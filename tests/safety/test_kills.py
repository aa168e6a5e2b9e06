"""kill -9 of the client and of the server: the next plain command needs no repair by hand."""

import random
import signal
import time
from contextlib import suppress

import psutil
import pytest
from children import until
from workflow.checkouts import failure, succeeded
from workflow.databases import Database

from messenger_db.embedded.server import Server

from .projects import ASLEEP, IN_TRANSACTION, PAUSE, Project, executor_of, finished, kill, new_project

APPLY: tuple[str, ...] = ("apply",)
ROLLBACK: tuple[str, ...] = ("rollback", "--all")
SLOW = ["0001_slow", "0002_slow"]


def write_slow(project: Project, seconds: float) -> None:
    """Write two migrations of two tables each, which take that long together."""
    pause = PAUSE.format(seconds=seconds / 4)
    for id_ in SLOW:
        made = "".join(f"CREATE TABLE slow_{id_[:4]}_{table} (id bigint);\n{pause}" for table in "ab")
        dropped = "".join(f"DROP TABLE slow_{id_[:4]}_{table};\n{pause}" for table in "ab")
        project.write(id_, made, dropped)


def assert_schema_and_marks_agree(project: Project) -> None:
    """Fail unless the tables are those of the migrations that are marked."""
    assert project.tables() == {f"slow_{id_[:4]}_{table}" for id_ in project.marks() for table in "ab"}


@pytest.mark.parametrize("lane", ["a", "b"])
def test_a_client_killed_at_random_moments_leaves_nothing_to_repair(database: Database, lane: str) -> None:
    seed = f"{random.randrange(2**32)}{lane}"
    print(f"seed {seed}")
    moments = random.Random(seed)
    in_transaction = 0
    with new_project(database) as project:
        write_slow(project, seconds=0.5)
        for command, at_work in [(APPLY, True), (ROLLBACK, True), (APPLY, False), (ROLLBACK, False)] * 2:
            process = project.start(*command)
            if at_work:
                until(lambda: project.sessions(ASLEEP) > 0 or process.poll() is not None)  # noqa: B023 (called here)
            time.sleep(moments.uniform(0, 0.4 if at_work else 0.8))
            in_transaction += project.sessions(IN_TRANSACTION)
            kill(process)
            succeeded(project.yoyo(*command))
            assert project.marks() == (SLOW if command == APPLY else [])
            assert_schema_and_marks_agree(project)
    assert in_transaction


@pytest.mark.parametrize("command", [APPLY, ROLLBACK])
def test_a_client_killed_inside_a_transaction_leaves_nothing_of_it(
    database: Database, command: tuple[str, ...]
) -> None:
    with new_project(database) as project:
        write_slow(project, seconds=1)
        if command == ROLLBACK:
            succeeded(project.yoyo("apply"))
        before = project.marks()
        process = project.start(*command)
        until(lambda: project.sessions(ASLEEP) > 0)
        kill(process)
        until(lambda: project.sessions() == 0)
        assert project.marks() == before
        assert_schema_and_marks_agree(project)


def kill_server(server: Server) -> None:
    """Kill all processes of a server at once."""
    assert server.pid
    main = psutil.Process(server.pid)
    processes = [main, *main.children()]
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # one that has seen its parent die
            process.kill()
    main.wait()
    until(lambda: not any(is_alive(process) for process in processes))


def is_alive(process: psutil.Process) -> bool:
    """Say whether a process still runs, which one that only waits to be reaped does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_server_killed_during_an_apply_leaves_nothing_to_repair(server: Server) -> None:
    database = Database(executor_of(server), "chats")
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    moments = random.Random(seed)
    with new_project(database) as project:
        write_slow(project, seconds=0.8)
        with database.maintenance() as db:
            db.execute("CREATE DATABASE chats")
        for command in (APPLY, ROLLBACK, APPLY):
            process = project.start(*command)
            until(lambda: project.sessions(ASLEEP) > 0)
            time.sleep(moments.uniform(0, 0.7))
            kill_server(server)
            said = finished(process)
            assert said.returncode == 0 or "chats" in failure(said)
            server.start()
            assert_schema_and_marks_agree(project)
            succeeded(project.yoyo(*command))
            assert project.marks() == (SLOW if command == APPLY else [])
            assert_schema_and_marks_agree(project)


def test_a_dead_client_gives_its_lock_back_within_seconds(project: Project) -> None:
    project.write("0002_long", PAUSE.format(seconds=60), "SELECT 1;\n")
    process = project.start("apply")
    until(lambda: project.sessions(ASLEEP) > 0)
    held = "SELECT FROM pg_locks JOIN pg_database ON oid = database WHERE locktype = 'advisory' AND datname = %s"
    assert len(project.rows(held, project.database.name)) == 1
    kill(process)
    assert until(lambda: not project.rows(held, project.database.name)) < 5


def test_ctrl_c_ends_a_running_statement_at_once_and_keeps_nothing_of_it(project: Project) -> None:
    project.write("0002_long", PAUSE.format(seconds=20), "SELECT 1;\n")
    process = project.start("apply")
    until(lambda: project.sessions(ASLEEP) > 0)
    process.send_signal(signal.SIGINT)
    assert until(lambda: process.poll() is not None) < 5
    done = finished(process)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert until(lambda: project.sessions() == 0) < 5
    assert project.marks() == ["0001_things"]
