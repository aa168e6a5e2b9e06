"""What counts as the confirmation of a rollback or a seed, letter by letter, and which database needs none."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from messenger_db.confirm import confirm, is_embedded
from messenger_db.connection import Target
from messenger_db.embedded.home import embedded_home
from messenger_db.errors import MessengerError

REMOTE = "postgresql://user@db.example/Messenger"
WHAT = "rolling back deletes rows"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("CONFIRM", raising=False)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], bool]]:
    """Put a terminal at standard input, at which somebody types."""
    terminal, theirs = os.openpty()
    with os.fdopen(theirs, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield lambda text: bool(os.write(terminal, text.encode()))
    os.close(terminal)


def by_socket(folder: Path, more: str = "") -> Target:
    return Target.from_url(f"postgresql://postgres@/Messenger?host={quote(str(folder), safe='')}{more}")


@pytest.mark.parametrize("answer", ["messenger", "MESSENGER", "Messenger2", "Messenge", " Messenger"])
def test_another_name_is_refused_beforehand_and_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, typed: Callable[[str], bool], answer: str
) -> None:
    monkeypatch.setenv("CONFIRM", answer)
    typed(f"{answer}\n")
    with pytest.raises(MessengerError, match="refused: that is not the database's name; nothing was changed"):
        confirm(WHAT, Target.from_url(REMOTE))


def test_nobody_at_a_terminal_is_refused_with_the_name_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFIRM", "messenger")
    with pytest.raises(MessengerError, match=f"refused: {WHAT} in .*db.example.* To go on, set CONFIRM=Messenger"):
        confirm(WHAT, Target.from_url(REMOTE))


def test_the_end_of_input_is_refused(typed: Callable[[str], bool]) -> None:
    typed("\x04")
    with pytest.raises(MessengerError, match="refused"):
        confirm(WHAT, Target.from_url(REMOTE))


def test_the_name_goes_on_beforehand_and_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, typed: Callable[[str], bool], capsys: pytest.CaptureFixture[str]
) -> None:
    typed("Messenger\n")
    confirm(WHAT, Target.from_url(REMOTE))
    assert "Rolling back deletes rows in database Messenger on db.example" in capsys.readouterr().out
    monkeypatch.setenv("CONFIRM", "Messenger")
    confirm(WHAT, Target.from_url(REMOTE))
    assert capsys.readouterr().out == ""


def test_the_embedded_server_needs_no_confirmation() -> None:
    assert is_embedded(by_socket(embedded_home()))
    confirm(WHAT, by_socket(embedded_home()))


@pytest.mark.parametrize("setting", ["hostaddr", "service"])
def test_the_embedded_folder_counts_only_where_libpq_goes_there(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    value = {"hostaddr": "192.0.2.1", "service": "other"}[setting]
    assert not is_embedded(by_socket(embedded_home(), f"&{setting}={value}"))
    monkeypatch.setenv(f"PG{setting.upper()}", value)
    assert not is_embedded(by_socket(embedded_home()))


@pytest.mark.parametrize("url", [REMOTE, "postgresql:///Messenger", "postgresql://127.0.0.1/Messenger"])
def test_any_other_server_needs_it(url: str) -> None:
    assert not is_embedded(Target.from_url(url))
    assert not is_embedded(by_socket(embedded_home().parent))
