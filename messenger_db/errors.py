"""Errors: one line for a person, and below it the details of the server."""

import re

import psycopg2

# What a terminal obeys, or shows in another order than it is written: C0 but for tab, C1, and the marks of direction.
UNPRINTABLE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

# Their DETAIL shows all values of a row, without the names of its columns: NOT NULL, CHECK, WITH CHECK OPTION.
WHOLE_ROW = ("23502", "23514", "44000")

KEY = re.compile(r"\((?P<columns>.+?)\)=\(.*\)", re.DOTALL)
SECRET_COLUMN = re.compile(r"password|token|secret|hash|credential", re.IGNORECASE)
SECRETS = re.compile(
    r"""(\w+://[^\s:/@]*:)\S+(?=@)                                                # postgresql://user:secret@host
    | (\b\w*(?:password|token|secret)\w*\s*=\s*)(?:'(?:[^']|'')*'|[^\s'"]+)    # password=secret, token_hash = 'secret'
    | (\bpassword\s+)'(?:[^']|'')*'                                             # CREATE ROLE ... PASSWORD 'secret'
    """,
    re.IGNORECASE | re.VERBOSE,
)

LONGEST_TEXT = 300
MOST_CONTEXT_LINES = 4


class MessengerError(Exception):
    """One line that says what is wrong, with what, and what to do next; `below` it, indented, what the server adds."""

    def __init__(self, line: str, *below: str) -> None:
        # Settings, arguments and names of files are part of the line, too.
        super().__init__("\n  ".join((printable(f"messenger-db: {line}"), *below)))


def printable(text: str) -> str:
    """Return `text`, which a server or a catalog wrote, with its control characters escaped: safe for a terminal.

    A line break is escaped too, so that one text stays one line.
    """
    return UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def reason_of(error: psycopg2.Error) -> str:
    """Return what the server says in its first line, or libpq where the server says nothing."""
    return _shown(error.diag.message_primary or str(error).strip().partition("\n")[0])


def details_of(error: psycopg2.Error) -> list[str]:
    """Return what the server adds to its first line, and the notes of the error, such as the line of a file.

    Values of secrets are left out: of columns such as password_hash, of whole rows, and of connection strings.
    """
    diag = error.diag
    detail = diag.message_detail or ""
    if error.pgcode in WHOLE_ROW:
        detail = re.sub(r"\(.*\)", "(values not shown)", detail, flags=re.DOTALL)
    key = KEY.search(detail)
    if key and SECRET_COLUMN.search(key["columns"]):
        detail = f"{detail[: key.end('columns')]})=(values not shown)"
    context = (diag.context or "").splitlines()
    if len(context) > MOST_CONTEXT_LINES:
        context[MOST_CONTEXT_LINES:] = ["..."]
    parts = (("DETAIL", detail.splitlines()), ("HINT", (diag.message_hint or "").splitlines()), ("CONTEXT", context))
    return [
        *(f"at {note}" for note in getattr(error, "__notes__", ())),
        *(line for name, lines in parts for line in _labelled(name, lines)),
    ]


def notice_lines(notice: str) -> list[str]:
    """Return the lines of a NOTICE or WARNING as libpq writes it, fit for a terminal."""
    first, *others = notice.strip().splitlines()
    severity, _, text = first.partition(":")
    return [f"{printable(severity)}: {_shown(text.strip())}", *(f"  {_shown(line)}" for line in others)]


def _labelled(name: str, lines: list[str]) -> list[str]:
    first, *others = lines or [""]
    return [f"{name}: {_shown(first)}", *(f"  {_shown(line)}" for line in others)] if first else []


def _shown(text: str) -> str:
    shown = printable(SECRETS.sub(lambda match: f"{match[match.lastindex or 0]}***", text))
    return shown if len(shown) <= LONGEST_TEXT else f"{shown[:LONGEST_TEXT]}..."
