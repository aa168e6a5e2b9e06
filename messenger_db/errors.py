"""What goes wrong, in one line for a person."""

import re

import psycopg2

# What a terminal obeys, or shows in another order than it is written: C0 but for tab, C1, and the marks of direction.
UNPRINTABLE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class MessengerError(SystemExit):
    """One line that says what is wrong, with what, and what to do next.

    It is a SystemExit because yoyo's command catches nothing: Python itself then prints the line, without a traceback,
    and ends with exit status 1.
    """

    def __init__(self, line: str) -> None:
        # Settings, arguments and names of files are part of lines, too.
        super().__init__(printable(f"messenger-db: {line}"))


def printable(text: str) -> str:
    """Return `text`, which a server or a catalog wrote, with its control characters escaped: safe for a terminal.

    A line break is escaped too, so that one text stays one line.
    """
    return UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def reason_of(error: psycopg2.Error) -> str:
    """Return what the server says in its first line, or libpq where the server says nothing."""
    return printable(error.diag.message_primary or str(error).strip().partition("\n")[0])
