"""messenger-db send-functions: the script that makes the sends functions which Citus runs on the node of the chat."""

from messenger_db import sharding
from messenger_db.database_in_use import backend_in_use
from messenger_db.node_functions import statements
from messenger_db.sql import QUERIES


def send_functions() -> None:
    """Print the script for the schema in use, of a tenant or sharded by chat. Nothing is changed."""
    with backend_in_use() as backend, backend.cursor() as cursor:
        QUERIES["sharding.schemas"].execute(cursor)
        [(schema, tables)] = cursor.fetchall()
        is_sharded = sharding.is_sharded(backend.connection)
    print(f"-- For psql on the coordinator. Then GRANT USAGE ON SCHEMA {schema} to the role of the application.")
    for statement in statements(schema, tables, sharded=is_sharded):
        print(f"\n{statement};")
