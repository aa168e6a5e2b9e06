"""messenger_factory: valid rows with as little as possible said."""

import hashlib
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from messenger_db.sql import QUERIES
from messenger_db.testing.models import Attachment, Chat, Message, Reaction, Session, User

if TYPE_CHECKING:
    from faker import Faker

# Of password123, with the least work that the database accepts.
PASSWORD_HASH = "$2b$04$g0qn8Rb.d4iipPMzTroxGe8hcGvQpb/6K8nRins58xYEZNNbV1LMC"  # noqa: S105 (it is no secret)

EMOJI = ("👍", "❤️", "😂", "🎉", "😮", "🙏")

LONGEST_USERNAME = 50


class Factory:
    """Makes rows on one connection. Each method is one statement; `commits` says whether it is committed at once.

    What is not said is made up by `faker`. Whatever breaks a rule of the schema raises psycopg2's error.
    """

    def __init__(self, connection: Connection, faker: "Faker", *, commits: bool) -> None:
        self._connection = connection
        self._faker = faker
        self._commits = commits
        self._users = 0

    def user(self, username: str | None = None, display_name: str | None = None) -> User:
        """Make a person."""
        self._users += 1
        display_name = display_name or self._faker.name()
        # Numbered: of two people with the same name each gets a username.
        words = re.sub(r"[^a-z]+", "_", display_name.lower()).strip("_")
        username = username or f"{words[: LONGEST_USERNAME - 10] or 'user'}_{self._users}"
        values = {"username": username, "display_name": display_name, "password_hash": PASSWORD_HASH}
        id_ = self._new_id()
        (created_at,) = self._insert("factory.user", id=id_, **values)
        return User(id_, username, display_name, PASSWORD_HASH, created_at)

    def direct_chat(self, a: User | None = None, b: User | None = None) -> Chat:
        """Make a direct chat of two people, making those who are not given."""
        members = (a or self.user(), b or self.user())
        low, high = sorted(str(member.id) for member in members)
        return self._chat("direct", None, f"direct-{low}-{high}", members)

    def group_chat(self, *members: User, name: str | None = None) -> Chat:
        """Make a group; the first member owns it. Where none is given, three are made."""
        name = name or self._faker.catch_phrase()
        words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "group"
        slug = f"{words}-{self._faker.hexify('^^^^^^^^')}".strip("-")
        return self._chat("group", name, slug, members or (self.user(), self.user(), self.user()))

    def message(
        self,
        chat: Chat,
        sender: User | None = None,
        content: str | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Send a text message to a chat, from its first member if nobody else is named.

        All other members who have not left get a pending receipt and an unread row.
        """
        sender = sender or chat.members[0]
        content = content or self._faker.sentence()
        id_, created_at, recipients = self._insert(
            "factory.message",
            chat_id=chat.id,
            sender_id=sender.id,
            content=content,
            reply_to_id=reply_to.id if reply_to else None,
        )
        return Message(UUID(id_), chat, sender, content, reply_to, frozenset(map(UUID, recipients)), created_at)

    def reaction(self, message: Message, user: User | None = None, emoji: str | None = None) -> Reaction:
        """Put an emoji to a message, from the first member who did not send it if nobody is named."""
        others = [member for member in message.chat.members if member != message.sender]
        user = user or (others or [message.sender])[0]
        emoji = emoji or self._faker.random_element(EMOJI)
        ids = {"chat_id": message.chat.id, "message_id": message.id, "user_id": user.id}
        (created_at,) = self._insert("factory.reaction", **ids, emoji=emoji)
        return Reaction(message, user, emoji, created_at)

    def attachment(self, message: Message) -> Attachment:
        """Put a picture to a message, behind those that it has; the database takes five."""
        id_ = self._new_id()
        file_name = self._faker.file_name(extension="jpg")
        values: dict[str, Any] = {
            "id": id_,
            "file_name": file_name,
            "file_type": "image/jpeg",
            "file_size": self._faker.random_int(20_000, 4_000_000),
            "storage_key": f"attachments/{id_}/{file_name}",
            "width": self._faker.random_int(320, 4000),
            "height": self._faker.random_int(240, 3000),
            "checksum_sha256": hashlib.sha256(id_.bytes).digest(),
        }
        ids = {"chat_id": message.chat.id, "message_id": message.id}
        position, created_at = self._insert("factory.attachment", **ids, **values)
        return Attachment(message=message, position=position, created_at=created_at, **values)

    def session(self, user: User) -> Session:
        """Log somebody in on the web, for thirty days."""
        id_ = self._new_id()
        token = self._faker.hexify("^" * 64)
        token_hash = hashlib.sha256(token.encode()).digest()
        created_at, expires_at = self._insert("factory.session", id=id_, user_id=user.id, token_hash=token_hash)
        return Session(id_, user, token, created_at, expires_at)

    def _chat(self, type_: str, name: str | None, slug: str, members: tuple[User, ...]) -> Chat:
        id_ = self._new_id()
        ids = [member.id for member in members]
        (created_at,) = self._insert("factory.chat", id=id_, type=type_, name=name, slug=slug, members=ids)
        return Chat(id_, type_, name, slug, members, created_at)

    def _new_id(self) -> UUID:
        return UUID(str(self._faker.uuid4()))

    def _insert(self, query: str, /, **values: object) -> tuple[Any, ...]:
        """Execute a query that inserts, and return the one row that it answers with."""
        # Plain rows, whatever cursors the test has asked its connection for; ids as text, as the test may not have
        # told psycopg2 about UUIDs.
        with self._connection.cursor(cursor_factory=Cursor) as cursor:
            QUERIES[query].execute(cursor, **{key: _plain(value) for key, value in values.items()})
            (row,) = cursor.fetchall()
        if self._commits:
            self._connection.commit()
        return tuple(row)


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(element) for element in value]
    return str(value) if isinstance(value, UUID) else value
