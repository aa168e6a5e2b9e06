"""What the roles of make db-grant may do, tried by logging in as them."""

from collections.abc import Iterator

import psycopg
import pytest
from drift.commands import Commands, url
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from pytest_postgresql.executors import NoopExecutor
from schema.cases import TABLES
from schema.cases.world import build_world
from workflow.databases import new_role

from messenger_db import migrate
from messenger_db.grant import grant

NAMES = [table.name for table in TABLES]


@pytest.fixture(params=[None, "tenant_a"], ids=["public", "tenant"])
def owner(request: pytest.FixtureRequest, commands: Commands, postgresql: psycopg.Connection) -> psycopg.Connection:
    """The owner's connection to a migrated database; with a tenant it is that one's schema, else public."""
    postgresql.autocommit = True
    if request.param:
        postgresql.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(request.param)))
        postgresql.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(request.param)))
        commands.on(postgresql, schema=request.param)
        commands.run(migrate.apply)
    else:
        commands.on(postgresql)
    return postgresql


@pytest.fixture
def role(postgresql_noproc: NoopExecutor, owner: psycopg.Connection) -> Iterator[str]:
    """A role that may log in, and do what a test grants it."""
    with new_role(postgresql_noproc) as role:
        yield role
        owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))


def login(owner: psycopg.Connection, role: str) -> psycopg.Connection:
    """Log in as the role, where the owner is."""
    (schema,) = owner.execute("SELECT current_schema()").fetchone() or ("",)
    return psycopg.connect(url(owner, user=role, options=f"-c search_path={schema}"), autocommit=True)


def may(db: psycopg.Connection, statement: str) -> bool:
    """Say whether a statement runs, whose effect is undone."""
    try:
        with db.transaction(force_rollback=True):
            db.execute(statement.encode())
    except InsufficientPrivilege:
        return False
    return True


def granted(commands: Commands, role: str, *, readonly: bool = False) -> str:
    """Run the command, which must succeed; return its one line."""
    said = commands.run(grant, role, readonly)
    assert (said.error, said.warnings) == (None, [])
    (line,) = said.lines
    return line


DDL = [
    "CREATE TABLE extra (id integer)",
    "CREATE FUNCTION extra() RETURNS integer LANGUAGE sql RETURN 1",
    "CREATE SCHEMA extra",
    "ALTER TABLE users ADD extra text",
    "ALTER TABLE users DISABLE TRIGGER users_set_updated_at",
    "CREATE INDEX extra ON users (bio)",
    "DROP INDEX users_id_present_idx",
    "DROP TABLE user_sessions",
    "TRUNCATE user_sessions",
    "DROP FUNCTION uuid_v7() CASCADE",
    "COMMENT ON TABLE users IS 'ours'",
]


def test_an_application_may_work_with_rows(commands: Commands, owner: psycopg.Connection, role: str) -> None:
    assert granted(commands, role).startswith(f"{role} may read and write the rows of 10 tables in database ")
    with login(owner, role) as db:
        build_world(db)  # fills each table
        db.execute(
            "INSERT INTO messages (chat_id, sender_id, content)"
            " SELECT chat_id, user_id, 'with an id by default' FROM chat_participants LIMIT 1"
        )
        for table in NAMES:
            time = "joined_at" if table == "chat_participants" else "created_at"
            for statement in ("SELECT FROM {0}", "UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"):
                assert may(db, statement.format(table, time)), statement
        assert db.execute("UPDATE users SET bio = 'x' RETURNING updated_at > created_at").fetchall()
        db.execute("DELETE FROM users WHERE username = 'alice'")


@pytest.mark.parametrize("readonly", [False, True], ids=["application", "reporting"])
def test_neither_may_do_ddl_or_touch_the_bookkeeping(
    commands: Commands, owner: psycopg.Connection, role: str, readonly: bool
) -> None:
    owner.execute("CREATE TABLE yoyo_lock (locked integer, ctime timestamp, pid integer PRIMARY KEY)")  # stock yoyo's
    tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()
    bookkeeping = {name for (name,) in tables} - set(NAMES)
    assert {"_yoyo_migration", "_yoyo_log", "_yoyo_sums", "yoyo_lock"} <= bookkeeping
    granted(commands, role, readonly=readonly)
    with login(owner, role) as db:
        for statement in DDL:
            assert not may(db, statement), statement
        for table in bookkeeping:
            for statement in ("SELECT FROM {}", "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES", "DROP TABLE {}"):
                assert not may(db, statement.format(table)), table
        assert not may(db, "SELECT set_updated_at()")


def test_reporting_may_only_read(commands: Commands, owner: psycopg.Connection, role: str) -> None:
    assert granted(commands, role, readonly=True).startswith(f"{role} may read the rows of 10 tables in database ")
    with login(owner, role) as db:
        for table in NAMES:
            assert may(db, f"SELECT FROM {table}")
            for statement in ("INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}", "SELECT FROM {} FOR UPDATE"):
                assert not may(db, statement.format(table)), statement
        assert not may(db, "UPDATE users SET bio = ''")
        assert not may(db, "SELECT uuid_v7()")


def test_run_again_with_the_other_setting_it_changes(commands: Commands, owner: psycopg.Connection, role: str) -> None:
    with login(owner, role) as db:
        for readonly in (False, True, False):
            granted(commands, role, readonly=readonly)
            assert may(db, "SELECT FROM users")
            assert may(db, "DELETE FROM users") != readonly
            assert may(db, "SELECT uuid_v7()") != readonly


def test_it_takes_back_what_the_role_had_more(commands: Commands, owner: psycopg.Connection, role: str) -> None:
    name = sql.Identifier(role)
    schema = sql.Identifier(*owner.execute("SELECT current_schema()").fetchone() or ())
    owner.execute(sql.SQL("GRANT ALL ON ALL TABLES IN SCHEMA {} TO {}").format(schema, name))
    owner.execute(sql.SQL("GRANT ALL ON SCHEMA {} TO {}").format(schema, name))
    owner.execute(sql.SQL("GRANT UPDATE (bio) ON users TO {}").format(name))
    owner.execute("GRANT ALL ON users, _yoyo_migration TO PUBLIC")
    owner.execute("GRANT EXECUTE ON FUNCTION uuid_v7(), set_updated_at() TO PUBLIC")
    owner.execute(sql.SQL("GRANT CREATE ON SCHEMA {} TO PUBLIC").format(schema))
    granted(commands, role, readonly=True)
    with login(owner, role) as db:
        assert may(db, "SELECT FROM users")
        for statement in ("UPDATE users SET bio = ''", "SELECT FROM _yoyo_migration", "SELECT uuid_v7()", *DDL):
            assert not may(db, statement), statement


def test_others_get_nothing(
    commands: Commands, owner: psycopg.Connection, role: str, postgresql_noproc: NoopExecutor
) -> None:
    owner.execute("GRANT SELECT ON users TO PUBLIC")
    owner.execute("GRANT EXECUTE ON FUNCTION uuid_v7() TO PUBLIC")
    granted(commands, role)
    with new_role(postgresql_noproc) as other:
        schema = sql.Identifier(*owner.execute("SELECT current_schema()").fetchone() or ())
        owner.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, sql.Identifier(other)))
        with login(owner, other) as db:
            assert not any(may(db, f"SELECT FROM {table}") for table in NAMES)
            assert not may(db, "SELECT uuid_v7()")
        owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(other)))


def test_a_function_that_a_check_or_an_index_calls_is_granted_too(
    commands: Commands, postgresql: psycopg.Connection, postgresql_noproc: NoopExecutor
) -> None:
    body = "(word text) RETURNS text LANGUAGE sql IMMUTABLE RETURN word;"
    commands.write(
        2,
        f"CREATE FUNCTION checked{body} CREATE FUNCTION indexed{body} CREATE FUNCTION idle{body}"
        "CREATE PROCEDURE work() LANGUAGE sql AS 'SELECT 1';"
        "CREATE TABLE notes (word text CHECK (checked(word) <> ''));"
        "CREATE INDEX notes_word_idx ON notes (indexed(word)) WHERE indexed(word) <> '';",
    )
    postgresql.autocommit = True
    commands.on(postgresql)
    commands.run(migrate.apply)
    with new_role(postgresql_noproc) as role:
        assert "the rows of 11 tables" in granted(commands, role)
        with login(postgresql, role) as db:
            assert may(db, "INSERT INTO notes VALUES ('a')")
            assert not may(db, "SELECT idle('a')")
            assert not may(db, "CALL work()")
        postgresql.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))


def refused(commands: Commands, role: str, *words: str) -> None:
    said = commands.run(grant, role, False)
    assert (said.lines, said.warnings) == ([], [])
    assert said.error
    assert "\n" not in said.error
    for word in words:
        assert word in said.error


def test_no_role_is_named(commands: Commands, postgresql: psycopg.Connection) -> None:
    commands.on(postgresql)
    refused(commands, "", "make db-grant ROLE=messenger_app")


def test_the_role_does_not_exist(commands: Commands, postgresql: psycopg.Connection) -> None:
    commands.on(postgresql)
    refused(commands, 'no"body', 'there is no role no"body on the server', "CREATE ROLE")


def test_nothing_is_applied(commands: Commands, empty_postgresql: psycopg.Connection) -> None:
    commands.on(empty_postgresql)
    refused(commands, "somebody", "no migration is applied")


def test_a_superuser_or_the_owner_would_keep_more(commands: Commands, owner: psycopg.Connection) -> None:
    refused(commands, owner.info.user, f"{owner.info.user} would keep ", "superuser")
    assert may(owner, "SELECT FROM _yoyo_migration")


@pytest.mark.parametrize("other", ["pg_read_all_data", "pg_write_all_data"])
def test_a_member_of_a_role_that_may_more_would_keep_it(
    commands: Commands, owner: psycopg.Connection, role: str, other: str
) -> None:
    owner.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(other), sql.Identifier(role)))
    refused(commands, role, f"nothing was changed: {role} would keep ", "_yoyo_", "a member of a role")
    with login(owner, role) as db:
        assert not may(db, "SELECT uuid_v7()")


def test_a_role_that_may_not_grant(
    commands: Commands, owner: psycopg.Connection, role: str, postgresql_noproc: NoopExecutor
) -> None:
    (schema,) = owner.execute("SELECT current_schema()").fetchone() or ("",)
    with new_role(postgresql_noproc) as helper:
        name, database = sql.Identifier(helper), sql.Identifier(owner.info.dbname)
        owner.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(database, name))
        owner.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(schema), name))
        owner.execute(sql.SQL("GRANT SELECT ON _yoyo_migration TO {}").format(name))
        commands.on(owner, user=helper, schema=schema)
        refused(commands, role, "nothing was granted", "the role that applies the migrations")
        # With a privilege of its own it gets as far as a warning, which says nothing of what was not granted.
        owner.execute(sql.SQL("GRANT ALL ON ALL TABLES IN SCHEMA {} TO {}").format(sql.Identifier(schema), name))
        owner.execute(sql.SQL("GRANT ALL ON FUNCTION uuid_v7(), set_updated_at() TO {}").format(name))
        refused(commands, role, "nothing was granted", "the role that applies the migrations")
        owner.execute(sql.SQL("DROP OWNED BY {}").format(name))
