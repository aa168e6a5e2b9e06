"""make db-shell and make db-url: reaching the database in use with other programs."""

import os
import re
import sys

from psycopg2.extensions import make_dsn

from messenger_db.confirm import is_embedded
from messenger_db.connection import Target
from messenger_db.database_in_use import current_target, current_url, embedded
from messenger_db.embedded import binaries
from messenger_db.errors import MessengerError
from messenger_db.process_exit import exact_output


def shell() -> None:
    """Become psql on the database in use; the password goes by the environment, where no process list shows it."""
    target = current_target()
    target.connect().close()  # says in one line what is wrong, if something is
    parameters = dict(target.parameters)
    environment = dict(os.environ)
    if "password" in parameters:
        environment["PGPASSWORD"] = parameters.pop("password")
    if target.schema:
        quoted = '"' + target.schema.replace('"', '""') + '"'
        search_path = re.sub(r"([\\\s])", r"\\\1", quoted)  # a space would part the options
        others = parameters.pop("options", environment.get("PGOPTIONS", ""))
        environment["PGOPTIONS"] = f"{others} -c search_path={search_path}".strip()
    psql = binaries.psql()
    os.execve(psql, [str(psql), make_dsn(**parameters)], environment)


def print_url(tcp: bool) -> None:
    """Print the URL of the database in use; the embedded one's by Unix socket, or by loopback with `tcp`.

    Raises MessengerError where a terminal would show the password in it.
    """
    url = current_url()
    target = Target.from_url(url)
    if tcp and is_embedded(target):
        url = embedded().url_by_loopback(target.name)
        target = Target.from_url(url)
    if sys.stdout.isatty() and "password" in target.parameters:
        raise MessengerError(
            f"the URL of {target} contains a password, which is printed only into a pipe: make -s db-url | cat"
        )
    exact_output()
    print(url)
