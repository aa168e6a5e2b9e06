"""What the roles of make db-grant may do, tried by logging in as them."""

import re
from collections.abc import Callable, Iterable, Iterator

import psycopg
import pytest
from drift.commands import Commands, url
from hot_paths.calls import call, call_one
from hot_paths.people import join, leave, new_group, new_user, purge, send
from hot_paths.test_files import NIL, VALUES
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from pytest_postgresql.executors import NoopExecutor
from schema.cases import TABLES
from schema.cases.world import build_world
from workflow.databases import new_role

from messenger_db.commands import up_down
from messenger_db.commands.grant import grant
from messenger_db.hot_paths import hot_path, names
from messenger_db.secret_columns import SECRET_COLUMNS

NAMES = [table.name for table in TABLES]


@pytest.fixture(params=[None, "tenant_a"], ids=["public", "tenant"])
def owner(request: pytest.FixtureRequest, commands: Commands, postgresql: psycopg.Connection) -> psycopg.Connection:
    """The owner's connection to a migrated database; with a tenant it is that one's schema, else public."""
    postgresql.autocommit = True
    if request.param:
        postgresql.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(request.param)))
        postgresql.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(request.param)))
        commands.on(postgresql, schema=request.param)
        commands.run(up_down.apply)
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


def granted(commands: Commands, role: str, *, readonly: bool = False) -> list[str]:
    """Run the command, which must succeed; return what it says of each table."""
    said = commands.run(grant, role, readonly)
    assert (said.error, said.warnings) == (None, [])
    first, *tables, last = said.lines
    assert re.fullmatch(f"{role} can do this in database .*, and nothing else in its schema:", first)
    assert "GRANT it by column" in last
    return tables


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


def test_an_application_runs_the_hot_paths(commands: Commands, owner: psycopg.Connection, role: str) -> None:
    alice, bob, carol = (new_user(owner) for _ in range(3))
    chat = new_group(owner, alice)
    (session,) = owner.execute(
        "INSERT INTO user_sessions (user_id, token_hash, expires_at)"
        " VALUES (%s, sha256('token'), now() + interval '1 h') RETURNING id",
        [bob],
    ).fetchone() or ("",)
    granted(commands, role)
    with login(owner, role) as db:
        assert join(db, chat, bob, alice)
        assert join(db, chat, carol, alice)
        message = send(db, chat, alice)["message_id"]  # with an id by the server's function
        assert send(db, chat, alice, message)["outcome"] == "repeated"
        place = {"chat_id": chat, "message_id": message}
        assert len(call(db, "deliver_pending", user_id=bob, max_messages=10)) == 1
        assert len(call(db, "mark_read", user_id=bob, chat_id=chat, up_to_id=message)) == 1
        assert call_one(db, "add_reaction", **place, user_id=bob, emoji="x") == {"outcome": "reacted"}
        assert call(db, "remove_reaction", **place, user_id=bob, emoji="x")
        assert call(db, "edit_message", **place, user_id=alice, content="Changed")
        assert call(db, "delete_message", **place, user_id=alice)
        assert call(db, "heartbeat", session_id=session, status="online")
        assert leave(db, chat, carol)
        assert join(db, chat, carol, bob)
        assert purge(db, bob, batch=10)
        assert purge(db, alice, batch=10)


@pytest.fixture
def application(
    commands: Commands, postgresql: psycopg.Connection, postgresql_noproc: NoopExecutor
) -> Iterator[Callable[[], None]]:
    """Make the owner's connection that of an application's role, until its transaction ends."""
    commands.on(postgresql)
    with new_role(postgresql_noproc) as role:
        name = sql.Identifier(role)
        granted(commands, role)

        def become() -> None:
            postgresql.execute(sql.SQL("SET LOCAL ROLE {}").format(name))

        yield become
        postgresql.rollback()
        postgresql.execute(sql.SQL("DROP OWNED BY {}").format(name))
        postgresql.commit()


def is_denied(db: psycopg.Connection, statement: str, parameters: dict[str, str] | None = None) -> bool:
    """Say whether a statement is refused for want of a privilege; its effect is undone."""
    try:
        with db.transaction(force_rollback=True):
            db.execute(statement.encode(), parameters)
    except InsufficientPrivilege:
        return True
    except psycopg.Error:
        return False  # privileges come first: what else is wrong with it comes after
    return False


def denied_paths(db: psycopg.Connection, paths: Iterable[str]) -> list[str]:
    """Return those of the hot paths that are refused for want of a privilege."""
    return [
        name
        for name in paths
        if is_denied(
            db,
            hot_path(name).for_psycopg,
            {parameter: VALUES.get(parameter, NIL).replace("\\\\", "\\") for parameter in hot_path(name).parameters},
        )
    ]


COLUMNS = """
    SELECT
        relname,
        attname,
        privilege,
        has_column_privilege(pg_class.oid, attnum, privilege)
    FROM pg_class
    JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
    CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE']) AS privilege
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname !~ '^_?yoyo_'
"""


TRIES = {"INSERT": "INSERT INTO {} ({}) VALUES (DEFAULT)", "UPDATE": "UPDATE {} SET {} = DEFAULT"}


def test_each_hot_path_runs_and_every_column_that_none_writes_is_refused(
    application: Callable[[], None], postgresql: psycopg.Connection
) -> None:
    db = postgresql
    db.commit()
    with db.transaction(force_rollback=True):
        application()
        assert denied_paths(db, names()) == []
        columns = db.execute(COLUMNS).fetchall()
        for table, column, privilege, has in columns:
            assert is_denied(db, TRIES[privilege].format(table, column)) != has, (table, column, privilege)
    updated = {f"{table}.{column}" for table, column, privilege, has in columns if has and privilege == "UPDATE"}
    inserted = {f"{table}.{column}" for table, column, privilege, has in columns if has and privilege == "INSERT"}
    # What is the database's own: ids, keys, kinds, and the times it keeps.
    for name in ("created_at", "updated_at", "id", "chat_id", "user_id", "message_id", "type", "slug", "token_hash"):
        assert not any(column.endswith(f".{name}") for column in updated), name
    assert not any(column.endswith(("created_at", "updated_at")) for column in inserted)


def test_each_right_to_write_is_one_that_a_hot_path_needs(
    application: Callable[[], None], postgresql: psycopg.Connection
) -> None:
    db = postgresql
    db.commit()
    with db.transaction(force_rollback=True):
        application()
        rights = [row[:3] for row in db.execute(COLUMNS).fetchall() if row[3]]
        (role,) = db.execute("SELECT current_user").fetchone() or ("",)
        db.execute("RESET ROLE")
        for table, column, privilege in rights:
            with db.transaction(force_rollback=True):
                db.execute(f"REVOKE {privilege} ({column}) ON {table} FROM {role}".encode())
                application()
                assert denied_paths(db, (name for name in names() if table in hot_path(name).sql)), (table, column)


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
    granted(commands, role, readonly=True)
    with login(owner, role) as db:
        for table in NAMES:
            assert may(db, f"SELECT FROM {table}")
            for statement in ("INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}", "SELECT FROM {} FOR UPDATE"):
                assert not may(db, statement.format(table)), statement
        assert not may(db, "UPDATE users SET bio = ''")
        assert not may(db, "SELECT uuid_v7()")


def test_reporting_sees_no_secret(commands: Commands, owner: psycopg.Connection, role: str) -> None:
    build_world(owner)
    granted(commands, role, readonly=True)
    with login(owner, role) as db:
        for table in TABLES:
            assert may(db, f"TABLE {table.name}") == (table.name not in SECRET_COLUMNS)
        for name, attribute in owner.execute(ATTRIBUTES).fetchall():
            for statement in (
                "SELECT {1} FROM {0}",
                "SELECT count(*) FROM {0} WHERE {1} IS NULL",
                "SELECT max({1}::text) FROM {0}",
            ):
                is_secret = attribute in SECRET_COLUMNS.get(name, ())
                assert may(db, statement.format(name, attribute)) != is_secret, (name, attribute)


ATTRIBUTES = """
    SELECT table_name::text, column_name::text
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name !~ '^_?yoyo_'
"""


def test_the_secret_columns_are_columns_and_none_that_is_called_like_one_is_missing(db: psycopg.Connection) -> None:
    columns = set(db.execute(ATTRIBUTES).fetchall())
    secret = {(table, column) for table, names in SECRET_COLUMNS.items() for column in names}
    assert secret <= columns
    assert {
        column for column in columns if re.search("_hash|password|secret|token|socket|ip_|agent", column[1])
    } <= secret


def test_run_again_with_the_other_setting_it_changes(commands: Commands, owner: psycopg.Connection, role: str) -> None:
    with login(owner, role) as db:
        for readonly in (False, True, False):
            granted(commands, role, readonly=readonly)
            assert may(db, "SELECT id FROM users")
            assert may(db, "SELECT password_hash FROM users") != readonly
            assert may(db, "DELETE FROM users") != readonly
            assert may(db, "UPDATE users SET status = 'away'") != readonly
            assert may(db, "SELECT uuid_v7()") != readonly


def test_it_takes_back_what_the_role_had_more(commands: Commands, owner: psycopg.Connection, role: str) -> None:
    name = sql.Identifier(role)
    schema = sql.Identifier(*owner.execute("SELECT current_schema()").fetchone() or ())
    owner.execute(sql.SQL("GRANT ALL ON ALL TABLES IN SCHEMA {} TO {}").format(schema, name))
    owner.execute(sql.SQL("GRANT ALL ON SCHEMA {} TO {}").format(schema, name))
    owner.execute(sql.SQL("GRANT UPDATE (bio) ON users TO {}").format(name))
    owner.execute("GRANT ALL ON users, _yoyo_migration TO PUBLIC")
    owner.execute("GRANT SELECT (token_hash), UPDATE (token_hash) ON user_sessions TO PUBLIC")
    owner.execute("GRANT EXECUTE ON FUNCTION uuid_v7(), set_updated_at() TO PUBLIC")
    owner.execute(sql.SQL("GRANT CREATE ON SCHEMA {} TO PUBLIC").format(schema))
    granted(commands, role, readonly=True)
    with login(owner, role) as db:
        assert may(db, "SELECT count(*) FROM users")
        for statement in (
            "SELECT token_hash FROM user_sessions",
            "UPDATE users SET bio = ''",
            "SELECT FROM _yoyo_migration",
            "SELECT uuid_v7()",
            *DDL,
        ):
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
    commands.run(up_down.apply)
    with new_role(postgresql_noproc) as role:
        assert "  notes: SELECT" in granted(commands, role)
        postgresql.execute(sql.SQL("GRANT INSERT (word) ON notes TO {}").format(sql.Identifier(role)))
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


@pytest.mark.parametrize(
    "name", ["public", "PUBLIC", "none", "current_user", "CURRENT_ROLE", "session_user", "pg_monitor", "pg_nobody"]
)
def test_what_names_no_role_of_ones_own(commands: Commands, postgresql: psycopg.Connection, name: str) -> None:
    commands.on(postgresql)
    refused(commands, name, f"ROLE={name} does not name a role of your own", "CREATE ROLE")
    assert postgresql.execute("SELECT has_table_privilege('public', 'users', 'SELECT')").fetchone() == (False,)


def test_a_schema_that_a_hot_path_does_not_fit(
    commands: Commands, postgresql: psycopg.Connection, postgresql_noproc: NoopExecutor
) -> None:
    commands.write(2, "ALTER TABLE users DROP COLUMN last_seen_at;")
    commands.on(postgresql)
    commands.run(up_down.apply)
    with new_role(postgresql_noproc) as role:
        refused(commands, role, "the hot path contacts does not run in database ", "last_seen_at", "make db-status")


def test_nothing_is_applied(commands: Commands, empty_postgresql: psycopg.Connection) -> None:
    commands.on(empty_postgresql)
    refused(commands, "somebody", "no migration is applied")


def test_a_superuser_or_the_owner_would_keep_more(commands: Commands, owner: psycopg.Connection) -> None:
    refused(commands, owner.info.user, f"{owner.info.user} would keep the attribute SUPERUSER")
    assert may(owner, "SELECT FROM _yoyo_migration")


in_public = pytest.mark.parametrize("owner", [None], indirect=True, ids=["public"])

KEEPS = {
    "CREATEROLE": ("ALTER ROLE {role} CREATEROLE", "the attribute CREATEROLE"),
    "REPLICATION": ("ALTER ROLE {role} REPLICATION", "the attribute REPLICATION"),
    "BYPASSRLS": ("ALTER ROLE {role} BYPASSRLS", "the attribute BYPASSRLS"),
    "CREATEROLE by SET ROLE": (
        "ALTER ROLE {group} CREATEROLE; ALTER ROLE {role} NOINHERIT; GRANT {group} TO {role}",
        "the attribute CREATEROLE, as a member of {group}",
    ),
    **{
        other: (f"GRANT {other} TO {{role}}", f"what PostgreSQL lets its own role do, as a member of {other}")
        for other in (
            "pg_execute_server_program",
            "pg_write_server_files",
            "pg_read_all_data",
            "pg_write_all_data",
            "pg_signal_backend",
        )
    },
    "a predefined role by way of another": (
        "GRANT pg_read_all_data TO {group}; GRANT {group} TO {role}",
        "as a member of pg_read_all_data",
    ),
    "NOINHERIT member of the owner": (
        "ALTER TABLE users OWNER TO {group}; ALTER ROLE {role} NOINHERIT; GRANT {group} TO {role}",
        "the ownership of table users, as a member of {group}",
    ),
    "ADMIN OPTION alone": (
        "ALTER TABLE users OWNER TO {group}; ALTER ROLE {role} NOINHERIT; GRANT {group} TO {role} {admin}",
        "the ownership of table users, as a member of {group}",
    ),
    "owner of a function": (
        "ALTER FUNCTION is_blank(text) OWNER TO {role}",
        "the ownership of function is_blank(text)",
    ),
    "owner of the database": (
        "ALTER DATABASE {database} OWNER TO {role}",
        "what PostgreSQL lets its own role do, as a member of pg_database_owner",
    ),
    "owner of the schema": ("ALTER SCHEMA public OWNER TO {role}", "CREATE WITH GRANT OPTION on the schema public"),
    "CREATE on the database": ("GRANT CREATE ON DATABASE {database} TO {role}", "CREATE on the database"),
    "CREATE on the database by a group": (
        "GRANT CREATE ON DATABASE {database} TO {group}; GRANT {group} TO {role}",
        "CREATE on the database, as a member of {group}",
    ),
    "columns by a group": (
        "GRANT UPDATE (slug) ON chats TO {group}; GRANT {group} TO {role}",
        "UPDATE on chats.slug, as a member of {group}",
    ),
    "columns by a group, NOINHERIT": (
        "GRANT INSERT (created_at) ON chats TO {group}; ALTER ROLE {role} NOINHERIT; GRANT {group} TO {role}",
        "INSERT on chats.created_at, as a member of {group}",
    ),
    "grant options by a group": (
        "GRANT SELECT ON users TO {group} WITH GRANT OPTION; GRANT {group} TO {role}",
        "SELECT WITH GRANT OPTION on users.",
    ),
    "TRUNCATE": ("GRANT TRUNCATE ON users TO {group}; GRANT {group} TO {role}", "TRUNCATE on users"),
    "TRIGGER": ("GRANT TRIGGER ON users TO {group}; GRANT {group} TO {role}", "TRIGGER on users"),
    "REFERENCES": ("GRANT REFERENCES (id) ON users TO {group}; GRANT {group} TO {role}", "REFERENCES on users.id"),
    "a function by a group": (
        "GRANT EXECUTE ON FUNCTION set_updated_at() TO {group}; GRANT {group} TO {role}",
        "EXECUTE on set_updated_at(), as a member of {group}",
    ),
    "a view": (
        "CREATE VIEW hashes AS SELECT password_hash FROM users; GRANT SELECT ON hashes TO PUBLIC;"
        "GRANT {group} TO {role}",
        "SELECT on hashes.password_hash, through PUBLIC",
    ),
    "a view's column": (
        "CREATE VIEW hashes AS SELECT password_hash FROM users; GRANT SELECT (password_hash) ON hashes TO {role}",
        "SELECT on hashes.password_hash",
    ),
    "a function with its owner's rights": (
        "CREATE FUNCTION purge() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM chats'",
        "EXECUTE on purge(), through PUBLIC",
    ),
    "default privileges": (
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role}",
        "SELECT on what {owner} creates, by default privileges",
    ),
    "default privileges of PUBLIC": (
        "ALTER DEFAULT PRIVILEGES GRANT UPDATE ON TABLES TO PUBLIC",
        "UPDATE on what {owner} creates, by default privileges, through PUBLIC",
    ),
    "triggers off": (
        "GRANT SET ON PARAMETER session_replication_role TO {role}",
        "SET on the parameter session_replication_role",
    ),
    "a catalog": ("GRANT SELECT ON pg_authid TO {role}", "privileges on table pg_authid"),
    "files": (
        "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO {role}",
        "privileges on function pg_read_file(text)",
    ),
}


@in_public
@pytest.mark.parametrize("case", KEEPS)
def test_a_role_that_would_keep_more_is_refused(
    commands: Commands, owner: psycopg.Connection, role: str, postgresql_noproc: NoopExecutor, case: str
) -> None:
    setup, keeps = KEEPS[case]
    admin = "WITH ADMIN OPTION" if owner.info.server_version < 160000 else "WITH ADMIN TRUE, INHERIT FALSE, SET FALSE"
    with new_role(postgresql_noproc) as group:
        words = {"role": role, "group": group, "owner": owner.info.user, "admin": admin}
        owner.execute(setup.format(**words, database=owner.info.dbname).encode())
        try:
            refused(commands, role, f"nothing was changed: {role} would keep ", keeps.format(**words))
            with login(owner, role) as db:
                assert not may(db, "SELECT uuid_v7()")
        finally:
            owner.execute(
                sql.SQL("REASSIGN OWNED BY {0}, {1} TO CURRENT_USER").format(*map(sql.Identifier, (role, group)))
            )
            owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(group)))


@in_public
def test_what_gives_nothing_in_the_schema_is_no_reason(
    commands: Commands, owner: psycopg.Connection, role: str, postgresql_noproc: NoopExecutor
) -> None:
    with new_role(postgresql_noproc) as group:
        for statement in (
            "GRANT SELECT (id) ON users TO {group}",
            "GRANT {group} TO {role}",
            "ALTER ROLE {role} CREATEDB",
            "CREATE SCHEMA jobs AUTHORIZATION {role}",
            "CREATE FUNCTION plain() RETURNS integer LANGUAGE sql RETURN 1",
            # Such a list names PUBLIC too, with what it has without one.
            "ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO pg_monitor",
            # What an extension brings is its own affair.
            "CREATE VIEW statistics AS SELECT 1 AS calls",
            "GRANT SELECT ON statistics TO PUBLIC",
            "ALTER EXTENSION plpgsql ADD VIEW statistics",
            "CREATE FUNCTION extent() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "ALTER EXTENSION plpgsql ADD FUNCTION extent()",
        ):
            words = {"role": sql.Identifier(role), "group": sql.Identifier(group)}
            owner.execute(sql.SQL(statement).format(**words))
        granted(commands, role)
        granted(commands, role, readonly=True)
        owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(group)))


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
