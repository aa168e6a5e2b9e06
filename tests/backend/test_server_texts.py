"""What the server says about a migration that fails, or that it warns of, as it reaches the terminal."""

import pytest

from messenger_db.errors import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("one\r\ntwo\tthree", "one\\r\\ntwo\tthree"),
        ("\x9b31m \x7f", r"\x9b31m \x7f"),
        ("gnp.\u202eexe \u2066x\u2069 \u2028", r"gnp.\u202eexe \u2066x\u2069 \u2028"),
        ("\ud800", r"\ud800"),
        ("größe 漢字 👍🏽 \\d", "größe 漢字 👍🏽 \\d"),
    ],
)
def test_no_text_of_a_server_moves_the_cursor_or_breaks_the_line(text: str, shown: str) -> None:
    assert printable(text) == shown
