"""The example over HTTP and WebSocket."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import bcrypt
import httpx
import psycopg
import pytest
from hot_paths.people import new_message_id
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

pytestmark = pytest.mark.xdist_group("example")  # one worker imports FastAPI

PASSWORD = "correct horse"
OTHER = "wrong horse"
LAST = str(UUID(int=2**128 - 1))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
SECONDS = 60


class Person:
    """Somebody with a device, who has registered."""

    def __init__(self, address: str, name: str, stack: ExitStack) -> None:
        self.address = address
        self.http = stack.enter_context(httpx.Client(base_url=f"{address}/api/", timeout=SECONDS))
        assert self.http.post("register", json={"username": name, "password": PASSWORD}).status_code == 200
        self.id: str = self.http.get("me").json()["user_id"]
        self.events = stack.enter_context(self.connect())

    def connect(self, **headers: str) -> ClientConnection:
        """Open a WebSocket."""
        cookie = {"Cookie": f"token={self.http.cookies.get('token')}"}
        return connect(f"{self.address.replace('http', 'ws')}/api/events", additional_headers={**cookie, **headers})

    def ask(self, name: str, /, **given: Any) -> httpx.Response:
        return self.http.post(name, json=given)

    def call(self, name: str, /, **given: Any) -> Any:
        answer = self.ask(name, **given)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def next(self, event: str) -> dict[str, Any]:
        """Return the next event of that kind."""
        while True:
            said: dict[str, Any] = json.loads(self.events.recv(SECONDS))
            if said["event"] == event:
                return said

    def send(self, chat_id: str, content: str, /, **given: Any) -> Any:
        message = {"chat_id": chat_id, "content": content, "content_type": "text", "metadata": "{}"}
        return self.call("send_message", **message, **given)

    def history(self, chat_id: str) -> list[str]:
        rows = self.call("history_with_names", chat_id=chat_id, before_id=LAST)
        return [row["content"] for row in reversed(rows)]


Join = Callable[[str], Person]


@pytest.fixture
def join(address: str) -> Iterator[Join]:
    """Lets people register."""
    with ExitStack() as stack:
        yield lambda name: Person(address, name, stack)


def receipts(person: Person, chat_id: str, message_id: str) -> tuple[int, int, int]:
    (row,) = person.call("receipt_counts", chat_id=chat_id, message_ids=[message_id])
    return row["recipients"], row["delivered"], row["read"]


def test_two_people_chat(join: Join, postgresql: psycopg.Connection) -> None:
    alice, bob = join("alice"), join("Bob")
    who = alice.call("profile", username="BOB")["user_id"]
    assert alice.call("request_contact", contact_id=who)["outcome"] == "requested"
    bob.next("people")
    (request,) = bob.call("contact_requests")
    assert request["username"] == "alice"
    bob.call("accept_contact", contact_id=alice.id)
    (contact,) = alice.call("contacts", status="accepted")
    assert (contact["username"], contact["status"]) == ("Bob", "online")

    chat = alice.call("create_direct_chat", other_id=bob.id)["chat_id"]
    message = str(new_message_id(postgresql))
    alice.send(chat, "Hello, Bob", message_id=message)
    said = bob.next("message")
    assert (said["content"], said["sender_id"], said["message_id"]) == ("Hello, Bob", alice.id, message)
    assert alice.send(chat, "Hello, Bob", message_id=message)["outcome"] == "repeated"
    alice.next("chat")
    alice.next("chat")
    assert receipts(alice, chat, message) == (1, 1, 0)
    (shown,) = bob.call("chat_list", before_is_pinned=True, before_message_id=LAST, before_chat_id=LAST)
    assert (shown["peer_id"], shown["unread"]) == (alice.id, 1)
    bob.call("mark_read", chat_id=chat, up_to_id=message)
    alice.next("chat")
    assert receipts(alice, chat, message) == (1, 1, 1)
    bob.send(chat, "Lunches are at one", reply_to_id=message)
    assert alice.next("message")["reply_to_id"] == message
    assert alice.history(chat) == bob.history(chat) == ["Hello, Bob", "Lunches are at one"]
    assert [row["content"] for row in alice.call("search", words="lunch", before_id=LAST)] == ["Lunches are at one"]


def test_what_came_meanwhile_is_delivered_at_once(join: Join) -> None:
    alice, bob = join("alice"), join("bob")
    chat = alice.call("create_direct_chat", other_id=bob.id)["chat_id"]
    bob.events.close()
    message = alice.send(chat, "While you were away")["message_id"]
    assert receipts(alice, chat, message) == (1, 0, 0)
    with bob.connect() as bob.events:
        assert bob.next("message")["content"] == "While you were away"
    assert receipts(alice, chat, message) == (1, 1, 0)


def test_a_group_with_a_picture(join: Join, pictures: Path) -> None:
    alice, bob, carol = join("alice"), join("bob"), join("carol")
    chat = str(uuid4())
    alice.call("create_group", chat_id=chat, name="Friends", member_ids=[bob.id])
    assert bob.next("chat")["chat_id"] == chat
    assert alice.http.post(f"chats/{chat}/pictures?name=a.png", content=PNG).status_code == 200
    message = bob.next("message")["message_id"]
    (picture,) = bob.call("attachments", chat_id=chat, message_ids=[message])
    assert (picture["file_name"], picture["file_type"]) == ("a.png", "image/png")
    file = pictures / picture["storage_key"]
    assert file.read_bytes() == PNG
    path = f"chats/{chat}/messages/{message}/pictures/1"
    got = bob.http.get(path)
    assert (got.content, got.headers["content-type"]) == (PNG, "image/png")
    assert carol.http.get(path).status_code == 404
    assert bob.http.get(path.replace("/1", "/2")).status_code == 404
    refused = [
        carol.http.post(f"chats/{chat}/pictures?name=a.png", content=PNG),
        alice.http.post(f"chats/{chat}/pictures?name=a/b.png", content=PNG),
        alice.http.post(f"chats/{chat}/pictures?name=a.png", content=b"<svg>"),
        alice.http.post(f"chats/{chat}/pictures?name=a.png", content=PNG + bytes(10 * 1024 * 1024)),
    ]
    assert [answer.status_code for answer in refused] == [404, 422, 415, 413]
    assert [file for file in pictures.rglob("*") if file.is_file()] == [file]
    alice.call("delete_message", chat_id=chat, message_id=message)
    bob.next("chat")
    assert alice.http.get(path).status_code == 404
    assert not file.exists()


def test_secrets_are_hashed_and_a_logout_ends_a_device(join: Join, postgresql: psycopg.Connection) -> None:
    alice = join("alice")
    token = alice.http.cookies["token"]
    (hashes,) = postgresql.execute(
        "SELECT token_hash, password_hash FROM user_sessions JOIN users ON users.id = user_id"
    ).fetchall()
    assert hashes[0] == sha256(token.encode()).digest()
    assert bcrypt.checkpw(PASSWORD.encode(), hashes[1].encode())
    answer = alice.ask("login", username="ALICE", password=PASSWORD)
    assert {"HttpOnly", "SameSite=strict"} <= set(answer.headers["set-cookie"].split("; "))
    alice.http.cookies.set("token", token)
    alice.call("logout")
    with pytest.raises(ConnectionClosed):
        alice.next("nothing")
    alice.http.cookies.set("token", token)
    assert alice.ask("contacts", status="accepted").status_code == 401
    with pytest.raises(InvalidStatus, match="401"):
        alice.connect()
    assert alice.ask("login", username="alice", password=OTHER).status_code == 401
    assert alice.ask("login", username="nobody", password=PASSWORD).status_code == 401
    assert alice.ask("register", username="Alice", password=PASSWORD).status_code == 409
    assert alice.ask("register", username="other", password=OTHER[:7]).status_code == 422


def test_other_sites_and_other_people_are_refused(join: Join) -> None:
    alice, bob, mallory = join("alice"), join("bob"), join("mallory")
    chat = alice.call("create_direct_chat", other_id=bob.id)["chat_id"]
    for origin in ("http://evil.example", "null", f"{alice.address}0"):
        foreign = alice.http.post("contacts", json={"status": "accepted"}, headers={"Origin": origin})
        assert foreign.status_code == 403
        with pytest.raises(InvalidStatus, match="403"):
            alice.connect(Origin=origin)
    own = alice.http.post("contacts", json={"status": "accepted"}, headers={"Origin": alice.address})
    assert own.status_code == 200
    assert alice.http.get("me", headers={"Host": "evil.example"}).status_code == 400
    for name in ("purge_user", "join_chat", "begin_session", "send_images", "nothing"):
        assert alice.ask(name).status_code == 404
    # Whoever says to be another is taken for who they are.
    send = {"chat_id": chat, "content": "I am Alice", "content_type": "text", "metadata": "{}"}
    assert mallory.ask("send_message", **send, sender_id=alice.id, user_id=alice.id).status_code == 404
    assert mallory.call("history_with_names", chat_id=chat, before_id=LAST, user_id=alice.id) == []
    bob.call("block_contact", contact_id=alice.id)
    assert alice.ask("send_message", **send).status_code == 403


BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "no id": ("members", {"chat_id": "nothing"}),
    "null character": ("send_message", {"content": "\0"}),
    "surrogate": ("search", {"words": "\ud800", "before_id": LAST}),
    "object": ("search", {"words": {"a": 1}, "before_id": LAST}),
    "list": ("profiles", {"user_ids": [1, "a"]}),
    "large number": ("profile", {"username": 2**70}),
    "blank": ("send_message", {"content": " "}),
    "no type": ("send_message", {"content": "Hello", "content_type": None}),
}


@pytest.fixture
def alone(join: Join) -> tuple[Person, str]:
    """Somebody in a group of their own."""
    alice, chat = join("alice"), str(uuid4())
    alice.call("create_group", chat_id=chat, name="Alone", member_ids=[])
    return alice, chat


def test_what_is_not_understood_is_refused(alone: tuple[Person, str]) -> None:
    alice, chat = alone
    found = {}
    for what, (name, given) in BAD.items():
        body = {"chat_id": chat, "content_type": "text", "metadata": "{}", **given}
        found[what] = alice.http.post(name, content=json.dumps(body)).status_code
    assert found == dict.fromkeys(BAD, 422)
    assert [alice.http.post("search", content=body).status_code for body in ("{", "[]", "", "\x00")] == [422] * 4
    assert alice.http.get("me").status_code == 200


def test_a_deadlock_is_not_seen(join: Join, postgresql: psycopg.Connection) -> None:
    alice, bob = join("alice"), join("bob")
    alice.call("request_contact", contact_id=bob.id)
    low, high = sorted([alice.id, bob.id])
    lock = "SELECT FROM users WHERE id = %s FOR UPDATE"
    postgresql.rollback()
    # The other one finds it: whoever waits longer than this looks for a deadlock.
    postgresql.execute("SET LOCAL deadlock_timeout = '60 s'")
    postgresql.execute(lock, [high])
    answers = []
    accepting = threading.Thread(target=lambda: answers.append(bob.ask("accept_contact", contact_id=alice.id)))
    accepting.start()
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    while postgresql.execute(waiting).fetchone() == (0,):
        pass
    postgresql.execute(lock, [low])
    postgresql.commit()
    accepting.join()
    assert [answer.status_code for answer in answers] == [200]
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    bob.events.close()
    with psycopg.connect(postgresql.info.dsn, password=postgresql.info.password, autocommit=True) as db:
        while db.execute(deadlocks).fetchone() == (0,):
            pass
