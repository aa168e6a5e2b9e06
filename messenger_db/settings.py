"""Every setting: its name, default and meaning, from the environment and from the checkout's .env alike.

docs/configuration.md shows the same list; a test compares the two.
"""

import os
import re
import stat
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from messenger_db.errors import MessengerError
from messenger_db.folders import checkout

# What PostgreSQL takes for a time in milliseconds.
LARGEST = 2**31 - 1

# The names that .env may give: anything else is a name that nobody asks for, such as "DATABASE_URL" in quotes.
ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Setting:
    """A setting; one that is for a single call is never read from .env, where it would answer for every call."""

    name: str
    meaning: str
    default: str = ""
    is_for_one_call: bool = False


SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("DATABASE_URL", "the database to work on; the embedded server's if not set"),
        Setting("DATABASE_WAIT_SECONDS", "how long `messenger-db wait` waits for the server, in seconds", "60"),
        Setting(
            "MIGRATION_WAIT_SECONDS", "how long to wait for another process that migrates the schema, in seconds", "60"
        ),
        # pgroll's default: https://pgroll.com/docs/latest/cli/pgroll
        Setting("LOCK_TIMEOUT_MS", "how long a statement of a migration waits for a lock, in milliseconds", "500"),
        Setting("LOCK_ATTEMPTS", "how many times a migration is tried when it does not get its locks", "10"),
        Setting("APPLY_BACKFILLS", "set to 1, `yoyo apply` and `up` run the backfills that are due, too", "0"),
        Setting(
            "TENANT_CONNECTIONS",
            "how many tenants a command with TENANTS works on at once, each by one connection; if not set, two per "
            "core, and at most a quarter of the connections that the server has left",
        ),
        # Synapse's default for its background updates: background_update_duration_ms
        Setting("BACKFILL_BATCH_MS", "how long a batch of a backfill is to take, in milliseconds", "100"),
        Setting(
            "BACKFILL_WAL_KB_PER_SECOND",
            "the most WAL that the server is to write while a backfill runs, in kB per second; no limit if not set",
        ),
        Setting(
            "ACCEPT", "migrations that are accepted although changed or out of order, separated by commas", "", True
        ),
        Setting("BACKFILL", "the name of a backfill that `new` writes, such as fill_language", "", True),
        Setting("BEFORE", "the time from before which `retain` removes messages, such as 2026-01-01; UTC", "", True),
        Setting("CHAT", "the id of the chat whose messages `retain` removes; all chats if not set", "", True),
        Setting("CHECK", "the expression of a CHECK, for `new` with a recipe", "", True),
        Setting("COLUMN", "the column, or several separated by commas, that a recipe is for", "", True),
        Setting("CONFIRM", "the database's name, which answers the question before data is deleted", "", True),
        Setting("CONSTRAINT", "the name of a CHECK, for `new` with a recipe", "", True),
        Setting("DOWN", "set to 1, `plan` shows the rollback", "", True),
        Setting("DRY_RUN", "set to 1, `retain` only says what it would remove", "", True),
        Setting("FORMAT", "how `validate` prints: text, json, sarif or github", "text", True),
        Setting("KEYS", "the file to which `retain` adds the storage keys of removed files, as JSON lines", "", True),
        Setting("LENGTH", "how many characters a varchar gets, in a recipe", "", True),
        Setting(
            "MESSAGES", "how many messages `rehearse` generates; those of the database in use if not set", "", True
        ),
        Setting(
            "NAME",
            "the name of a new migration, such as add_pins, of one that `renumber` puts last, or of a backfill to run",
            "",
            True,
        ),
        Setting("OLDER_THAN", "the age from which `retain` removes messages, such as 90 days", "", True),
        Setting(
            "ON_ERROR",
            "what `backfill` does about a row that cannot be changed, and `up` and `backfill` about a tenant that "
            "fails: stop, or skip it",
            "stop",
            True,
        ),
        Setting("PLAN", "set to 1, `distribute` only prints what it would run", "", True),
        Setting("PORT", "the port of `studio` on 127.0.0.1; a free one if not set", "", True),
        Setting("READONLY", "set to 1, `grant` lets the role only read", "", True),
        Setting("RECIPE", "the recipe of migrations/README.md that `new` writes, such as not-null", "", True),
        Setting("REFERENCES", "what a foreign key references, such as users (id) ON DELETE CASCADE", "", True),
        Setting("REMOVE", "set to 1, `feed` takes the change feed away", "", True),
        Setting("ROLE", "the role that `grant` is for", "", True),
        Setting(
            "START_AT", "the table that `verify` begins with, in the order of their names, such as messages", "", True
        ),
        Setting("STEPS", "how many migrations to roll back, newest first; all if not set", "", True),
        Setting("TABLE", "the table that a recipe is for", "", True),
        Setting("TCP", "set to 1, `url` prints the embedded server's TCP address, with the password", "", True),
        Setting(
            "TENANTS",
            "the schemas that `up`, `status`, `check` and `backfill` are for, as a pattern of LIKE such as tenant_%",
            "",
            True,
        ),
        Setting("TO", "the new name of a column, in a recipe", "", True),
        Setting("TRIGGER", "the name of a trigger without its table, in a recipe", "", True),
        Setting("TYPE", "the type of a new column, with NOT NULL DEFAULT and a constant where it has one", "", True),
        Setting("VALUE", "the SQL expression that fills a column, in a recipe", "", True),
        Setting("WRITE", "set to 1, `studio` can change the rows of the embedded database", "", True),
    )
}


def value(name: str) -> str:
    """Return what is set, else the default.

    Raises MessengerError for a .env that cannot be read as a whole, rather than guess its settings.
    """
    setting = SETTINGS[name]
    given = os.environ.get(name)
    if not given and not setting.is_for_one_call:
        given = _env_file(checkout() / ".env").get(name)
    return given or setting.default


def flag(name: str, given: str) -> bool:
    """Return whether 1 is given for a setting. Raises MessengerError for anything but 1, 0 and nothing."""
    if given not in ("", "0", "1"):
        raise MessengerError(f"{name}={given} is not 1 or 0: set {name}=1, or leave it out")
    return given == "1"


def whole_number(text: str) -> int | None:
    """Return what decimal digits say; None for anything else, and for more digits than 64 bits can need."""
    return int(text) if re.fullmatch(r"[0-9]{1,19}", text) else None


def number(name: str) -> int:
    """Return a setting that is a positive number. Raises MessengerError for anything else."""
    given = value(name)
    found = whole_number(given)
    if found is None or not 0 < found <= LARGEST:
        default = SETTINGS[name].default
        leave = f"leave it out{f' for {default}' if default else ''}"
        raise MessengerError(f"{name}={given} is not a whole number from 1 to {LARGEST}: {leave}")
    return found


def refuse_tenants() -> None:
    """Raise MessengerError where TENANTS is set, for what takes one schema at a time."""
    if tenants := value("TENANTS"):
        raise MessengerError(
            f"refused: TENANTS={tenants} is for messenger-db up, status, check and backfill alone: leave it out, and "
            "name one schema with ?schema= in DATABASE_URL"
        )


def database_url() -> str:
    """Return DATABASE_URL, which may hold a password. Raises MessengerError when it is not set."""
    url = value("DATABASE_URL")
    if not url:
        raise MessengerError("DATABASE_URL is not set: write DATABASE_URL=postgresql://user@host:5432/name")
    return url


def _env_file(path: Path) -> dict[str, str | None]:
    text = _text(path)
    # No line is repeated in a message: it may hold a password.
    for binding in parse_stream(StringIO(text)):
        is_blank = binding.key is None and not binding.error
        if not is_blank and (binding.error or binding.value is None or not ENV_NAME.fullmatch(binding.key or "")):
            original = binding.original.string
            blank = original[: -len(original.lstrip())]
            line = binding.original.line + blank.count("\n")
            raise MessengerError(f"{path} line {line} is not NAME=value: correct it, or delete it")
    return dotenv_values(stream=StringIO(text))


def _text(path: Path) -> str:
    try:
        # Without O_NONBLOCK, opening a named pipe waits for somebody who writes into it.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise MessengerError(f"{path} is not a file: make it one with lines NAME=value, or remove it")
            text = file.read().decode("utf-8-sig")
    except FileNotFoundError:
        if path.is_symlink():
            raise MessengerError(
                f"{path} is a link to a file that is not there: restore it, or remove the link"
            ) from None
        return ""
    except OSError as error:
        raise MessengerError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise MessengerError(f"{path} is not UTF-8: save it as UTF-8") from None
    if "\0" in text:
        raise MessengerError(f"{path} holds a null character, as UTF-16 does: save it as UTF-8")
    return text
