"""The page of make seed-preview: what it shows, and that nothing in it is alive."""

import re
import shutil
import subprocess
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg2.extensions import parse_dsn

from messenger_db.errors import MessengerError
from seeds.realism.preview import initials, preview, short, size

ROOT = Path(__file__).parents[2]

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

# A picture that does not load would run this; the name of the host must never be asked for.
ATTACK = "<script>alert(1)</script><img src=http://evil.invalid/ onerror=alert(2)>\"'</style></svg>"

# From right to left, after a mark that says so; the schema takes no name with an override.
BACKWARD = "\u200f\u062f\u0627\u0646\u0627"

NASTY: dict[str, LiteralString] = {
    "users": "UPDATE users SET display_name = %(attack)s WHERE username = 'bob'",
    "chats": "UPDATE chats SET name = %(attack)s WHERE type = 'group'",
    "messages": "UPDATE messages SET content = %(attack)s WHERE content = 'Deal.' OR content_type = 'system'",
    "quoted": "UPDATE messages SET content = %(attack)s WHERE content LIKE 'Hi Bob%%'",
    "captions": "UPDATE messages SET content = %(attack)s WHERE content_type = 'image'",
    "attachments": "UPDATE attachments SET file_name = translate(%(attack)s, '/', '|')",
    "message_reactions": "UPDATE message_reactions SET emoji = '<script>\"&' WHERE emoji <> ''",
    "deleted": "UPDATE messages SET content = 'taken back' WHERE is_deleted",
    "right to left": "UPDATE users SET display_name = %(backward)s WHERE username = 'diana'",
}


# What a style may say: colours and sizes, in numbers.
STYLE = re.compile(r"(--(hue|width|height): \d+(; )?)+$")


class Page(HTMLParser):
    """A page, taken apart: its elements with their attributes, and all of its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of_class(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.elements if name in (attributes.get("class") or "").split()]

    def attributes(self, name: str) -> list[str | None]:
        return [attributes[name] for _, attributes in self.elements if name in attributes]


@pytest.fixture
def demo(postgresql: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> psycopg.Connection:
    """The demo people's chats, in the database in use."""
    parts = parse_dsn(postgresql.info.dsn)
    monkeypatch.setenv("DATABASE_URL", f"postgresql:///{parts.pop('dbname')}?{urlencode(parts)}")
    postgresql.execute("SELECT set_config('messenger_db.now', '2025-11-03 19:00+00', true)")
    postgresql.execute((ROOT / "seeds" / "demo" / "demo_people.sql").read_bytes())
    postgresql.commit()
    return postgresql


@pytest.fixture
def nasty(demo: psycopg.Connection) -> None:
    """Let all that people can write be markup; deleted and unedited messages too, which triggers keep as they are."""
    demo.execute("SET LOCAL session_replication_role = replica")
    for statement in NASTY.values():
        assert demo.execute(statement, {"attack": ATTACK, "backward": BACKWARD}).rowcount
    demo.commit()


def written(out: Path) -> Page:
    preview(out)
    return Page(out.read_text(encoding="utf-8"))


# Of Alice's six messages.
TICKS = ["delivered", "delivered, read by 2 of 3", *["read"] * 4]


def titles(page: Page) -> list[str | None]:
    return [attributes["aria-label"] for attributes in page.of_class("ticks")]


@pytest.mark.usefixtures("demo")
def test_chats_look_as_in_a_messenger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = written(tmp_path / "page.html")
    assert capsys.readouterr().out == f"open {(tmp_path / 'page.html').as_uri()} in a browser\n"
    assert "The chats are those of Alice Martin" in page.text  # the only one who has written in all three
    assert [len(page.of_class(name)) for name in ("entry", "chat", "message", "notice", "day")] == [3, 3, 17, 1, 3]
    assert [len(page.of_class(name)) for name in ("mine", "pictures", "deleted", "reactions")] == [6, 2, 1, 5]
    assert sorted(label or "" for label in titles(page)) == TICKS
    assert "2 unread messages" in page.text
    # Bob and Charlie in the list and above their chats, and three people in the group.
    faces = [link for link in page.attributes("href") if (link or "").startswith("#face-")]
    assert len(set(faces)) == 3
    assert len(faces) > 6
    assert 'fill="#' in page.source
    assert "Monday 3 November 2025" in page.text
    assert re.search(r"edited\s+18:03", page.text)
    assert re.search(r"view\.jpg\s+2\.5 MB", page.text)
    assert "--width: 4032; --height: 3024" in page.source
    places, links = page.attributes("id"), page.attributes("href")
    assert len(places) == len(set(places))
    assert set(links) <= {f"#{place}" for place in places}


@pytest.mark.usefixtures("demo")
def test_every_chart_names_its_axes_its_scale_and_what_is_best(tmp_path: Path) -> None:
    page = written(tmp_path / "page.html")
    assert len(page.of_class("card")) == 7  # six charts and the table
    assert page.source.count('role="img" aria-label="Who sends the messages') == 1
    charts = re.findall(r'<svg viewBox="0 0 440 262".*?</svg>', page.source, re.DOTALL)
    captions = re.findall(r"<figcaption>(.*?)</figcaption></figure>", page.source)
    assert len(charts) == len(captions) == 6
    for chart in charts:
        vertical, horizontal = re.findall(r"<text [^>]*>([^<]*)</text>", chart)[:2]
        assert vertical.startswith("% of ")
        assert len(horizontal) > 10
    assert all("best" in caption for caption in captions)
    assert [chart.count("(logarithmic") for chart in charts] == [0, 1, 0, 0, 0, 2]


@pytest.mark.usefixtures("nasty")
def test_what_people_write_is_text(tmp_path: Path) -> None:
    page = written(tmp_path / "page.html")
    # Bob is in two lists, the group in one, and so on: what was made up comes back letter by letter.
    assert page.text.count(ATTACK) > 10
    assert ATTACK.replace("/", "|") in page.text
    assert '<script>"&' in page.text
    assert BACKWARD in page.text
    assert "taken back" not in page.source
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "object", "embed", "link", "base", "form"}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert not page.attributes("src")
    assert set(page.attributes("style")) == {
        style for style in page.attributes("style") if style and STYLE.match(style)
    }
    assert "url(" not in page.source.partition("</style>")[0]
    assert "default-src 'none'; style-src 'unsafe-inline'" in page.attributes("content")


@pytest.mark.skipif(BROWSER is None, reason="there is no chromium or google-chrome here")
@pytest.mark.usefixtures("nasty")
def test_a_browser_shows_it_and_asks_for_nothing(tmp_path: Path) -> None:
    assert BROWSER
    out = tmp_path / "page.html"
    page = written(out)
    options = (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-logging=stderr",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={tmp_path / 'profile'}",
        f"--log-net-log={tmp_path / 'net.json'}",
    )
    shown = subprocess.run(
        [BROWSER, *options, "--dump-dom", out.as_uri()], capture_output=True, text=True, timeout=60, check=True
    )
    assert ":CONSOLE" not in shown.stderr
    assert "evil.invalid" not in (tmp_path / "net.json").read_text()
    assert [tag for tag, _ in Page(shown.stdout).elements] == [tag for tag, _ in page.elements]


@pytest.mark.usefixtures("demo")
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(MessengerError, match=r"cannot write .*missing/page\.html: No such file"):
        preview(tmp_path / "missing" / "page.html")


def test_a_database_in_which_nobody_wrote_has_a_page_too(demo: psycopg.Connection, tmp_path: Path) -> None:
    demo.execute("DELETE FROM messages WHERE sender_id IS NOT NULL")
    demo.commit()
    page = written(tmp_path / "page.html")
    assert "The chats are those of nobody" in page.text
    assert not page.of_class("chat")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Alice Martin", "AM"), ("Anna Adams", "AA"), ("Cher", "C"), ("de la Cruz", "DC"), ("<b>", "B"), ("🙂", "?")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(("days", "written"), [(22, "09:05"), (21, "Sat"), (16, "Mon"), (15, "15 Nov 2026")])
def test_times_in_the_list_are_short(days: int, written: str) -> None:
    assert short(datetime(2026, 11, days, 9, 5), datetime(2026, 11, 22, 1, 0)) == written  # noqa: DTZ001 (both are UTC)


def test_sizes() -> None:
    assert [size(number) for number in (1, 1700, 2_483_112)] == ["1 kB", "2 kB", "2.5 MB"]
