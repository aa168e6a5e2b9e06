"""make db-feed: what it publishes and never does, and that migrations go on past it."""

import psycopg
import pytest
from drift.commands import Commands, url
from psycopg import sql
from pytest_postgresql.executors import NoopExecutor
from workflow.databases import new_role

from messenger_db.commands import up_down
from messenger_db.commands.adopt import adopt
from messenger_db.commands.check import check
from messenger_db.commands.feed import feed
from messenger_db.commands.status import status
from messenger_db.secret_columns import SECRET_COLUMNS

Columns = dict[str, set[str]]

ALL = """
    SELECT table_name, array_agg(column_name::text)
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name !~ 'yoyo'
    GROUP BY table_name
"""
PUBLISHED = "SELECT tablename, attnames::text[] FROM pg_publication_tables WHERE pubname = %s"

# What is logged of a deleted row.
LOGGED = """
    SELECT relname, array_agg(attname::text)
    FROM pg_class
    JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
    LEFT JOIN pg_index ON indrelid = pg_class.oid
        AND CASE relreplident WHEN 'd' THEN indisprimary WHEN 'i' THEN indisreplident END
    WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
        AND relkind = 'r'
        AND (relreplident = 'f' OR attnum = ANY (indkey))
    GROUP BY relname
"""
IDENTITIES = """
    SELECT relname FROM pg_class
    WHERE relreplident <> 'd' AND relnamespace = to_regnamespace(quote_ident(current_schema())) AND relkind = 'r'
"""


@pytest.fixture
def db(commands: Commands, postgresql: psycopg.Connection) -> psycopg.Connection:
    """The owner's connection to a migrated database."""
    postgresql.autocommit = True
    if postgresql.execute("SHOW wal_level").fetchone() != ("logical",):
        pytest.skip("a change feed needs a server with wal_level = logical")
    commands.on(postgresql)
    return postgresql


def columns(db: psycopg.Connection, query: str, *values: str) -> Columns:
    """Return columns by their tables."""
    return {table: set(names) for table, names in db.execute(query.encode(), values or None).fetchall()}


def published_columns(db: psycopg.Connection, publication: str = "messenger_feed") -> Columns:
    """Return what is published."""
    return columns(db, PUBLISHED, publication)


def without_secrets(found: Columns) -> Columns:
    return {table: names - set(SECRET_COLUMNS.get(table, ())) for table, names in found.items()}


def set_up(commands: Commands) -> list[str]:
    """Run the command, which must succeed; return what it says."""
    said = commands.run(feed, False)
    assert (said.error, said.warnings) == (None, [])
    return said.lines


def is_clean(commands: Commands) -> bool:
    return commands.run(check).error is None


def test_all_columns_but_secrets_and_each_deleted_row_with_its_chat(commands: Commands, db: psycopg.Connection) -> None:
    said = set_up(commands)
    assert set_up(commands) == said
    everything, published, logged = columns(db, ALL), published_columns(db), columns(db, LOGGED)
    assert published == without_secrets(everything)
    assert not published["users"] & {"password_hash"}
    assert {table: names & {"chat_id", "user_id"} for table, names in logged.items() if table in everything} == {
        table: (names & {"chat_id"} or names & {"user_id"}) | (logged[table] & {"chat_id", "user_id"})
        for table, names in everything.items()
    }
    assert all(logged[table] <= names for table, names in published.items())
    assert {line.split(":")[0].strip() for line in said[1:-1]} == set(everything)
    assert is_clean(commands)
    [line] = [line for line in commands.run(status, False).lines if "change feed" in line]
    assert line.endswith(f": {len(everything)} tables")


def test_each_tenant_has_its_own(commands: Commands, db: psycopg.Connection) -> None:
    set_up(commands)
    db.execute('CREATE SCHEMA "Tenant A"; SET search_path = "Tenant A"')
    commands.on(db, schema="Tenant A")
    commands.run(up_down.apply)
    set_up(commands)
    assert (
        published_columns(db, "messenger_feed_Tenant A") == published_columns(db) == without_secrets(columns(db, ALL))
    )
    assert columns(db, LOGGED)["messages"] == {"id", "chat_id"}
    assert commands.run(feed, True).error is None
    assert db.execute("SELECT pubname FROM pg_publication").fetchall() == [("messenger_feed",)]
    assert db.execute(IDENTITIES).rowcount == 0


def test_removed_all_is_as_before(commands: Commands, db: psycopg.Connection) -> None:
    set_up(commands)
    assert commands.run(feed, True).lines[0].startswith("dropped publication messenger_feed")
    assert db.execute("SELECT FROM pg_publication").rowcount == db.execute(IDENTITIES).rowcount == 0
    assert commands.run(feed, True).lines[0].startswith("nothing to remove: ")


# PostgreSQL refuses the first two for the list of columns.
CHANGED = """
    ALTER TABLE users DROP avatar_url;
    ALTER TABLE user_sessions ALTER device_name TYPE text;
    ALTER TABLE users ADD language text;
    ALTER TABLE messages DROP CONSTRAINT messages_chat_id_id_key CASCADE, ADD UNIQUE (id, chat_id);
    CREATE TABLE polls (id bigint PRIMARY KEY, chat_id uuid NOT NULL, UNIQUE (chat_id, id));
    CREATE TABLE notes (words text);
"""
CHANGED_BACK = """
    DROP TABLE notes, polls;
    ALTER TABLE users DROP language;
"""


def test_a_migration_goes_past_it_and_keeps_it_up_to_date(commands: Commands, db: psycopg.Connection) -> None:
    set_up(commands)
    commands.write(2, CHANGED, CHANGED_BACK)
    said = commands.run(up_down.apply)
    assert (said.error, said.warnings) == (None, [])
    published = published_columns(db)
    assert published == without_secrets(columns(db, ALL))
    assert {"language", "avatar_url"} & published["users"] == {"language"}
    logged = columns(db, LOGGED)
    assert logged["messages"] == logged["polls"] == {"id", "chat_id"}
    assert "notes" in logged  # as a whole, as it has no key: else no row of it could be changed
    assert is_clean(commands)
    commands.environment.setenv("CONFIRM", db.info.dbname)
    assert commands.run(up_down.down, 1).error is None
    assert "language" not in published_columns(db)["users"]


def test_it_outlives_a_rollback_of_all(commands: Commands, db: psycopg.Connection) -> None:
    set_up(commands)
    before = published_columns(db), columns(db, LOGGED)
    commands.environment.setenv("CONFIRM", db.info.dbname)
    assert commands.run(up_down.down, None).error is None
    assert db.execute("SELECT FROM pg_publication").rowcount == 1
    assert "no table to publish" in str(commands.run(feed, False).error)
    assert commands.run(up_down.apply).error is None
    assert (published_columns(db), columns(db, LOGGED)) == before


def test_what_it_does_not_know_yet_is_told(commands: Commands, db: psycopg.Connection) -> None:
    set_up(commands)
    db.execute("ALTER TABLE users ADD language text")
    db.execute("CREATE TABLE polls (id bigint PRIMARY KEY, chat_id uuid)")
    [line] = [line for line in commands.run(status, False).lines if "change feed" in line]
    assert (
        "; out of date (the columns of polls, the columns of users, the replica identity of polls): make db-feed"
        in line
    )
    set_up(commands)
    assert "out of date" not in " ".join(commands.run(status, False).lines)


def test_a_dump_with_it_is_adopted(commands: Commands, db: psycopg.Connection) -> None:
    set_up(commands)
    for (table,) in db.execute(
        "SELECT tablename FROM pg_tables WHERE tablename ~ 'yoyo' AND schemaname = current_schema()"
    ):
        db.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(table)))
    assert commands.run(adopt).error is None


def nothing_is_there(db: psycopg.Connection) -> bool:
    return db.execute("SELECT FROM pg_publication").rowcount == db.execute(IDENTITIES).rowcount == 0


def test_a_busy_table_leaves_nothing_half_done(commands: Commands, db: psycopg.Connection) -> None:
    commands.environment.setenv("LOCK_TIMEOUT_MS", "20")
    commands.environment.setenv("LOCK_ATTEMPTS", "2")
    with psycopg.connect(url(db)) as busy:
        busy.execute("LOCK TABLE user_sessions IN ROW SHARE MODE")
        said = commands.run(feed, False)
    assert said.lines[0].startswith("the change feed: a table is busy, next try in 0.0 s")
    assert "nothing was changed" in str(said.error)
    assert nothing_is_there(db)


def test_a_role_that_cannot_is_told_why(
    commands: Commands, db: psycopg.Connection, postgresql_noproc: NoopExecutor
) -> None:
    with new_role(postgresql_noproc) as role:
        name = sql.Identifier(role)
        db.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(sql.Identifier(db.info.dbname), name))
        commands.on(db, user=role)
        said = commands.run(feed, False)
        assert "must be owner of table" in str(said.error)
        assert "do it as the role that applies the migrations" in str(said.error)
        assert nothing_is_there(db)
        for (table,) in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall():
            db.execute(sql.SQL("ALTER TABLE {} OWNER TO {}").format(sql.Identifier(table), name))
        assert commands.run(feed, False).lines[-1].endswith(f"ALTER ROLE {role} REPLICATION as a superuser")
        commands.on(db)
        set_up(commands)
        [(publication,)] = db.execute("SELECT pubname FROM pg_publication").fetchall()
        db.execute(sql.SQL("ALTER PUBLICATION {} OWNER TO CURRENT_USER").format(sql.Identifier(publication)))
        commands.on(db, user=role)
        assert f"belongs to {db.info.user}: do it as that role" in str(commands.run(feed, True).error)
        db.execute(sql.SQL("REASSIGN OWNED BY {0} TO CURRENT_USER; DROP OWNED BY {0}").format(name))


def test_a_publication_of_somebody_else_is_left_alone(commands: Commands, db: psycopg.Connection) -> None:
    db.execute("CREATE SCHEMA other; CREATE TABLE other.notes (id integer PRIMARY KEY)")
    db.execute("CREATE PUBLICATION messenger_feed FOR TABLE other.notes")
    for remove in (False, True):
        assert "is not one that make db-feed made" in str(commands.run(feed, remove).error)
    commands.write(2, "ALTER TABLE users ADD language text;")
    assert commands.run(up_down.apply).error is None
    assert published_columns(db) == {"notes": {"id"}}


def test_it_can_be_renamed_and_named_whole_rows_by_other_tools(commands: Commands, db: psycopg.Connection) -> None:
    set_up(commands)
    db.execute("ALTER PUBLICATION messenger_feed RENAME TO powersync")
    db.execute("ALTER TABLE messages REPLICA IDENTITY FULL")
    assert set_up(commands)[0].startswith("publication powersync in ")
    db.execute("ALTER TABLE users ADD language text, DROP bio CASCADE")
    set_up(commands)
    assert published_columns(db, "powersync")["users"] >= {"language"}
    assert columns(db, LOGGED)["messages"] >= {"content"}
    assert commands.run(feed, True).lines[0].startswith("dropped publication powersync")
