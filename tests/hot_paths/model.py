"""What the hot paths ought to do, in plain Python: dictionaries and sets, no SQL."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

# What queries/facts.sql says of the database, row by row: a kind, and what there is of it.
Fact = tuple[Any, ...]
KINDS = ["user", "chat", "member", "message", "receipt", "unread", "reaction"]


@dataclass
class Message:
    """A message; `receipts` are pending, delivered or read, by recipient."""

    chat: UUID
    sender: UUID | None
    content: str
    receipts: dict[UUID, str]
    is_edited: bool = False
    is_deleted: bool = False
    reactions: set[tuple[UUID, str]] = field(default_factory=set)


@dataclass
class Model:
    """All that is known of users, groups and messages. Ids of messages sort by time, as in the database."""

    users: set[UUID] = field(default_factory=set)
    members: dict[UUID, set[UUID]] = field(default_factory=dict)
    owners: dict[UUID, UUID] = field(default_factory=dict)
    messages: dict[UUID, Message] = field(default_factory=dict)
    unread: set[tuple[UUID, UUID]] = field(default_factory=set)

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> "Model":
        """Make a model that holds these facts."""
        model = cls()
        # Sorted: chats and messages come before what hangs on them.
        for kind, *what in sorted(facts, key=lambda fact: KINDS.index(fact[0])):
            match kind, *what:
                case "user", user:
                    model.users.add(user)
                case "chat", chat, owner:
                    model.members[chat] = set()
                    if owner:
                        model.owners[chat] = owner
                case "member", chat, user:
                    model.members[chat].add(user)
                case "message", message, chat, sender, content, is_edited, is_deleted:
                    model.messages[message] = Message(chat, sender, content, {}, is_edited, is_deleted)
                case "receipt", message, user, status:
                    model.messages[message].receipts[user] = status
                case "unread", user, message:
                    model.unread.add((user, message))
                case "reaction", message, user, emoji:
                    model.messages[message].reactions.add((user, emoji))
        return model

    def facts(self) -> set[Fact]:
        """Return the facts that this model holds."""
        facts: set[Fact] = {("user", user) for user in self.users}
        facts |= {("chat", chat, self.owners.get(chat)) for chat in self.members}
        facts |= {("member", chat, user) for chat, members in self.members.items() for user in members}
        facts |= {("unread", user, message) for user, message in self.unread}
        for message, known in self.messages.items():
            facts.add(("message", message, known.chat, known.sender, known.content, known.is_edited, known.is_deleted))
            facts |= {("receipt", message, user, status) for user, status in known.receipts.items()}
            facts |= {("reaction", message, user, emoji) for user, emoji in known.reactions}
        return facts

    def send(self, message: UUID, chat: UUID, sender: UUID, content: str) -> tuple[str, set[UUID]]:
        """Return the outcome and whom to notify."""
        if sender not in self.members[chat]:
            return "not_a_member", set()
        if known := self.messages.get(message):
            same = (known.chat, known.sender) == (chat, sender)
            return ("repeated", set(known.receipts)) if same else ("id_taken", set())
        recipients = self.members[chat] - {sender}
        self.messages[message] = Message(chat, sender, content, dict.fromkeys(recipients, "pending"))
        self.unread |= {(recipient, message) for recipient in recipients}
        return "sent", recipients

    def deliver(self, user: UUID, most: int) -> list[UUID]:
        """Return the messages delivered now, oldest first."""
        pending = [message for message in self.unread_of(user) if self.messages[message].receipts[user] == "pending"]
        for message in pending[:most]:
            self.messages[message].receipts[user] = "delivered"
        return pending[:most]

    def open(self, user: UUID, chat: UUID, up_to: UUID) -> list[UUID]:
        """Return the messages read now, oldest first."""
        seen = [message for message in self.unread_of(user, chat) if message <= up_to]
        for message in seen:
            self.messages[message].receipts[user] = "read"
            self.unread.remove((user, message))
        return seen

    def join(self, chat: UUID, user: UUID) -> bool:
        can = user in self.users and user not in self.members[chat]
        if can:
            self.members[chat].add(user)
        return can

    def leave(self, chat: UUID, user: UUID) -> bool:
        if user not in self.members[chat]:
            return False
        self.members[chat].remove(user)
        if self.owners.get(chat) == user:
            del self.owners[chat]
        for message in self.unread_of(user, chat):
            self.unread.remove((user, message))
            if self.messages[message].receipts[user] == "pending":
                del self.messages[message].receipts[user]
        return True

    def react(self, user: UUID, chat: UUID, message: UUID, emoji: str) -> str:
        known = self.messages.get(message)
        if user not in self.members[chat] or not known or known.chat != chat or known.is_deleted:
            return "refused"
        if (user, emoji) in known.reactions:
            return "repeated"
        known.reactions.add((user, emoji))
        return "reacted"

    def unreact(self, user: UUID, chat: UUID, message: UUID, emoji: str) -> bool:
        known = self.messages.get(message)
        there = known is not None and known.chat == chat and (user, emoji) in known.reactions
        if known and there:
            known.reactions.remove((user, emoji))
        return there

    def edit(self, user: UUID, chat: UUID, message: UUID, content: str) -> bool:
        known = self.messages.get(message)
        can = known is not None and self._is_own(user, chat, known) and not known.is_deleted
        if known and can:
            known.content, known.is_edited = content, True
        return can

    def delete(self, user: UUID, chat: UUID, message: UUID) -> bool:
        known = self.messages.get(message)
        if not known or known.chat != chat or known.is_deleted or user not in self.members[chat]:
            return False
        if known.sender != user and self.owners.get(chat) != user:
            return False
        known.content, known.is_deleted = "", True
        return True

    def remove(self, user: UUID) -> None:
        """Delete and purge a user."""
        self.users.remove(user)
        for chat in self.members:
            self.leave(chat, user)
        for message in self.messages.values():
            if message.sender == user:
                message.sender = None
            message.receipts.pop(user, None)
            message.reactions = {(who, emoji) for who, emoji in message.reactions if who != user}

    def unread_of(self, user: UUID, chat: UUID | None = None) -> list[UUID]:
        """Return the unread messages of a user, oldest first."""
        return sorted(
            message for who, message in self.unread if who == user and chat in {None, self.messages[message].chat}
        )

    def history(self, chat: UUID) -> list[UUID]:
        """Return the messages of a chat, oldest first."""
        return sorted(message for message, known in self.messages.items() if known.chat == chat)

    def found(self, user: UUID, word: str) -> list[UUID]:
        """Return the messages with that word in the chats that the user is in, newest first."""
        return sorted(
            (
                message
                for message, known in self.messages.items()
                if user in self.members[known.chat] and word in known.content.split()
            ),
            reverse=True,
        )

    def _is_own(self, user: UUID, chat: UUID, known: Message) -> bool:
        return known.chat == chat and known.sender == user and user in self.members[chat]
