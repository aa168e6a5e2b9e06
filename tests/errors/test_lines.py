"""The line that a person gets for an error which no command expects."""

import errno
import os

import psycopg2
import pytest

from messenger_db.process_exit import line_of

CASES = [
    (OSError(errno.ENOSPC, "No space left on device"), "No space left on device; make room, then try again"),
    (OSError(errno.EMFILE, "Too many open files", "a.sql"), "Too many open files (a.sql); ulimit -n sets the limit"),
    (FileNotFoundError(errno.ENOENT, "No such file or directory", os.fsencode("é")), "No such file or directory (é)"),
    (TimeoutError(), "cannot go on: "),
    (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "a file is not UTF-8 (invalid start byte)"),
    (psycopg2.InterfaceError("connection already closed"), "connection already closed"),
]


@pytest.mark.parametrize(("error", "words"), CASES, ids=repr)
def test_an_error_of_the_machine_has_a_line(error: BaseException, words: str) -> None:
    line = line_of(error)
    assert line
    assert words in line


@pytest.mark.parametrize("error", [KeyError("x"), AssertionError(), TypeError("x"), RecursionError()], ids=repr)
def test_a_fault_of_ours_keeps_its_traceback(error: BaseException) -> None:
    assert line_of(error) is None
