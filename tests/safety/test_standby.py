"""A server that has lost its synchronous standby."""

from children import until
from workflow.checkouts import succeeded
from workflow.databases import Database

from messenger_db.embedded.server import Server

from .projects import executor_of, finished, new_project, said


def test_an_apply_that_waits_for_a_synchronous_standby_says_so(server: Server) -> None:
    database = Database(executor_of(server), "chats")
    with database.maintenance() as db, new_project(database) as project:
        db.execute("CREATE DATABASE chats")
        project.write("0001_things", "CREATE TABLE things (id bigint);\n", "DROP TABLE things;\n")
        db.execute("ALTER SYSTEM SET synchronous_standby_names = 'lost'")
        db.execute("SELECT pg_reload_conf()")
        process = project.start("apply")
        line = said(process, "standby")
        assert "waiting for a synchronous standby to confirm it (synchronous_standby_names = 'lost')" in line
        until(lambda: project.sessions("wait_event = 'SyncRep'") == 1)
        db.execute("ALTER SYSTEM RESET synchronous_standby_names")
        db.execute("SELECT pg_reload_conf()")
        assert succeeded(finished(process)).startswith("applied 0001_things")
        assert "standby" not in succeeded(project.yoyo("rollback"))
