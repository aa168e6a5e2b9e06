"""Indexes built and dropped CONCURRENTLY: what an interrupted run leaves is put right by the next one."""

import psycopg
import pytest
from children import Process, until
from workflow.checkouts import failure, refusal, succeeded
from workflow.databases import Database

from .projects import PAUSE, Project, finished, in_use, kill, said

BUILD = "CREATE INDEX CONCURRENTLY things_id_idx ON things (id);\n"
DROP = "DROP INDEX CONCURRENTLY things_id_idx;\n"
TIMEOUTS = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"]
WRITES = "INSERT INTO things VALUES (1)"


@pytest.fixture
def indexed(project: Project) -> Project:
    """A project whose table things is there, and whose next migration builds an index on it."""
    succeeded(project.yoyo("apply"))
    write_index(project, BUILD, DROP)
    return project


def write_index(project: Project, forward: str, rollback: str, name: str = "0002_index") -> None:
    """Write a migration of one statement a file, which no transaction takes."""
    project.write(name, forward, rollback, transactional=False)


def validity(project: Project, name: str = "things_id_idx") -> list[bool]:
    """Return whether the index is valid; nothing if there is none."""
    found = project.rows("SELECT indisvalid FROM pg_index JOIN pg_class ON oid = indexrelid WHERE relname = %s", name)
    return [is_valid for (is_valid,) in found]


def kill_and_wait(project: Project, process: Process) -> None:
    """Kill a command and wait until its session is gone."""
    kill(process)
    until(lambda: project.sessions() == 0)


def test_an_index_goes_up_and_down(indexed: Project) -> None:
    succeeded(indexed.yoyo("apply"))
    assert validity(indexed) == [True]
    succeeded(indexed.yoyo("rollback", "-r", "0002"))
    assert validity(indexed) == []
    assert indexed.marks() == ["0001_things"]


def test_what_a_killed_build_left_is_dropped_and_built_again(indexed: Project, database: Database) -> None:
    with in_use(database, WRITES):
        process = indexed.start("apply")
        until(lambda: validity(indexed) == [False])
        kill_and_wait(indexed, process)
    assert validity(indexed) == [False]
    assert indexed.marks() == ["0001_things"]
    assert "dropped the INVALID index things_id_idx" in succeeded(indexed.yoyo("apply"))
    assert validity(indexed) == [True]
    assert indexed.log() == [("apply", "0001_things"), ("apply", "0002_index")]


def test_a_build_that_was_killed_before_its_mark_is_marked(indexed: Project) -> None:
    succeeded(indexed.yoyo("apply"))
    oid = indexed.rows("SELECT 'things_id_idx'::regclass::oid")
    succeeded(indexed.yoyo("unmark", "-r", "0002"))
    assert "exists already" in succeeded(indexed.yoyo("apply"))
    assert indexed.rows("SELECT 'things_id_idx'::regclass::oid") == oid
    assert indexed.marks() == ["0001_things", "0002_index"]


@pytest.mark.parametrize(
    "definition",
    [
        "INDEX things_id_idx ON things (name)",
        "INDEX things_id_idx ON things (id DESC)",
        "INDEX things_id_idx ON things (id, name)",
        "UNIQUE INDEX things_id_idx ON things (id)",
        "INDEX things_id_idx ON things (id) WHERE id > 0",
        "INDEX things_id_idx ON things USING hash (id)",
        "INDEX things_id_idx ON others (id)",
    ],
)
def test_another_index_of_that_name_is_refused(indexed: Project, database: Database, definition: str) -> None:
    database.execute("CREATE TABLE others (id bigint)")
    database.execute(f"CREATE {definition}")
    line = refusal(indexed.yoyo("apply"))
    assert "another index has the name things_id_idx: CREATE " in line
    assert indexed.marks() == ["0001_things"]


def test_an_invalid_index_of_another_table_is_left_alone(indexed: Project, database: Database) -> None:
    database.execute("CREATE TABLE others AS SELECT 1 AS id FROM generate_series(1, 2)")
    with pytest.raises(psycopg.errors.UniqueViolation):
        database.execute("CREATE UNIQUE INDEX CONCURRENTLY things_id_idx ON others (id)")
    assert "another index has the name things_id_idx" in refusal(indexed.yoyo("apply"))
    assert validity(indexed) == [False]


def test_a_drop_in_words_that_are_not_known_is_left_to_the_server(indexed: Project) -> None:
    succeeded(indexed.yoyo("apply"))
    write_index(indexed, "DROP INDEX CONCURRENTLY public.things_id_idx;\n", BUILD, name="0003_drop")
    succeeded(indexed.yoyo("apply"))
    assert validity(indexed) == []


@pytest.mark.parametrize("schema", ["public", "tenant a"])
def test_each_way_to_define_an_index_is_known_again(project: Project, database: Database, schema: str) -> None:
    definitions = [
        "INDEX CONCURRENTLY i ON things (id)",
        "UNIQUE INDEX CONCURRENTLY i ON things (id)",
        "INDEX CONCURRENTLY i ON things USING btree (name text_pattern_ops, id DESC NULLS LAST)",
        "INDEX CONCURRENTLY i ON things (lower(name), (id + 1)) INCLUDE (id) WHERE name IS NOT NULL AND id > 0",
        'INDEX CONCURRENTLY i ON things (name COLLATE "C") WITH (fillfactor = 70)',
        "index concurrently\n    I\nON Things USING hash (id)",
        'INDEX CONCURRENTLY "I ""2"" ON x" ON "Other Things" (id)',
        "UNIQUE INDEX CONCURRENTLY i ON things (id) NULLS NOT DISTINCT",
        "INDEX CONCURRENTLY i ON things (kind, (kind = 'a'))",
    ]
    database.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    project.write(
        "0001_things",
        "CREATE TYPE kind AS ENUM ('a', 'b');\nCREATE TABLE things (id bigint, name text, kind kind);\n"
        'CREATE TABLE "Other Things" (id bigint GENERATED ALWAYS AS IDENTITY);\n',
        'DROP TABLE "Other Things";\nDROP TABLE things;\nDROP TYPE kind;\n',
    )
    for number, definition in enumerate(definitions, 2):
        named = definition.replace(" i ", f" i{number} ").replace(" I\n", f" I{number}\n")
        name = '"I ""2"" ON x"' if "2" in definition[:30] else f"i{number}"
        write_index(project, f"CREATE {named};\n", f"DROP INDEX CONCURRENTLY {name};\n", f"00{number:02}_index")
    url = database.url(schema=schema)
    succeeded(project.yoyo("apply", url=url))
    succeeded(project.yoyo("unmark", "-r", "0002", url=url))
    assert succeeded(project.yoyo("apply", url=url)).count("exists already") == len(definitions)
    assert succeeded(project.yoyo("rollback", "-r", "0002", url=url)).count("rolled back") == len(definitions)


def test_a_unique_build_that_meets_duplicates_succeeds_once_they_are_gone(project: Project, database: Database) -> None:
    succeeded(project.yoyo("apply"))
    database.execute("INSERT INTO things VALUES (1), (1)")
    write_index(project, BUILD.replace("INDEX", "UNIQUE INDEX", 1), DROP)
    assert "could not create unique index" in failure(project.yoyo("apply"))
    assert validity(project) == [False]
    database.execute("DELETE FROM things")
    succeeded(project.yoyo("apply"))
    assert validity(project) == [True]


def test_a_long_reader_of_another_table_delays_a_build_and_progress_says_so(
    indexed: Project, database: Database
) -> None:
    database.execute("CREATE TABLE others (id bigint)")
    reads = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM others"
    with in_use(database, reads):
        process = indexed.start("apply", LOCK_TIMEOUT_MS="50", LOCK_ATTEMPTS="1")
        assert "waiting for old snapshots" in said(process, "waiting")
    succeeded(finished(process))
    assert validity(indexed) == [True]


def test_a_process_that_waits_its_turn_does_not_hold_up_a_build(indexed: Project, database: Database) -> None:
    with in_use(database, WRITES):
        building = indexed.start("apply")
        until(lambda: validity(indexed) == [False])
        waiting = indexed.start("apply")
        said(waiting, "is migrating")
    succeeded(finished(building))
    succeeded(finished(waiting))
    assert indexed.log() == [("apply", "0001_things"), ("apply", "0002_index")]


def test_a_drop_that_was_killed_before_its_unmark_is_unmarked(indexed: Project, database: Database) -> None:
    succeeded(indexed.yoyo("apply"))
    database.execute(DROP)
    done = succeeded(indexed.yoyo("rollback", "-r", "0002"))
    assert "the index things_id_idx does not exist" in done
    assert indexed.marks() == ["0001_things"]


def test_a_drop_that_was_killed_while_it_waited_is_dropped(indexed: Project, database: Database) -> None:
    succeeded(indexed.yoyo("apply"))
    with in_use(database, WRITES):
        process = indexed.start("rollback", "-r", "0002")
        until(lambda: validity(indexed) == [False])
        kill_and_wait(indexed, process)
    assert indexed.marks() == ["0001_things", "0002_index"]
    succeeded(indexed.yoyo("rollback", "-r", "0002"))
    assert validity(indexed) == []
    assert indexed.marks() == ["0001_things"]


def test_timeouts_of_the_database_cut_nothing_short(indexed: Project, database: Database) -> None:
    indexed.write("0003_slow", PAUSE.format(seconds=0.8), "SELECT 1;\n")
    with in_use(database, WRITES):
        for (name,) in indexed.rows("SELECT name FROM pg_settings WHERE name = ANY (%s)", TIMEOUTS):
            database.execute(f"ALTER DATABASE {database.name} SET {name} = '400ms'")
        process = indexed.start("apply")
        said(process, "waiting")
    succeeded(finished(process))
    assert indexed.marks() == ["0001_things", "0002_index", "0003_slow"]
