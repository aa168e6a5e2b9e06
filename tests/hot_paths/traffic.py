"""Many sessions that do everything at once: sends, reads, deliveries, reactions, edits, leaving, joining, purging."""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import UUID

import psycopg

from .calls import call
from .people import join, leave, new_group, new_message_id, new_user, purge, send

Action = Callable[["Session"], str]


@dataclass
class Town:
    """Who is there, where they talk, and what came of it."""

    stay: list[UUID]
    drift: list[UUID]
    chats: list[UUID]
    visitors: list[UUID] = field(default_factory=list)
    sent: list[UUID] = field(default_factory=list)
    purged: list[UUID] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    def latest(self) -> UUID:
        """Return the newest message."""
        return self.sent[-1] if self.sent else self.chats[0]


def new_town(db: psycopg.Connection, people: int = 3, chats: int = 2) -> Town:
    """Make groups in which all are: half of the people stay, the other half come and go."""
    stay = [new_user(db) for _ in range(people)]
    drift = [new_user(db) for _ in range(people)]
    groups = [new_group(db, stay[number]) for number in range(chats)]
    for group in groups:
        for user in stay + drift:
            join(db, group, user, stay[0])
    return Town(stay, drift, groups)


class Session:
    """A connection with a mind of its own, by a seed."""

    def __init__(self, db: psycopg.Connection, town: Town, seed: str) -> None:
        self.db = db
        self.town = town
        self.random = random.Random(seed)

    def somebody(self) -> UUID:
        return self.random.choice(self.town.stay + self.town.drift + self.town.visitors)

    def somewhere(self) -> UUID:
        return self.random.choice(self.town.chats)

    def some_message(self) -> UUID:
        return self.random.choice(self.town.sent[-20:]) if self.town.sent else new_message_id(self.db)

    def send(self) -> str:
        message = new_message_id(self.db)
        chat, sender = self.somewhere(), self.somebody()
        outcome = send(self.db, chat, sender, message=message)["outcome"]
        if outcome == "sent":
            self.town.sent.append(message)
            if self.random.random() < 0.1:
                assert send(self.db, chat, sender, message=message)["outcome"] in {
                    "repeated",
                    "not_a_member",
                    "id_taken",
                }
        return f"send: {outcome}"

    def open(self) -> str:
        call(self.db, "mark_read", user_id=self.reader(), chat_id=self.somewhere(), up_to_id=self.town.latest())
        return "open"

    def deliver(self) -> str:
        call(self.db, "deliver_pending", user_id=self.reader(), max_messages=self.random.choice([5, 1000]))
        return "deliver"

    def reader(self) -> UUID:
        """Mostly the same one: who reads on two devices at once meets himself."""
        return self.somebody() if self.random.random() < 0.5 else self.town.stay[0]

    def react(self) -> str:
        user, message = self.somebody(), self.some_message()
        if self.random.random() < 0.3:
            call(self.db, "remove_reaction", user_id=user, chat_id=self.somewhere(), message_id=message, emoji="x")
            return "remove_reaction"
        call(self.db, "add_reaction", user_id=user, chat_id=self.somewhere(), message_id=message, emoji="x")
        return "add_reaction"

    def change(self) -> str:
        place = {"user_id": self.somebody(), "chat_id": self.somewhere(), "message_id": self.some_message()}
        if self.random.random() < 0.3:
            call(self.db, "delete_message", **place)
            return "delete a message"
        call(self.db, "edit_message", **place, content="Changed")
        return "edit a message"

    def look(self) -> str:
        user, last = self.somebody(), "ffffffff-ffff-ffff-ffff-ffffffffffff"
        call(self.db, "unread_total", user_id=user)
        call(self.db, "chat_list", user_id=user, before_is_pinned=True, before_message_id=last, before_chat_id=last)
        return "look"

    def come_and_go(self) -> str:
        user, chat = self.random.choice(self.town.drift + self.town.visitors), self.somewhere()
        return "leave" if leave(self.db, chat, user) else f"join again: {join(self.db, chat, user, self.somebody())}"

    def visit(self) -> str:
        """Come new, stay a moment, be removed for good."""
        visitor = new_user(self.db)
        host = self.random.choice(self.town.stay + self.town.visitors)
        for chat in self.town.chats:
            join(self.db, chat, visitor, host)
        own = new_group(self.db, visitor)
        join(self.db, own, self.random.choice(self.town.drift), visitor)
        self.town.visitors.append(visitor)
        for _ in range(10):
            self.random.choice([Session.send, Session.open, Session.deliver, Session.react, Session.come_and_go])(self)
        purge(self.db, visitor, batch=5)
        self.town.purged.append(visitor)
        self.town.visitors.remove(visitor)
        return "purge a user"

    def act(self) -> None:
        """Do one thing; a visitor may be gone by the time he is named as the one who added somebody."""
        action = self.random.choices(
            [
                Session.send,
                Session.open,
                Session.deliver,
                Session.react,
                Session.change,
                Session.look,
                Session.come_and_go,
                Session.visit,
            ],
            [40, 12, 12, 4, 4, 2, 5, 3],
        )[0]
        try:
            self.town.outcomes[action(self)] += 1
        except psycopg.errors.ForeignKeyViolation as error:
            self.town.outcomes[f"refused: {error.diag.constraint_name}"] += 1
        except psycopg.Error as error:
            self.town.errors[f"{action.__name__}: {error.sqlstate} {error}"] += 1


def run(dsn: str, town: Town, sessions: int, seconds: float, seed: str) -> None:
    """Let the sessions act until the time is up."""
    until = time.monotonic() + seconds

    def work(number: int) -> None:
        with psycopg.connect(dsn, autocommit=True) as db:
            # A circle is found soon, so that a short run counts many.
            db.execute("SET deadlock_timeout = '50ms'")
            session = Session(db, town, f"{seed} {number}")
            while time.monotonic() < until:
                session.act()

    with ThreadPoolExecutor(sessions) as pool:
        list(pool.map(work, range(sessions)))
