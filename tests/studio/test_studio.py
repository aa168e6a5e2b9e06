"""make db-studio, on a real database: who may ask, what is shown, and what is neither shown nor changed."""

import asyncio
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode, urlsplit

import children
import httpx
import psycopg
import pytest
import uvicorn
from drift.commands import ROOT
from example.browser import chromium
from hot_paths.people import send
from psycopg import sql
from pytest_postgresql.executors import NoopExecutor
from schema.cases.world import ALICE, BCRYPT, BOB, DIRECT, FIRST, GROUP, build_world
from starlette.datastructures import QueryParams
from workflow.databases import new_database, new_role

from messenger_db.cli import run
from messenger_db.connection import Target
from messenger_db.errors import MessengerError
from messenger_db.secret_columns import SECRET_COLUMNS
from messenger_db.studio import studio_rows
from messenger_db.studio.studio_app import Studio, asked_of
from messenger_db.studio.studio_guard import Guard
from messenger_db.studio.studio_rows import OPERATORS, Asked, Filter, Rows
from messenger_db.testing.templates import NO_ROWS

if TYPE_CHECKING:
    from messenger_db.testing.session import Run

pytestmark = pytest.mark.xdist_group("studio")  # one worker has the database

PORT = 5555
HOME = f"http://127.0.0.1:{PORT}"
SECRETS = {"socket_id": "a-secret-socket", "ip_address": "203.0.113.77", "user_agent": "Secret Agent"}
TABLES = [
    "attachments",
    "chat_participants",
    "chats",
    "contacts",
    "message_delivery",
    "message_reactions",
    "messages",
    "unread_messages",
    "user_sessions",
    "users",
]


class Page(HTMLParser):
    """The links of a page, and all that a browser would fetch or send a form to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"iframe", "style", "object", "embed", "base"}
        for name, value in attrs:
            assert not name.startswith("on")
            assert name != "style"
            if name in {"href", "src", "action", "srcset", "formaction", "data", "poster"}:
                self.links.append(value or "")


class Http:
    """Asks an application, without a port."""

    def __init__(self, application: Guard) -> None:
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=HOME)

    def get(self, address: str, **headers: str) -> httpx.Response:
        return asyncio.run(self.client.get(address, headers=headers))

    def post(self, address: str, form: dict[str, str], **headers: str) -> httpx.Response:
        return asyncio.run(self.client.post(address, data=form, headers=headers))


class Visitor:
    """Somebody who has opened the printed address; what they see is checked for secrets and foreign addresses."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.guard = Guard(Studio(rows).application(), PORT)
        self.http = Http(self.guard)
        assert self.http.get(self.guard.address).status_code == 303

    def see(self, address: str, status: int = 200) -> str:
        """Return a page."""
        answer = self.http.get(address)
        assert answer.status_code == status, f"{address}: {answer.text}"
        check_text(answer.text)
        return answer.text

    def links(self, address: str) -> list[str]:
        return Page(self.see(address)).links

    def change(self, address: str, **form: str) -> httpx.Response:
        """Send a form, whose fields have no space in their names here."""
        fields = {name.replace("__", " "): text for name, text in form.items()}
        return self.http.post(address, fields, Origin=HOME)


def check_text(text: str) -> None:
    """Fail where a page shows a secret, or would fetch something from elsewhere."""
    hidden = [name for names in SECRET_COLUMNS.values() for name in names]
    assert [secret for secret in (BCRYPT, *SECRETS.values(), *hidden, "deadbeef") if secret in text] == []
    assert [
        link for link in Page(text).links if not (link.startswith("/") and link[1:2] != "/") and link != "data:,"
    ] == []


@pytest.fixture(scope="module")
def database(_messenger_run: "Run", request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with rows in all tables: its URL."""
    with _messenger_run.take(request.session, NO_ROWS, connected=False) as taken:
        with psycopg.connect(taken.private_url) as db:
            build_world(db)
            db.execute("UPDATE user_sessions SET socket_id = %(socket_id)s WHERE socket_id IS NOT NULL", SECRETS)
            db.execute("UPDATE user_sessions SET ip_address = %(ip_address)s, user_agent = %(user_agent)s", SECRETS)
            db.execute("UPDATE user_sessions SET token_hash = decode('deadbeef', 'hex') || substr(token_hash, 5)")
        yield taken.private_url


@pytest.fixture(scope="module")
def visitor(database: str) -> Iterator[Visitor]:
    """Somebody who looks at it."""
    rows = Rows(Target.from_url(database))
    yield Visitor(rows)
    rows.close()


@pytest.fixture
def writer(postgresql: psycopg.Connection, _messenger_database: object) -> Iterator[Visitor]:
    """Somebody who can change a database of the test's own."""
    build_world(postgresql)
    postgresql.commit()
    rows = Rows(Target.from_url(_messenger_database.private_url), writes=True)  # type: ignore[attr-defined]
    yield Visitor(rows)
    rows.close()


class Key(NamedTuple):
    """A foreign key, by the catalog."""

    name: str
    source: str
    columns: list[str]
    target: str
    target_columns: list[str]


KEYS = """
SELECT conname, conrelid::regclass::text, array_agg(a.attname::text ORDER BY place),
    confrelid::regclass::text, array_agg(b.attname::text ORDER BY place)
FROM pg_constraint
CROSS JOIN unnest(conkey, confkey) WITH ORDINALITY AS pair (near, far, place)
JOIN pg_attribute AS a ON a.attrelid = conrelid AND a.attnum = near
JOIN pg_attribute AS b ON b.attrelid = confrelid AND b.attnum = far
WHERE contype = 'f'
GROUP BY pg_constraint.oid
"""


def test_only_who_has_the_printed_address_gets_in(database: str) -> None:
    guard = Guard(Studio(rows := Rows(Target.from_url(database))).application(), PORT)
    http = Http(guard)
    token = urlsplit(guard.address).query.removeprefix("token=")
    assert len(token) > 40
    for address in ("/", "/table/users", "/assets/studio.css", "/?token=", "/?token=wrong", f"/?token={token}é"):
        assert http.get(address).status_code == 403, address
    assert http.get(f"/table/users?token={token}").status_code == 403
    for host in ("evil.example", "evil.example:5555", "127.0.0.1", "127.0.0.1:80", "[::1]:5555", ""):
        assert http.get(guard.address, Host=host).status_code == 400, host
    on_port_80 = Guard(guard, 80)
    assert Http(on_port_80).get(on_port_80.address, Host="127.0.0.1").status_code == 303
    opened = http.get(guard.address)
    assert (opened.status_code, opened.headers["location"]) == (303, "/")
    cookie, *attributes = opened.headers["set-cookie"].split("; ")
    assert {"HttpOnly", "SameSite=strict"} <= set(attributes)
    assert token not in cookie
    assert http.get("/").status_code == 200
    http.client.headers["Cookie"] = cookie
    assert http.get("/", Host=f"localhost:{PORT}").status_code == 200
    assert http.get("/", Host="evil.example").status_code == 400
    for answer in (opened, http.get("/"), http.get("/table/none"), http.get("/", Host="evil.example")):
        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        assert policy.pop("default-src") == "'none'"
        assert set(policy.values()) <= {"'self'", "'none'", "data:"}
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
    rows.close()


def test_each_table_is_listed_filtered_and_sorted(visitor: Visitor) -> None:
    assert [link for link in visitor.links("/") if link.startswith("/table/")] == 2 * [
        f"/table/{name}" for name in TABLES
    ]
    assert list(visitor.rows.tables) == TABLES
    assert visitor.rows.pending(["0001_initial_schema", "0002_test"]) == ["0002_test"]
    for table in visitor.rows.tables.values():
        links = visitor.links(f"/table/{table.name}")
        (row, *_) = [link for link in links if link.startswith(f"/row/{table.name}?")]
        visitor.see(row)
        (first, *_) = visitor.rows.page(Asked(table)).rows
        for column in table.columns:
            wanted = {"o": "null"} if first[column] is None else {"o": "eq", "v": first[column]}
            asked = {"c": column, "v": "", "sort": column, "order": "asc"} | wanted
            assert first in visitor.rows.page(asked_of(table, QueryParams(asked))).rows, column
        assert row in visitor.links(f"/table/{table.name}?{urlencode(asked)}"), asked


def test_every_key_is_followed_both_ways(visitor: Visitor, database: str) -> None:
    with psycopg.connect(database) as db:
        keys = [Key(*row) for row in db.execute(KEYS)]
        assert len(keys) > 15
        for key in keys:
            source, target = visitor.rows.tables[key.source], visitor.rows.tables[key.target]
            wanted = sql.SQL("SELECT {} FROM {} WHERE ({}) IS NOT NULL LIMIT 1").format(
                sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in source.columns),
                sql.Identifier(key.source),
                sql.SQL(", ").join(map(sql.Identifier, key.columns)),
            )
            found = db.execute(wanted).fetchone()
            assert found, f"no row has the key {key.name}"
            row = dict(zip(source.columns, found, strict=True))
            here = f"/row/{key.source}?{urlencode({name: row[name] for name in source.primary_key})}"
            pointed = dict(zip(key.target_columns, (row[name] for name in key.columns), strict=True))
            there = f"/row/{key.target}?{urlencode({name: pointed[name] for name in target.primary_key})}"
            assert there in visitor.links(here), key.name
            back = [pair for name in key.columns for pair in (("c", name), ("o", "eq"), ("v", row[name]))]
            pointing = f"/table/{key.source}?{urlencode(back)}"
            assert pointing in visitor.links(there), key.name
            assert here in visitor.links(pointing), key.name


def test_pages_go_forth_and_back_in_any_order(visitor: Visitor, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio_rows, "PAGE_ROWS", 2)
    rows = visitor.rows
    with psycopg.connect(database) as db:
        for table in rows.tables.values():
            for column in table.columns:
                for descending in (True, False):
                    asked = Asked(table, sort=column, descending=descending)
                    direction = sql.SQL("DESC" if descending else "ASC")
                    by = [sql.SQL("{} {}").format(sql.Identifier(one.name), direction) for one in asked.order]
                    statement = sql.SQL("SELECT ARRAY[{}] FROM {} ORDER BY {}").format(
                        sql.SQL(", ").join(
                            sql.SQL("{}::text").format(sql.Identifier(key)) for key in table.primary_key
                        ),
                        sql.Identifier(table.name),
                        sql.SQL(", ").join(by),
                    )
                    expected = [key for (key,) in db.execute(statement)]
                    pages = [rows.page(asked)]
                    while place := pages[-1].after:
                        pages.append(rows.page(Asked(table, sort=column, descending=descending, after=place)))
                    forth = [[row[key] for key in table.primary_key] for page in pages for row in page.rows]
                    assert forth == expected, (table.name, column, descending)
                    assert not pages[0].before
                    for page, earlier in zip(pages[:0:-1], pages[-2::-1], strict=True):
                        back = rows.page(Asked(table, sort=column, descending=descending, before=page.before))
                        assert back.rows == earlier.rows
                        assert bool(back.before) == bool(earlier.before)


@pytest.mark.parametrize(
    ("column", "operator", "value", "found"),
    [
        ("username", "eq", "bob", ["bob"]),
        ("username", "ne", "bob", ["alice", "charlie", "diana"]),
        ("username", "lt", "bob", ["alice"]),
        ("username", "le", "bob", ["alice", "bob"]),
        ("username", "gt", "bob", ["charlie", "diana"]),
        ("username", "ge", "bob", ["bob", "charlie", "diana"]),
        ("username", "has", "LI", ["alice", "charlie"]),
        ("username", "has", "%", []),
        ("bio", "null", "", ["alice", "bob", "charlie", "diana"]),
        ("bio", "set", "", []),
        ("bio", "ne", "'; DROP TABLE users --", ["alice", "bob", "charlie", "diana"]),
    ],
)
def test_operators(visitor: Visitor, column: str, operator: str, value: str, found: list[str]) -> None:
    asked = Asked(visitor.rows.tables["users"], [Filter(column, operator, value)], "username", descending=False)
    assert operator in OPERATORS
    assert [row["username"] for row in visitor.rows.page(asked).rows] == found


def test_what_is_not_there_is_one_line(visitor: Visitor) -> None:
    for table, names in SECRET_COLUMNS.items():
        for name in names:
            hidden = visitor.http.get(f"/table/{table}?c={name}&o=has&v=2b")
            unknown = visitor.http.get(f"/table/{table}?c=nothing&o=has&v=2b")
            assert hidden.status_code == unknown.status_code == 404
            assert hidden.text.replace(name, "nothing") == unknown.text
            assert visitor.http.get(f"/table/{table}?sort={name}").status_code == 404
    for address in (
        "/table/none",
        "/table/_yoyo_migration",
        "/table/users?c=bio&o=or",
        "/table/users?after=x",
        '/table/users?after=["a","b","c"]',
        "/table/users?after=[1]",
        "/row/users",
        "/row/users?id=00000000-0000-0000-0000-000000000000",
        "/table/users?c=bio&o=eq&v=%00",
        '/table/users?after=["\\ud800"]',
        "/assets/studio_app.py",
        "/assets/..%2fstudio.css",
        "/new/users",
    ):
        assert visitor.http.get(address).status_code == 404, address
    assert "invalid input syntax for type uuid" in visitor.see("/table/users?c=id&o=eq&v=x", 400)


def test_what_is_written_is_shown_as_text(writer: Visitor, postgresql: psycopg.Connection) -> None:
    odd = "<script>alert(1)</script>\r\n\"'&"
    postgresql.execute(
        "UPDATE messages SET content = %s, is_edited = true, edited_at = now() WHERE id = %s", [odd, FIRST]
    )
    postgresql.execute('CREATE TABLE "a/b <u>?" ("<u> d" integer PRIMARY KEY, "e%" text)')
    postgresql.execute("INSERT INTO \"a/b <u>?\" VALUES (1, '<u>')")
    postgresql.commit()
    for address in ("/", "/table/messages", f"/row/messages?id={FIRST}", "/last-sends", "/table/a%2Fb%20%3Cu%3E%3F"):
        text = writer.see(address)
        assert not re.search("<script>|<u>", text), address
    assert "&lt;u&gt;" in text
    (row, *_) = (link for link in Page(text).links if link.startswith("/row/"))
    assert "&lt;u&gt;" in writer.see(row)


def test_the_server_itself_refuses_changes(visitor: Visitor) -> None:
    users = visitor.rows.tables["users"]
    key = {"id": str(ALICE)}
    version = "1"
    for change in (
        lambda: visitor.rows.update(users, key, {"bio": "changed"}, version),
        lambda: visitor.rows.insert(users, {"username": "mallory"}),
        lambda: visitor.rows.delete(users, key, version),
    ):
        with pytest.raises(Exception, match=r"cannot execute [A-Z]+ in a read-only transaction"):
            change()
    assert visitor.change(f"/row/users?id={ALICE}", version=version, value__bio="changed").status_code == 405
    assert 'method="post"' not in visitor.see(f"/row/users?id={ALICE}")


def test_rows_are_changed_inserted_and_deleted(writer: Visitor, postgresql: psycopg.Connection) -> None:
    address = f"/row/users?id={BOB}"
    version = re.search('name="version" value="([0-9]+)"', writer.see(address))
    assert version
    form = {"version": version[1], "value__bio": "one\r\ntwo", "value__display_name": "Bob", "value__username": "bob"}
    foreign = writer.http.post(address, form, Origin="http://127.0.0.1:8000")
    assert (foreign.status_code, writer.http.post(address, form).status_code) == (403, 403)
    assert writer.change(address, **form).headers["location"] == address
    stored = "SELECT bio, display_name FROM users WHERE id = %s"
    assert postgresql.execute(stored, [BOB]).fetchone() == ("one\ntwo", "Bob")
    again = writer.change(address, **form | {"value__bio": "three"})
    assert again.status_code == 409
    assert "has changed meanwhile" in again.text
    version = re.search('name="version" value="([0-9]+)"', again.text)
    assert version
    form = {"version": version[1], "value__bio": "", "null__bio": "on", "value__password_hash": "x"}
    assert writer.change(address, **form).status_code == 303
    assert postgresql.execute(stored, [BOB]).fetchone() == (None, "Bob")
    broken = writer.change(address, version="0", value__username="b b")
    assert broken.status_code == 409
    version = re.search('name="version" value="([0-9]+)"', broken.text)
    assert version
    broken = writer.change(address, version=version[1], value__username="b b")
    assert broken.status_code == 400
    assert "users_username_format" in broken.text
    check_text(broken.text)
    assert writer.change("/new/users", value__username="x").status_code == 400
    assert "/new/users" not in writer.links("/table/users")
    assert "/new/messages" in writer.links("/table/messages")
    form = {
        "value__chat_id": str(GROUP),
        "value__sender_id": str(ALICE),
        "value__content": "New",
        "value__metadata": "",
    }
    new = writer.change("/new/messages", **form)
    assert new.status_code == 303, new.text
    inserted = writer.see(new.headers["location"])
    version = re.search('name="version" value="([0-9]+)"', inserted)
    assert version
    gone = writer.change(new.headers["location"], version=version[1], delete="1")
    assert gone.headers["location"] == "/table/messages"
    writer.see(new.headers["location"], 404)


def test_a_reporting_role_is_enough(
    database: str, postgresql_noproc: NoopExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_role(postgresql_noproc) as role:
        monkeypatch.setenv("DATABASE_URL", database)
        run(["grant", role, "--readonly", "1"])
        target = Target.from_url(database)
        target.parameters["user"] = role
        rows = Rows(target)
        reporter = Visitor(rows)
        assert list(rows.tables) == TABLES
        for name in TABLES:
            (row, *_) = [link for link in reporter.links(f"/table/{name}") if link.startswith(f"/row/{name}?")]
            reporter.see(row)
        reporter.see("/last-sends")
        assert rows.pending(["0001_initial_schema", "0002_test"]) == []
        rows.close()
        with psycopg.connect(database) as db:
            db.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))


def test_what_takes_long_is_given_up(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio_rows, "LONGEST_STATEMENT", "50ms")
    target = Target.from_url(database)
    target.parameters["application_name"] = "studio"
    visitor = Visitor(rows := Rows(target))
    with psycopg.connect(database) as db:
        db.execute("LOCK attachments IN ACCESS EXCLUSIVE MODE")
        assert "and was given up: filter or sort" in visitor.see("/table/attachments", 504)
        assert "not counted" in visitor.see(f"/row/messages?id={FIRST}")
        db.rollback()
        visitor.see("/table/attachments")
        sessions = "SELECT pid, state FROM pg_stat_activity WHERE application_name = 'studio'"
        ((pid, state),) = db.execute(sessions).fetchall()
        assert state == "idle", "a transaction that stays open keeps old rows"
        db.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])
    assert re.search("(terminating|closed the) connection", visitor.see("/table/users", 503))
    visitor.see("/table/users")
    rows.close()


def refusal(*words: str) -> str:
    with pytest.raises(MessengerError) as refused:
        run(["studio", *words])
    (line,) = str(refused.value).splitlines()
    return line.removeprefix("messenger-db: ")


def test_what_cannot_be_served_is_one_line(
    database: str, postgresql_noproc: NoopExecutor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("DATABASE_URL", database)
    line = "WRITE=1 is for the embedded database alone: leave it out, or do not set DATABASE_URL"
    assert refusal("--write", "1") == line
    assert refusal("--port", "65536").startswith("PORT=65536 is not a port: ")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refusal("--port", str(port)) == (
            f"port {port} on 127.0.0.1 cannot be used (Address already in use): "
            "set PORT to another, or leave it out for a free one"
        )
    with new_database(postgresql_noproc) as empty:
        monkeypatch.setenv("DATABASE_URL", empty.url())
        assert refusal().startswith("there is no table to read in database ")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@127.0.0.1:{port}/messenger")
    assert "is a server running there?" in refusal()
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert refusal() == "uvicorn is not installed: pip install '.[studio]' in a checkout"
    assert capsys.readouterr().out == ""


def test_it_ends_by_ctrl_c(database: str) -> None:
    process = children.start(
        [sys.executable, "-m", "messenger_db", "studio"], cwd=ROOT, env=os.environ | {"DATABASE_URL": database}
    )
    assert process.stdout
    assert process.stdout.readline().endswith(", read-only; Ctrl-C ends the studio\n")
    with httpx.Client(follow_redirects=True) as client:
        assert "chat_participants" in client.get(process.stdout.readline().strip()).text
    process.send_signal(signal.SIGINT)
    done = children.finished(process)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


@pytest.fixture
def served(writer: Visitor) -> Iterator[str]:
    """The address of a studio that a browser can open."""
    listener = socket.create_server(("127.0.0.1", 0))
    guard = Guard(Studio(writer.rows).application(), listener.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(guard, log_level="warning", ws="none", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield guard.address
    server.should_exit = True
    thread.join()
    listener.close()


def test_in_a_browser(served: str, postgresql: psycopg.Connection, tmp_path: Path) -> None:
    with chromium(tmp_path / "profile") as browser:
        tab = browser.open(served)
        tab.click("nav a", "messages")
        tab.until("document.querySelector('h1')?.innerText === 'messages' && document.readyState === 'complete'")
        for width in (390, 1280):
            for scheme in ("light", "dark"):
                tab.look(width, 800, scheme)
                assert tab.evaluate("document.documentElement.scrollWidth") <= width
        tab.click("td a", "diana")
        tab.until("location.pathname === '/row/users' && document.readyState === 'complete'")
        tab.click(".keys a", "chat_participants")
        tab.until("location.pathname === '/table/chat_participants'")
        tab.click("td.open a")
        tab.until("location.pathname === '/row/chat_participants'")
        tab.click("nav a", "Last sends")
        tab.until("document.querySelector('#state')?.innerText.startsWith('Live')")
        send(postgresql, DIRECT, BOB, content="Just <b>now</b>")
        postgresql.commit()
        tab.until("document.querySelector('#sends .fresh .said')?.innerText === 'Just <b>now</b>'")
        own = (served.partition("?")[0], "data:,")
        assert [url for url in browser.requested if not url.startswith(own)] == []
        assert browser.said == []
