"""What goes wrong, in one line for a person."""

import signal

import psycopg2


class MessengerError(SystemExit):
    """One line that says what is wrong, with what, and what to do next.

    It is a SystemExit because yoyo's command catches nothing: Python itself then prints the line, without a traceback,
    and ends with exit status 1.
    """

    def __init__(self, line: str) -> None:
        super().__init__(f"messenger-db: {line}")


def reason_of(error: psycopg2.Error) -> str:
    """Return what the server says in its first line, or libpq where the server says nothing."""
    return error.diag.message_primary or str(error).strip().partition("\n")[0]


def end_on_interrupt() -> None:
    """Let Ctrl-C end this process at once. The server undoes what is open; Python would wait for its answer first."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
