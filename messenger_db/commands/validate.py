"""messenger-db validate: check the migration files of the checkout, with what only a checkout has installed."""

import sys

from messenger_db.errors import MessengerError
from messenger_db.folders import migrations_folder

STYLES = ("text", "json", "sarif", "github")


def validate(format: str = "text") -> None:  # noqa: A002 (the option's name)
    """Print what is wrong with the migration files, and end the process with status 1 where anything is.

    Raises MessengerError for an unknown style, and where PostgreSQL's grammar is not installed.
    """
    if format not in STYLES:
        raise MessengerError(f"FORMAT={format} is not text, json, sarif or github: set FORMAT=text, or leave it out")
    try:
        from messenger_db.validation.checks import run
    except ModuleNotFoundError as error:
        raise MessengerError(f"{error.name} is not installed here: pip install '.[dev]' in a checkout") from None
    if status := run(migrations_folder(), format):
        sys.exit(status)
