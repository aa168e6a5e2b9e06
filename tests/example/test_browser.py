"""The example as two people see it, in a real browser."""

from pathlib import Path

import pytest

from .browser import Tab, chromium

pytestmark = pytest.mark.xdist_group("example")  # one worker imports FastAPI

PASSWORD = "correct horse"


def register(tab: Tab, name: str) -> None:
    tab.type("[name=username]", name)
    tab.type("[name=password]", PASSWORD)
    tab.click("#enter button", "Register")
    tab.until(f"document.querySelector('#me').textContent === '{name}'")


def shows(tab: Tab, selector: str, text: str) -> None:
    tab.until(f"document.querySelector({selector!r})?.innerText.includes({text!r})")


def test_two_people_chat(address: str, tmp_path: Path) -> None:
    with chromium(tmp_path / "profile") as browser:
        alice, bob = browser.open(address), browser.open(address)
        register(alice, "alice")
        register(bob, "bob")
        alice.type("#add input", "bob")
        alice.click("#add button")
        bob.click("#requests button", "Accept")
        alice.click("#contacts .row", "bob")
        alice.type("[name=content]", "Hello <b>Bob</b>")
        alice.click("#send button.main")
        shows(bob, "#chats", "Hello <b>Bob</b>")
        assert bob.evaluate("document.querySelector('#chats .count').textContent") == "1"
        alice.until("!!document.querySelector('.line.mine .delivered')")
        bob.click("#chats .row", "alice")
        shows(bob, "#lines", "Hello <b>Bob</b>")
        alice.until("!!document.querySelector('.line.mine .read')")
        bob.type("[name=content]", "Lunch?")
        bob.click("#send button.main")
        shows(alice, "#lines", "Lunch?")
        alice.type("#find input", "lunches")
        alice.evaluate("document.querySelector('#find').requestSubmit()")
        shows(alice, "#found", "1 found")
        for tab in (alice, bob):
            for scheme in ("light", "dark"):
                for width in (390, 1100):
                    tab.look(width, 700, scheme)
                    assert tab.evaluate("document.documentElement.scrollWidth") == width
        alice.look(390, 700, "dark")
        assert not alice.evaluate("document.querySelector('#side').checkVisibility()")
        alice.click("#back")
        assert alice.evaluate("document.querySelector('#side').checkVisibility()")
        ground = "getComputedStyle(document.body).backgroundColor"
        dark = alice.evaluate(ground)
        alice.look(390, 700, "light")
        assert alice.evaluate(ground) != dark
        # Before somebody has logged in, the page asks who they are; what it asked last may be refused after the logout.
        assert [line for line in browser.said if "/api/me" not in line] == []
        alice.click("#out")
        alice.until("document.querySelector('#enter').checkVisibility()")
        own = (f"{address}/", address.replace("http", "ws") + "/", "data:,")
        assert [url for url in browser.requested if not url.startswith(own)] == []
