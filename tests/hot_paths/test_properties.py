"""Random sequences of the hot paths, in one session or two that interleave, agree with a model after every step."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from .calls import call, call_one
from .model import Fact, Model
from .people import join, leave, new_group, new_message_id, new_user, purge, send

FACTS = (Path(__file__).parent / "queries" / "facts.sql").read_bytes()
# More of them by hand: HOT_PATHS_EXAMPLES=1000.
EXAMPLES = int(os.environ.get("HOT_PATHS_EXAMPLES", "10"))
FIRST, LAST = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"

picks = st.integers(min_value=0, max_value=11)
words = st.sampled_from(["lunch", "dinner"])
emojis = st.sampled_from(["👍", "🎉"])


class Session:
    """A connection, and what its open transaction has added to the facts and taken from them."""

    def __init__(self, db: psycopg.Connection) -> None:
        self.db = db
        self.added: set[Fact] = set()
        self.removed: set[Fact] = set()

    def sees(self, committed: set[Fact]) -> set[Fact]:
        return committed - self.removed | self.added

    def did(self, before: set[Fact], after: set[Fact]) -> None:
        self.added = (self.added - (before - after)) | (after - before)
        self.removed |= before - after

    def end(self) -> None:
        self.added, self.removed = set(), set()


class Conversation(RuleBasedStateMachine):
    """Users who do what the hot paths let them do. With two sessions each may have a transaction open."""

    sessions: ClassVar[list[Session]]

    def __init__(self) -> None:
        super().__init__()
        self.people: list[UUID] = []
        self.chats: list[UUID] = []
        self.sent: list[tuple[UUID, UUID, UUID]] = []
        self.committed: set[Fact] = set()
        self.steps = 0

    @initialize()
    def found_a_town(self) -> None:
        db = self.sessions[0].db
        db.execute("TRUNCATE users, chats CASCADE")
        self.people = [new_user(db) for _ in range(4)]
        self.chats = [new_group(db, self.people[number]) for number in range(2)]
        for chat in self.chats:
            for user in self.people[:3]:
                join(db, chat, user)
        # Something to read, react to and delete from the first step on.
        for user in self.people[:3]:
            for chat in self.chats:
                self.sent.append((send(db, chat, user)["message_id"], chat, user))
        db.commit()
        self.committed = facts(db)

    def step(
        self, session: int, act: Callable[[psycopg.Connection], object], expect: Callable[[Model], object]
    ) -> None:
        """Act in a session and expect of the model what came of it; skip what has to wait for the other session."""
        at = self.sessions[session % len(self.sessions)]
        before = at.sees(self.committed)
        try:
            with at.db.transaction():
                # One thread drives all sessions: what has to wait for another one would wait for ever.
                at.db.execute(
                    "SET LOCAL lock_timeout = '3ms'" if len(self.sessions) > 1 else "SET LOCAL lock_timeout = 0"
                )
                came = act(at.db)
                at.db.execute("SET LOCAL lock_timeout = 0")
        except psycopg.errors.LockNotAvailable:
            return
        model = Model.of(before)
        assert came == expect(model)
        at.did(before, model.facts())

    def user(self, pick: int) -> UUID:
        return self.people[pick % len(self.people)]

    def chat(self, pick: int) -> UUID:
        return self.chats[pick % len(self.chats)]

    def traces(self, message: int, chat: int, user: int) -> tuple[UUID, UUID, UUID]:
        """Pick one of the newest messages, mostly with its own chat, half of the time with its sender."""
        which, where, sender = self.sent[-6:][message % 6]
        return which, self.chat(chat) if chat % 4 == 0 else where, self.user(user) if user % 2 else sender

    @rule(session=picks, chat=picks, user=picks, word=words)
    def send(self, session: int, chat: int, user: int, word: str) -> None:
        which = new_message_id(self.sessions[0].db)
        self.sent.append((which, self.chat(chat), self.user(user)))
        self.send_as(session, *self.sent[-1], word)

    @rule(session=picks, message=picks, chat=picks, user=picks, word=words)
    def send_again(self, session: int, message: int, chat: int, user: int, word: str) -> None:
        self.send_as(session, *self.traces(message, chat, user), word)

    def send_as(self, session: int, which: UUID, where: UUID, who: UUID, word: str) -> None:
        def act(db: psycopg.Connection) -> object:
            row = send(db, where, who, which, word)
            return row["outcome"], set(row["recipients"])

        self.step(session, act, lambda model: model.send(which, where, who, word))

    @rule(session=picks, user=picks, most=st.sampled_from([1, 1000]))
    def deliver(self, session: int, user: int, most: int) -> None:
        who = self.user(user)

        def act(db: psycopg.Connection) -> object:
            return [row["message_id"] for row in call(db, "deliver_pending", user_id=who, max_messages=most)]

        self.step(session, act, lambda model: model.deliver(who, most))

    @rule(session=picks, user=picks, chat=picks, message=picks)
    def open(self, session: int, user: int, chat: int, message: int) -> None:
        (up_to, where, _), who = self.traces(message, chat, user), self.user(user)

        def act(db: psycopg.Connection) -> object:
            return [row["message_id"] for row in call(db, "mark_read", user_id=who, chat_id=where, up_to_id=up_to)]

        self.step(session, act, lambda model: model.open(who, where, up_to))

    @rule(session=picks, chat=picks, user=picks)
    def join(self, session: int, chat: int, user: int) -> None:
        where, who = self.chat(chat), self.user(user)
        self.step(session, lambda db: join(db, where, who), lambda model: model.join(where, who))

    @rule(session=picks, chat=picks, user=picks)
    def leave(self, session: int, chat: int, user: int) -> None:
        where, who = self.chat(chat), self.user(user)
        self.step(session, lambda db: leave(db, where, who), lambda model: model.leave(where, who))

    @rule(session=picks, user=picks, chat=picks, message=picks, emoji=emojis)
    def react(self, session: int, user: int, chat: int, message: int, emoji: str) -> None:
        which, where, who = self.traces(message, chat, user)

        def act(db: psycopg.Connection) -> object:
            return call_one(db, "add_reaction", user_id=who, chat_id=where, message_id=which, emoji=emoji)["outcome"]

        self.step(session, act, lambda model: model.react(who, where, which, emoji))

    @rule(session=picks, user=picks, chat=picks, message=picks, emoji=emojis)
    def unreact(self, session: int, user: int, chat: int, message: int, emoji: str) -> None:
        which, where, who = self.traces(message, chat, user)
        self.step(
            session,
            lambda db: bool(call(db, "remove_reaction", user_id=who, chat_id=where, message_id=which, emoji=emoji)),
            lambda model: model.unreact(who, where, which, emoji),
        )

    @rule(session=picks, user=picks, chat=picks, message=picks, word=words)
    def edit(self, session: int, user: int, chat: int, message: int, word: str) -> None:
        which, where, who = self.traces(message, chat, user)
        self.step(
            session,
            lambda db: bool(call(db, "edit_message", user_id=who, chat_id=where, message_id=which, content=word)),
            lambda model: model.edit(who, where, which, word),
        )

    @rule(session=picks, user=picks, chat=picks, message=picks)
    def delete(self, session: int, user: int, chat: int, message: int) -> None:
        which, where, who = self.traces(message, chat, user)
        self.step(
            session,
            lambda db: bool(call(db, "delete_message", user_id=who, chat_id=where, message_id=which)),
            lambda model: model.delete(who, where, which),
        )

    @rule(session=picks, user=picks, batch=st.sampled_from([1, 100]))
    def remove(self, session: int, user: int, batch: int) -> None:
        who = self.user(user)

        def expect(model: Model) -> None:
            model.remove(who)

        if ("user", who) in self.sessions[session % len(self.sessions)].sees(self.committed):
            self.step(session, lambda db: purge(db, who, batch) and None, expect)

    @rule(session=picks, is_kept=st.booleans())
    def end(self, session: int, is_kept: bool) -> None:
        """End the transaction that is open in a session."""
        at = self.sessions[session % len(self.sessions)]
        if is_kept:
            at.db.commit()
            self.committed = at.sees(self.committed)
        else:
            at.db.rollback()
        at.end()

    @invariant()
    def database_and_model_agree(self) -> None:
        for session in self.sessions:
            if self.people:
                expected = session.sees(self.committed)
                assert facts(session.db) == expected
        self.steps += 1
        if self.people:
            # What is shown to one of the users, each time to another one and by another path.
            user, chat = self.user(self.steps // len(READERS)), self.chat(self.steps // 2)
            READERS[self.steps % len(READERS)](session.db, Model.of(expected), user, chat)

    def teardown(self) -> None:
        for session in self.sessions:
            session.db.rollback()
            session.end()


def counts(db: psycopg.Connection, model: Model, user: UUID, chat: UUID) -> None:
    unread = model.unread_of(user)
    assert call(db, "unread_total", user_id=user) == [
        {"unread": len(unread), "chats": len({model.messages[message].chat for message in unread})}
    ]
    in_chat = len(model.unread_of(user, chat))
    assert call(db, "unread_count", user_id=user, chat_id=chat) == [{"unread": in_chat}]


def pages_of_history(db: psycopg.Connection, model: Model, user: UUID, chat: UUID) -> None:
    history = model.history(chat) if user in model.members[chat] else []
    place = {"user_id": user, "chat_id": chat}
    assert [row["id"] for row in call(db, "history_after", **place, after_id=FIRST)] == history[:50]
    assert [row["id"] for row in call(db, "history_before", **place, before_id=LAST)] == history[::-1][:50]


def receipts(db: psycopg.Connection, model: Model, user: UUID, chat: UUID) -> None:
    for message in model.history(chat)[-2:]:
        shown = call(db, "read_receipts", user_id=user, chat_id=chat, message_id=message)
        expected = model.messages[message].receipts if user in model.members[chat] else {}
        assert {row["user_id"]: row["status"] for row in shown} == expected


def reactions(db: psycopg.Connection, model: Model, user: UUID, chat: UUID) -> None:
    history = model.history(chat)
    shown = call(db, "reactions", user_id=user, chat_id=chat, message_ids=history)
    assert {(row["message_id"], row["emoji"]): (row["reactions"], row["is_mine"]) for row in shown} == {
        (message, emoji): ([of for _, of in known.reactions].count(emoji), (user, emoji) in known.reactions)
        for message, known in model.messages.items()
        if message in history and user in model.members[chat]
        for _, emoji in known.reactions
    }


def search(db: psycopg.Connection, model: Model, user: UUID, chat: UUID) -> None:  # noqa: ARG001
    shown = call(db, "search", user_id=user, words="lunch", before_id=LAST)
    assert [row["message_id"] for row in shown] == model.found(user, "lunch")[:50]


def chat_list(db: psycopg.Connection, model: Model, user: UUID, chat: UUID) -> None:  # noqa: ARG001
    shown = call(db, "chat_list", user_id=user, before_is_pinned=True, before_message_id=LAST, before_chat_id=LAST)
    assert {row["chat_id"]: (row["message_id"], row["unread"]) for row in shown} == {
        chat: ((model.history(chat) or [UUID(FIRST)])[-1], len(model.unread_of(user, chat)))
        for chat, members in model.members.items()
        if user in members
    }


READERS = [counts, pages_of_history, receipts, reactions, search, chat_list]


def facts(db: psycopg.Connection) -> set[Fact]:
    """Return what the database holds, as the session sees it."""
    return {tuple(map(as_id, row)) for (row,) in db.execute(FACTS)}


def as_id(value: object) -> object:
    return UUID(value) if isinstance(value, str) and len(value) == len(FIRST) else value


@pytest.mark.parametrize("sessions", [1, 2])
def test_hot_paths_agree_with_the_model(postgresql: psycopg.Connection, sessions: int) -> None:
    with psycopg.connect(postgresql.info.dsn, password=postgresql.info.password) as second:
        connections = [postgresql, second][:sessions]

        class Here(Conversation):
            sessions: ClassVar[list[Session]] = [Session(db) for db in connections]

        run_state_machine_as_test(
            Here,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=40,
                deadline=None,
                database=None,
                # The same sequences in every run, and others by hand when there are to be more.
                derandomize="HOT_PATHS_EXAMPLES" not in os.environ,
                print_blob=True,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            ),
        )
