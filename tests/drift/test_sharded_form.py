"""The commands know a messenger that is sharded by chat. The form is made on one server: it takes no cluster."""

import psycopg
import psycopg2
from hot_paths.test_sharded import named

from messenger_db.commands import up_down
from messenger_db.commands.check import check
from messenger_db.commands.distribute import distribute
from messenger_db.commands.grant import grant
from messenger_db.commands.send_functions import send_functions
from messenger_db.sharding import make_form, steps
from seeds.__main__ import main as seed

from .commands import Commands

TABLE = """
CREATE TABLE pins (
    chat_id uuid NOT NULL,
    message_id uuid NOT NULL,
    CONSTRAINT pins_pkey PRIMARY KEY (message_id),
    CONSTRAINT pins_chat_id_message_id_fkey
        FOREIGN KEY (chat_id, message_id) REFERENCES messages (chat_id, id) ON DELETE SET NULL (message_id)
);
CREATE TABLE reports (
    user_id uuid CONSTRAINT reports_pkey PRIMARY KEY CONSTRAINT reports_user_id_fkey REFERENCES users ON DELETE CASCADE
);
"""


def test_the_commands_know_the_form(commands: Commands, postgresql: psycopg.Connection) -> None:
    database = postgresql.info.dbname
    commands.on(postgresql)
    for said in (commands.run(distribute, False), commands.run(distribute, True)):
        assert said.error
        assert "has no extension citus: CREATE EXTENSION it on all nodes, and name the coordinator" in said.error
    commands.write(2, TABLE)
    commands.run(up_down.apply)
    connection = psycopg2.connect(postgresql.info.dsn, password=postgresql.info.password)
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE extra (chat_id uuid); ALTER EXTENSION plpgsql ADD TABLE extra")
            planned = [step.sql for step in steps(cursor, distributed=frozenset(), is_new=True)]
            # A table that a later migration has made.
            known = frozenset({"chats", "chat_slugs", "presence", "users", "messages", "reports"})
            later = [step.sql for step in steps(cursor, distributed=known, is_new=False) if "pins" in step.sql]
        make_form(connection)
        connection.commit()
    finally:
        connection.close()
    assert not any("extra" in sql for sql in planned)
    assert planned[:2] == [
        "SET LOCAL citus.multi_shard_modify_mode = 'sequential'",
        "SET LOCAL citus.enable_unsafe_triggers = on",
    ]
    assert {sql for sql in planned if "create_" in sql and ("chats" in sql.split(",")[0] or "users" in sql)} == {
        "SELECT create_reference_table(quote_ident('users'))",
        "SELECT create_distributed_table(quote_ident('chats'), 'id', colocate_with := 'none')",
    }
    assert later == [
        "ALTER TABLE pins DROP CONSTRAINT pins_chat_id_message_id_fkey",
        "ALTER TABLE pins DROP CONSTRAINT pins_pkey, ADD CONSTRAINT pins_pkey PRIMARY KEY (message_id, chat_id)",
        "SELECT create_distributed_table(quote_ident('pins'), 'chat_id', colocate_with := 'chats')",
        "ALTER TABLE pins ADD CONSTRAINT pins_chat_id_message_id_fkey "
        "FOREIGN KEY (chat_id, message_id) REFERENCES messages(chat_id, id)",
    ]
    assert commands.run(check).lines[-1].endswith(" matches its applied migrations")
    assert "-- For psql on the coordinator." in commands.run(send_functions).lines[0]

    commands.environment.setenv("CONFIRM", database)
    commands.environment.setattr("sys.argv", ["seeds", "--messages", "100"])
    seeded = commands.run(seed)
    assert seeded.error
    assert "is sharded by chat: make seed before make db-distribute, which keeps the rows" in seeded.error
    refused = commands.run(up_down.down, None)
    assert refused.error
    assert "is sharded by chat: rolling back all migrations would leave what db-distribute made" in refused.error
    assert commands.run(up_down.down, 1).error is None

    postgresql.execute("CREATE ROLE messenger_sharded")
    postgresql.commit()
    try:
        said = commands.run(grant, "messenger_sharded", False)
        assert said.error is None
        [presence] = [line for line in said.lines if line.startswith("  presence: ")]
        assert "INSERT (session_id, user_id, status, last_seen_at)" in presence
        postgresql.execute("SET ROLE messenger_sharded")
        postgresql.execute("INSERT INTO chat_slugs (slug, chat_id) VALUES ('a', %s)", [named("a")])
        postgresql.rollback()
    finally:
        postgresql.execute("RESET ROLE; DROP OWNED BY messenger_sharded; DROP ROLE messenger_sharded")
        postgresql.commit()
