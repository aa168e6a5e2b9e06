"""make seed: rows for a developer to look at."""

import psycopg2
import sqlparse

from messenger_db import migrate, project
from messenger_db.confirm import confirm, is_embedded
from messenger_db.current import current_target
from messenger_db.errors import MessengerError, reason_of


def seed() -> None:
    """Put in the demo people; run again, it adds only what is missing.

    Raises MessengerError where the schema is missing, or nobody confirms it on a database that is not the embedded one.
    """
    target = current_target()
    confirm("seeding adds made-up people", target)
    if is_embedded(target):
        migrate.apply()
    demo = project.seeds_folder() / "demo.sql"
    if not demo.exists():
        raise MessengerError("there is no seeds/demo.sql here: run this in a checkout")
    connection = target.connect()
    connection.autocommit = False
    try:
        with connection, connection.cursor() as cursor:
            added = 0
            for statement in sqlparse.split(demo.read_text(encoding="utf-8")):
                cursor.execute(statement)
                added += cursor.rowcount
    except psycopg2.errors.UndefinedTable:
        raise MessengerError(f"there is no messenger schema in {target}: make db-up first") from None
    except psycopg2.errors.ForeignKeyViolation:
        raise MessengerError(
            f"nothing was seeded into {target}: another user has the name alice, bob, charlie or diana"
        ) from None
    except psycopg2.Error as error:
        raise MessengerError(f"nothing was seeded into {target}: {reason_of(error)}") from None
    finally:
        connection.close()
    print(f"added {added} rows: log in as alice, bob, charlie or diana with password123" if added else "nothing to add")
