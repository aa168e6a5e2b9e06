"""Where things are: the checkout that a command works on, and the package's own migrations and seeds."""

import os
import re
import stat
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from yoyo.config import find_config

from messenger_db.errors import MessengerError

# The names that .env may give: anything else is a name that nobody asks for, such as "DATABASE_URL" in quotes.
ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def checkout() -> Path:
    """Return the folder of the nearest yoyo.ini, from the working directory upwards; else the working directory.

    Raises MessengerError where the working directory has been deleted.
    """
    try:
        ini = find_config()
    except FileNotFoundError:
        raise MessengerError("the working directory was deleted: cd to the checkout, then try again") from None
    return Path(ini).parent.resolve() if ini else Path.cwd()


def migrations_folder() -> Path:
    """Return where the checkout's migrations are."""
    return checkout() / "migrations"


def setting(name: str) -> str | None:
    """Return what the environment says, else the checkout's .env; None where neither does, or it is empty.

    Raises MessengerError for a .env that cannot be read as a whole: what it does not say would be made up.
    """
    return os.environ.get(name) or _env_file(checkout() / ".env").get(name) or None


def _env_file(path: Path) -> dict[str, str | None]:
    text = _text(path)
    # No line is repeated in a message: it may hold a password.
    for binding in parse_stream(StringIO(text)):
        is_blank = binding.key is None and not binding.error
        if not is_blank and (binding.error or binding.value is None or not ENV_NAME.fullmatch(binding.key or "")):
            original = binding.original.string
            blank = original[: -len(original.lstrip())]
            number = binding.original.line + blank.count("\n")
            raise MessengerError(f"{path} line {number} is not NAME=value: correct it, or delete it")
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


def database_url() -> str:
    """Return DATABASE_URL, which may hold a password. Raises MessengerError when it is not set."""
    url = setting("DATABASE_URL")
    if not url:
        raise MessengerError("DATABASE_URL is not set: write DATABASE_URL=postgresql://user@host:5432/name")
    return url


def shipped_folder(name: str) -> Path:
    """Return the package's own `migrations` or `seeds`: inside it in a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
