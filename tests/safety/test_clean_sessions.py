"""What one migration leaves in its session reaches neither the next one nor the migration tables."""

import pytest
from workflow.checkouts import failure, succeeded
from workflow.databases import Database

from .projects import Project


def setting(name: str, value: str) -> str:
    """Return the condition that a setting has a value."""
    return f"current_setting('{name}') = '{value}'"


# What a migration may leave, and what must hold in the next one.
LEFTOVERS = {
    "session_replication_role": (
        "SET session_replication_role = replica",
        setting("session_replication_role", "origin"),
    ),
    "timezone": ("SET timezone = 'Asia/Tokyo'", "current_setting('timezone') <> 'Asia/Tokyo'"),
    "check_function_bodies": ("SET check_function_bodies = off", setting("check_function_bodies", "on")),
    "search_path": ("SET search_path = pg_catalog", "current_schema() = 'public'"),
    "standard_conforming_strings": (
        "SET standard_conforming_strings = off",
        setting("standard_conforming_strings", "on"),
    ),
    "lock_timeout": ("SET lock_timeout = '1h'", "current_setting('lock_timeout') IN ('0', '500ms')"),
    "role": ("SET ROLE pg_read_all_data", "current_user = session_user"),
    "session authorization": ("SET SESSION AUTHORIZATION pg_read_all_data", "session_user <> 'pg_read_all_data'"),
    "read only transactions": ("SET default_transaction_read_only = on", setting("transaction_read_only", "off")),
    "prepared statement": ("PREPARE one AS SELECT 1", "NOT EXISTS (SELECT FROM pg_prepared_statements)"),
    "temporary table": ("CREATE TEMPORARY TABLE things (id bigint)", "to_regclass('pg_temp.things') IS NULL"),
    "cursor": ("DECLARE one CURSOR WITH HOLD FOR SELECT 1", "NOT EXISTS (SELECT FROM pg_cursors WHERE name = 'one')"),
    "listener": ("LISTEN one", "NOT EXISTS (SELECT FROM pg_listening_channels())"),
}


@pytest.mark.parametrize("transactional", [True, False])
def test_the_next_migration_starts_clean(project: Project, transactional: bool) -> None:
    for number, (statement, condition) in enumerate(LEFTOVERS.values(), start=1):
        asks = f"CREATE TABLE seen_{number} AS SELECT {condition} AS holds;\n"
        project.write(f"1{number:02}0_leaves", f"{statement};\n", f"{statement};\n", transactional=transactional)
        project.write(f"1{number:02}1_asks", asks, f"DROP TABLE seen_{number};\n")
    succeeded(project.yoyo("apply"))
    query = " UNION ALL ".join(f"SELECT {number}, holds FROM seen_{number}" for number in range(1, len(LEFTOVERS) + 1))
    clean = dict(project.rows(query))
    assert [name for number, name in enumerate(LEFTOVERS, start=1) if not clean[number]] == []
    assert project.log() == [("apply", id_) for id_ in project.ids()]
    succeeded(project.yoyo("rollback", "-r", "0001"))
    assert (project.marks(), project.tables()) == ([], set())


def test_a_schema_of_the_url_stays_in_force(project: Project, database: Database) -> None:
    database.execute('CREATE SCHEMA "Tenant A"')
    project.write("0002_leaves", "SET search_path = public;\n", "SET search_path = public;\n")
    project.write("0003_more", "CREATE TABLE more (id bigint);\n", "DROP TABLE more;\n")
    url = database.url(schema="Tenant A")
    succeeded(project.yoyo("apply", url=url))
    assert project.tables() == set()
    assert project.rows('SELECT count(*) FROM "Tenant A"._yoyo_migration') == [(3,)]
    assert project.rows('SELECT count(*) FROM "Tenant A".more') == [(0,)]
    succeeded(project.yoyo("rollback", "-r", "0002", url=url))


def test_the_lock_is_kept_and_the_sessions_own_settings_come_back(project: Project) -> None:
    project.write("0002_leaves", "SET idle_in_transaction_session_timeout = '7s';\n", "SELECT 1;\n")
    project.write(
        "0003_asks",
        "CREATE TABLE seen AS\n"
        "SELECT current_setting('idle_in_transaction_session_timeout') AS idle,\n"
        "    current_setting('client_connection_check_interval') AS look,\n"
        "    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks;\n",
        "DROP TABLE seen;\n",
    )
    succeeded(project.yoyo("apply"))
    assert project.rows("SELECT * FROM seen") == [("0", "500ms", 1)]


def test_a_migration_that_is_tried_again_starts_clean(project: Project, database: Database) -> None:
    project.write(
        "0002_prepares",
        "PREPARE one AS SELECT 1;\nLOCK TABLE things IN ACCESS EXCLUSIVE MODE;\n",
        "SELECT 1;\n",
    )
    project.write("0001_things", "CREATE TABLE things (id bigint);\n", "DROP TABLE things;\n")
    succeeded(project.yoyo("apply", "-r", "0001"))
    with database.connect() as db, db.transaction():
        db.execute("SELECT FROM things")
        said = failure(project.yoyo("apply", LOCK_TIMEOUT_MS="20", LOCK_ATTEMPTS="2"))
    assert "a table stayed busy" in said


def test_a_role_that_the_server_sets_at_login_stays(project: Project, database: Database, role: str) -> None:
    database.execute(f"CREATE ROLE {role}_owner")
    try:
        database.execute(f"GRANT {role}_owner TO {role}")
        database.execute(f"GRANT CREATE ON SCHEMA public TO {role}_owner")
        database.execute(f"ALTER ROLE {role} IN DATABASE {database.name} SET role = {role}_owner")
        project.write("0002_more", "CREATE TABLE more (id bigint);\n", "DROP TABLE more;\n")
        succeeded(project.yoyo("apply", url=database.url(user=role)))
        owners = project.rows("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        assert owners == [(f"{role}_owner",)]
    finally:
        database.execute(f"DROP OWNED BY {role}_owner CASCADE")
        database.execute(f"DROP ROLE {role}_owner")
