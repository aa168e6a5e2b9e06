"""make db-shell and make db-url: reaching the database in use with other programs."""

import os
import sys
from urllib.parse import urlsplit

from psycopg2.extensions import make_dsn

from messenger_db import binaries
from messenger_db.current import current_target, current_url


def shell() -> None:
    """Become psql on the database in use; the password goes by the environment, where no process list shows it."""
    target = current_target()
    target.connect().close()  # says in one line what is wrong, if something is
    parameters = dict(target.parameters)
    environment = dict(os.environ)
    if "password" in parameters:
        environment["PGPASSWORD"] = parameters.pop("password")
    if target.schema:
        environment["PGOPTIONS"] = f"-c search_path={target.schema}"
    psql = binaries.psql()
    os.execve(psql, [str(psql), make_dsn(**parameters)], environment)


def print_url() -> None:
    """Print the URL of the database in use; a person's terminal does not get the password in it, a script does."""
    url = current_url()
    password = urlsplit(url).password
    if sys.stdout.isatty() and password:
        url = url.replace(f":{password}@", ":***@", 1)
    print(url)
