"""Asking before data are deleted."""

import os
import sys

from messenger_db import settings
from messenger_db.connection import Target
from messenger_db.embedded.home import is_embedded_home
from messenger_db.errors import MessengerError


def is_embedded(target: Target) -> bool:
    """Say whether that is a database of this checkout's embedded server, whatever libpq's variables say."""
    is_redirected = any(
        target.parameters.get(name) or f"PG{name.upper()}" in os.environ for name in ("hostaddr", "service")
    )
    return not is_redirected and is_embedded_home(target.parameters.get("host", ""))


def confirm(what: str, target: Target) -> None:
    """Return at once on the embedded database; elsewhere only with CONFIRM=<database name>, or its name typed in.

    `what` says what is about to happen, as in "rolling back deletes rows". Raises MessengerError otherwise.
    """
    if is_embedded(target) or settings.value("CONFIRM") == target.name:
        return
    if not sys.stdin.isatty():
        raise MessengerError(f"refused: {what} in {target}. To go on, set CONFIRM={target.name}")
    try:
        answer = input(f"{what[0].upper()}{what[1:]} in {target}. Type the database's name to go on: ")
    except EOFError:
        answer = ""
    if answer != target.name:
        raise MessengerError("refused: that is not the database's name; nothing was changed")
