"""A headless Chromium, spoken to in its DevTools protocol: several people in it, each with cookies of their own."""

import base64
import itertools
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import children
import pytest
from websockets.sync.client import ClientConnection, connect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SECONDS = 60
QUIET = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)


class Navigated(AssertionError):
    """The page went away before it answered."""


class Tab:
    """A page of one person."""

    def __init__(self, browser: "Browser", session: str) -> None:
        self.browser = browser
        self.session = session

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.command(method, self.session, **parameters)

    def evaluate(self, script: str) -> Any:
        """Return what a script comes to. Fails where it throws."""
        said = self.command("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in said, said
        return said["result"].get("value")

    def until(self, script: str) -> None:
        """Wait until a script comes to something true."""
        deadline = time.monotonic() + SECONDS
        while not self._holds(script):
            assert time.monotonic() < deadline, f"not in time: {script}\n{self.evaluate('document.body.innerText')}"
            time.sleep(0.02)

    def _holds(self, script: str) -> bool:
        try:
            return bool(self.evaluate(script))
        except Navigated:
            return False

    def click(self, selector: str, text: str = "") -> None:
        """Click what is there, or soon is, and has that text."""
        having = f"element => element.innerText.includes({json.dumps(text)})"
        found = f"[...document.querySelectorAll({json.dumps(selector)})].find({having})"
        self.until(f"!!{found}?.checkVisibility()")
        with suppress(Navigated):  # by the click
            self.evaluate(f"{found}.click()")

    def type(self, selector: str, text: str) -> None:
        """Type into a field, as keys do."""
        self.until(f"!!document.querySelector({json.dumps(selector)})?.checkVisibility()")
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")
        self.command("Input.insertText", text=text)

    def look(self, width: int, height: int, scheme: str) -> None:
        """Be a window of that size, light or dark."""
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.command("Page.captureScreenshot")["data"]))


class Browser:
    """A running Chromium."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self.requested: list[str] = []
        self.said: list[str] = []

    def command(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Return the answer to a command. Fails where it is refused."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        self._connection.send(json.dumps(message))
        while (said := json.loads(self._connection.recv(SECONDS))).get("id") != number:
            self._note(said)
        if "navigated" in said.get("error", {}).get("message", ""):
            raise Navigated
        assert "error" not in said, said
        answer: dict[str, Any] = said["result"]
        return answer

    def _note(self, event: dict[str, Any]) -> None:
        if event["method"] == "Network.requestWillBeSent":
            self.requested.append(event["params"]["request"]["url"])
        elif event["method"] == "Network.webSocketCreated":
            self.requested.append(event["params"]["url"])
        elif event["method"] in ("Log.entryAdded", "Runtime.exceptionThrown"):
            self.said.append(json.dumps(event["params"]))

    def open(self, address: str) -> Tab:
        """Return a page that nobody has logged in to."""
        context = self.command("Target.createBrowserContext")["browserContextId"]
        target = self.command("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        tab = Tab(self, self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        for domain in ("Page", "Network", "Log", "Runtime"):
            tab.command(f"{domain}.enable")
        tab.command("Page.navigate", url=address)
        return tab


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """Start a Chromium whose profile is in a folder; skip the test where there is none."""
    if not CHROMIUM:
        pytest.skip("there is no Chromium here: apt install chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    process = children.start(
        [CHROMIUM, *QUIET, *sandbox, f"--user-data-dir={folder}", "about:blank"], stdout=-3, stderr=-3
    )
    try:
        port = folder / "DevToolsActivePort"
        deadline = time.monotonic() + SECONDS
        while not (port.exists() and len(port.read_text().split()) == 2):
            assert process.poll() is None, "Chromium has ended"
            assert time.monotonic() < deadline, "Chromium does not start"
            time.sleep(0.02)
        number, path = port.read_text().split()
        with connect(f"ws://127.0.0.1:{number}{path}", max_size=None, origin=None) as connection:
            browser = Browser(connection)
            yield browser
            browser.command("Browser.close")
    finally:
        process.terminate()
        process.wait(30)
