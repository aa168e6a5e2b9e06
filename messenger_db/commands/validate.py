"""messenger-db validate: check the migration files of the checkout, with what only a checkout has installed."""

import sys

from messenger_db.errors import MessengerError
from messenger_db.folders import migrations_folder


def validate() -> None:
    """Print what is wrong with the migration files, and end the process with status 1 where anything is.

    Raises MessengerError where PostgreSQL's grammar is not installed.
    """
    try:
        from messenger_db.validation.checks import run
    except ModuleNotFoundError as error:
        raise MessengerError(f"{error.name} is not installed here: pip install '.[dev]' in a checkout") from None
    if status := run(migrations_folder()):
        sys.exit(status)
