"""The end of a command that cannot go on: one line for a person, or quietly by the signal that ends it.

An excepthook and an exit handler, as yoyo's own command cannot be wrapped. What imports the driver is imported late:
until `end_plainly` is called, Ctrl-C ends in a traceback.
"""

import atexit
import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from types import FrameType, TracebackType

CURES = {
    errno.ENOSPC: "; make room, then try again",
    errno.EDQUOT: "; make room, then try again",
    errno.EFBIG: "; ulimit -f sets the limit",
    errno.EMFILE: "; ulimit -n sets the limit",
}

STANDARD_ERROR = 2

# Ctrl-C, a pager that is left early: the process ends at once, and the server undoes what is open.
QUIET = (signal.SIGINT, signal.SIGPIPE)

# What ends a process that has something to clean up.
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_plainly() -> None:
    """Let this process end as above from now on; where a standard stream is closed, open it on nothing."""
    for number in QUIET:
        signal.signal(number, signal.SIG_DFL)
    import messenger_db.errors  # noqa: F401 (now: when no more files can be opened it is too late)

    _open_standard_streams()
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "backslashreplace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=errors)
    sys.excepthook = _end
    threading.excepthook = _end_thread
    atexit.register(_flush)


@contextmanager
def unwound_by_signals() -> Iterator[None]:
    """Let signals that would end this process at once raise SystemExit meanwhile, so that it can clean up."""

    def leave(number: int, _frame: FrameType | None) -> None:
        for other in ENDS:
            signal.signal(other, signal.SIG_IGN)  # cleaning up is not interrupted
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in ENDS}
    # Writing to a program that has ended is an error to clean up after, too.
    before[signal.SIGPIPE] = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def exact_output() -> None:
    """Let standard output take text as the bytes it came from: another program is going to read it."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")


def line_of(error: BaseException) -> str | None:
    """Return what to tell a person about an error of their files, machine or server; None for a fault of ours."""
    import psycopg2

    from messenger_db.errors import reason_of

    line = None
    if isinstance(error, psycopg2.Error):
        line = f"the server refused a statement or is gone: {reason_of(error)}"
    elif isinstance(error, OSError):
        file = f" ({os.fsdecode(error.filename)})" if isinstance(error.filename, str | bytes | os.PathLike) else ""
        line = f"cannot go on: {error.strerror or error}{file}{CURES.get(error.errno or 0, '')}"
    elif isinstance(error, UnicodeDecodeError):
        line = f"a file is not UTF-8 ({error.reason}): make validate names it if it is a migration"
    elif isinstance(error, UnicodeEncodeError):
        line = "a setting, an argument or a file's name is not UTF-8: write it as UTF-8"
    elif type(error).__module__.startswith("yoyo."):  # migrations that cannot be put in order, and the like
        line = f"{error.args[0]}: make validate says more"
    return line


def _end(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    from messenger_db.errors import MessengerError

    if isinstance(error, MessengerError):
        with suppress(OSError):
            print(error, file=sys.stderr, flush=True)
        return
    line = line_of(error)
    if line is None:
        sys.__excepthook__(kind, error, traceback)
        return
    _say(line)
    if isinstance(error, OSError):
        # Where it was standard output that failed, it must not fail again when Python flushes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _end_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value:
        _end(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)


def _say(line: str) -> None:
    from messenger_db.errors import printable

    with suppress(OSError):
        print(f"messenger-db: {printable(line)}", file=sys.stderr, flush=True)


def _flush() -> None:
    """Write what is left, and end with one line where that cannot be: Python would print a traceback."""
    try:
        sys.stdout.flush()
    except OSError as error:
        _say(f"cannot write to standard output: {error.strerror}")
        os._exit(1)


def _open_standard_streams() -> None:
    """Open closed ones on the null device: the next file or socket would get their numbers."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= STANDARD_ERROR:
        os.set_inheritable(number, True)
    os.close(number)
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
