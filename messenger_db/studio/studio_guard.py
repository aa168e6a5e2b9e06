"""Who may ask the studio, and what its pages may do: the browser in which somebody has opened the printed address.

Other users of the machine reach a port on loopback too, and so does every page of a browser: by the address, or by a
name that is made to lead there (DNS rebinding). Against the former there is the token, against the latter the Host.
"""

import hmac
import secrets
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not no-referrer, with which a form would be sent without its Origin.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

# A browser leaves it out of the Host.
HTTP_PORT = 80


class Guard:
    """Lets through what comes from a page of the studio, to the studio's own address."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        host = "127.0.0.1" if port == HTTP_PORT else f"127.0.0.1:{port}"
        self._hosts = {host, host.replace("127.0.0.1", "localhost")}
        self._token, self._secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        # A browser sends cookies to all ports of a host: another studio's has another name.
        self._cookie = f"studio_{port}"
        self.address = f"http://{host}/?token={self._token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        if scope["type"] == "http":
            await (self._answer(Request(scope)) or self._app)(scope, receive, send_with_headers)

    def _answer(self, request: Request) -> Response | None:
        """Return the answer to what is let through no further."""
        host = request.headers.get("host", "")
        if host not in self._hosts:
            return PlainTextResponse("The studio answers to the address that it has printed alone.\n", 400)
        token = parse_qs(request.url.query).get("token")
        if request.url.path == "/" and token:
            if not _same(token[0], self._token):
                return PlainTextResponse("The token is that of another studio: open the address it has printed.\n", 403)
            # The token does not stay in the address bar, nor in the history.
            entered = RedirectResponse("/", 303)
            entered.set_cookie(self._cookie, self._secret, httponly=True, samesite="strict")
            return entered
        if not _same(request.cookies.get(self._cookie, ""), self._secret):
            return PlainTextResponse("Open the address that the studio has printed, with its token.\n", 403)
        if request.method not in ("GET", "HEAD") and request.headers.get("origin") != f"http://{host}":
            return PlainTextResponse("A change comes from a page of the studio alone.\n", 403)
        return None


def _same(given: str, expected: str) -> bool:
    """Compare in a time that says nothing about what is expected."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
