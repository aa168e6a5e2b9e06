"""The settings of our sessions, and the reset that separates the migrations of one run."""

from psycopg2.extensions import connection as Connection

from messenger_db.sql import QUERIES


def prepare(connection: Connection, schema: str | None) -> None:
    """Set what migrations and seeds rely on, whatever else has set it; None as schema leaves search_path as it is."""
    with connection.cursor() as cursor:
        QUERIES["sessions.prepare"].execute(cursor)
        if schema:
            QUERIES["sessions.set_schema"].execute(cursor, schema=schema)


def reset_settings(connection: Connection, schema: str | None) -> None:
    """Take back all settings and the role, so that the session is as after connecting to `schema`."""
    with connection.cursor() as cursor:
        QUERIES["sessions.reset_settings"].execute(cursor)
    prepare(connection, schema)


def reset(connection: Connection, schema: str | None) -> None:
    """Do as `reset_settings`, and drop prepared statements, cursors, temporary tables and the like as well."""
    reset_settings(connection, schema)
    with connection.cursor() as cursor:
        QUERIES["sessions.drop_objects"].execute(cursor)
