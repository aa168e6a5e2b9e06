"""make db-check sees each kind of drift, as one line, and nothing where there is none."""

import threading

import psycopg
from psycopg import sql

from messenger_db.commands import up_down
from messenger_db.commands.check import check

from .commands import Commands, schemas


def is_clean(commands: Commands) -> bool:
    said = commands.run(check)
    return said.error is None and len(said.lines) == 1 and said.lines[0].endswith(" matches its applied migrations")


def test_all_differences_are_told_and_counted(commands: Commands, postgresql: psycopg.Connection) -> None:
    commands.on(postgresql)
    postgresql.execute("ALTER TABLE users DROP bio")
    postgresql.execute("DROP INDEX contacts_contact_id_idx")
    postgresql.commit()
    said = commands.run(check)
    assert [line.split(":")[0] for line in said.lines] == ["contacts.contacts_contact_id_idx", "users.bio"]
    assert said.error
    assert said.error.startswith("messenger-db: 2 differences between database ")


def test_a_fresh_database_has_none_and_keeps_no_schema(commands: Commands, postgresql: psycopg.Connection) -> None:
    commands.on(postgresql)
    assert is_clean(commands)
    assert schemas(postgresql) == ["public"]


def test_none_after_down_and_up(commands: Commands, postgresql: psycopg.Connection) -> None:
    commands.on(postgresql)
    commands.environment.setenv("CONFIRM", postgresql.info.dbname)
    commands.run(up_down.down, None)
    commands.run(up_down.apply)
    assert is_clean(commands)


def test_order_of_columns_names_of_not_null_and_rows_do_not_count(
    commands: Commands, postgresql: psycopg.Connection
) -> None:
    commands.on(postgresql)
    postgresql.execute("ALTER TABLE users DROP bio")
    postgresql.execute("ALTER TABLE users ADD bio varchar(500)")
    postgresql.execute("COMMENT ON COLUMN users.bio IS 'What the user says about themselves.'")
    postgresql.execute("ALTER TABLE users ALTER username DROP NOT NULL")
    postgresql.execute("ALTER TABLE users ALTER username SET NOT NULL")
    postgresql.execute("GRANT SELECT ON users TO PUBLIC")
    postgresql.commit()
    assert is_clean(commands)


def test_a_concurrent_index_build_is_expected_as_any_other(commands: Commands, postgresql: psycopg.Connection) -> None:
    commands.write(2, "-- transactional: false\nCREATE INDEX CONCURRENTLY users_bio_idx ON users (bio);")
    commands.on(postgresql)
    commands.run(up_down.apply)
    assert is_clean(commands)


def test_what_a_migration_sets_does_not_reach_the_next_one(commands: Commands, postgresql: psycopg.Connection) -> None:
    commands.write(2, "SET ROLE pg_read_all_data;\nSET search_path = pg_catalog;\nSET check_function_bodies = off;")
    commands.write(3, "CREATE TABLE notes (id integer);")
    commands.on(postgresql)
    commands.run(up_down.apply)
    assert is_clean(commands)


def test_a_tenant_is_compared_by_itself(commands: Commands, empty_postgresql: psycopg.Connection) -> None:
    db = empty_postgresql
    db.autocommit = True
    for schema in ("public", "tenant_a", "Tenant B"):
        db.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
        commands.on(db, schema=schema)
        commands.run(up_down.apply)
    db.execute("DROP TABLE public.user_sessions")
    db.execute("COMMENT ON TABLE tenant_a.users IS NULL")
    for schema, count in (("public", 1), ("tenant_a", 1), ("Tenant B", 0)):
        commands.on(db, schema=schema)
        assert is_clean(commands) == (count == 0)
    commands.on(db)
    db.execute('COMMENT ON TABLE "Tenant B".users IS NULL')
    db.execute('DROP INDEX "Tenant B".contacts_contact_id_idx')
    said = commands.run(check, "%enant%")
    assert [line.split(":")[:2] for line in said.lines] == [
        ["1 tenant (Tenant B)", " contacts.contacts_contact_id_idx"],
        ["2 tenants (Tenant B, tenant_a)", " users"],
        ["0 of 2 tenants match their applied migrations"],
    ]
    assert said.error
    assert said.error.startswith("messenger-db: 2 differences between 2 tenants (Tenant B, tenant_a) and what ")
    assert schemas(db) == ["Tenant B", "public", "tenant_a"]


def test_a_key_to_another_schema_is_seen(commands: Commands, empty_postgresql: psycopg.Connection) -> None:
    db = empty_postgresql
    db.autocommit = True
    for schema in ("tenant_a", "tenant_b"):
        db.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        commands.on(db, schema=schema)
        commands.run(up_down.apply)
    db.execute("ALTER TABLE tenant_b.messages ALTER id SET DEFAULT tenant_a.uuid_v7()")
    assert commands.run(check).lines == ["messages.id: default: expected uuid_v7(), found tenant_a.uuid_v7()"]


def test_it_waits_for_nobody(commands: Commands, postgresql: psycopg.Connection) -> None:
    commands.on(postgresql)
    postgresql.execute("LOCK TABLE users, messages IN EXCLUSIVE MODE")  # the strongest that readers pass
    giving_up = threading.Timer(20, postgresql.close)
    giving_up.start()
    assert is_clean(commands)
    assert not postgresql.closed
    giving_up.cancel()


def test_nobody_waits_for_it(commands: Commands, postgresql: psycopg.Connection) -> None:
    commands.on(postgresql)
    begun, done = threading.Event(), threading.Event()
    failed: list[str] = []

    def lock_again_and_again() -> None:
        with psycopg.connect(postgresql.info.dsn, password=postgresql.info.password) as other:
            while not done.is_set():
                try:
                    other.execute("LOCK TABLE users, chats, messages IN EXCLUSIVE MODE NOWAIT")
                except psycopg.errors.LockNotAvailable as error:
                    failed.append(str(error))
                other.rollback()
                begun.set()

    thread = threading.Thread(target=lock_again_and_again)
    thread.start()
    begun.wait()
    try:
        assert is_clean(commands)
    finally:
        done.set()
        thread.join()
    assert failed == []


def test_no_migration_applied(commands: Commands, empty_postgresql: psycopg.Connection) -> None:
    commands.on(empty_postgresql)
    said = commands.run(check)
    assert not said.lines
    assert said.error
    assert "no migration is applied" in said.error
    assert "make db-up" in said.error
    assert "make db-adopt" in said.error


def test_a_file_that_is_missing_here(commands: Commands, postgresql: psycopg.Connection) -> None:
    name = commands.write(2, "CREATE TABLE notes (id integer);", "DROP TABLE notes;")
    commands.on(postgresql)
    commands.run(up_down.apply)
    (commands.folder / "migrations" / f"{name}.sql").unlink()
    said = commands.run(check)
    assert said.error
    assert f"{name} is applied" in said.error
    assert "its file is not in this checkout" in said.error


def test_a_migration_that_does_not_run(commands: Commands, postgresql: psycopg.Connection) -> None:
    name = commands.write(2, "CREATE TABLE notes (id integer);")
    commands.on(postgresql)
    commands.run(up_down.apply)
    (commands.folder / "migrations" / f"{name}.sql").write_text("CREATE TABLE notes (id misspelt);")
    said = commands.run(check)
    assert said.error
    assert f'{name} does not run in an empty schema: type "misspelt" does not exist' in said.error
    assert schemas(postgresql) == ["public"]


def test_a_role_that_may_make_no_schema(commands: Commands, postgresql: psycopg.Connection) -> None:
    role = f"checker_{postgresql.info.dbname}"
    postgresql.autocommit = True
    postgresql.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    try:
        postgresql.execute(sql.SQL("GRANT SELECT ON _yoyo_migration TO {}").format(sql.Identifier(role)))
        commands.on(postgresql, user=role)
        said = commands.run(check)
        postgresql.execute(
            sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(
                sql.Identifier(postgresql.info.dbname), sql.Identifier(role)
            )
        )
        assert is_clean(commands)
    finally:
        postgresql.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
        postgresql.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
    assert not said.lines
    assert said.error
    assert f"GRANT CREATE ON DATABASE {postgresql.info.dbname} TO {role}" in said.error
