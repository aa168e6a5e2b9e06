"""A clean session for each migration: what one leaves must reach neither the next one nor the migration tables."""

from psycopg2.extensions import connection as Connection  # noqa: N812 (psycopg2 names its classes like functions)

from messenger_db.sql import statement


def prepare(connection: Connection) -> None:
    """Set what each session needs that migrates."""
    with connection.cursor() as cursor:
        cursor.execute(statement("session"))


def reset_settings(connection: Connection, schema: str | None) -> None:
    """Take back all settings and the role, so that the session is as after connecting to `schema`."""
    with connection.cursor() as cursor:
        cursor.execute(statement("clean_settings"))
        if schema:
            cursor.execute(statement("set_schema"), {"schema": schema})
    prepare(connection)


def reset(connection: Connection, schema: str | None) -> None:
    """Do as `reset_settings`, and drop prepared statements, cursors, temporary tables and the like as well."""
    reset_settings(connection, schema)
    with connection.cursor() as cursor:
        cursor.execute(statement("clean_objects"))
