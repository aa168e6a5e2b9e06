"""Which statements make the rows of the factories, whichever driver executes them."""

import hashlib
import re
from collections.abc import Generator
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from messenger_db.testing.models import Attachment, Chat, Message, Reaction, Session, User

if TYPE_CHECKING:
    from faker import Faker

T = TypeVar("T")

# The name and the values of each query, which is answered with the one row that it returns; at last what was made.
Steps = Generator[tuple[str, dict[str, object]], tuple[Any, ...], T]

# Of password123, with the least work that the database accepts.
PASSWORD_HASH = "$2b$04$g0qn8Rb.d4iipPMzTroxGe8hcGvQpb/6K8nRins58xYEZNNbV1LMC"  # noqa: S105 (it is no secret)

EMOJI = ("👍", "❤️", "😂", "🎉", "😮", "🙏")

LONGEST_USERNAME = 50


class RowPlans:
    """Plans of rows. What is not said is made up by `faker`."""

    def __init__(self, faker: "Faker") -> None:
        self._faker = faker
        self._random = faker.factories[0].random
        self._users = 0

    @property
    def _made_up(self) -> "Faker":
        # Others have the same Faker: each goes on where it was.
        self._faker.factories[0].random = self._random
        return self._faker

    def user(self, username: str | None = None, display_name: str | None = None) -> Steps[User]:
        """Make a person."""
        self._users += 1
        display_name = display_name or self._made_up.name()
        # Numbered: of two people with the same name each gets a username.
        words = re.sub(r"[^a-z]+", "_", display_name.lower()).strip("_")
        username = username or f"{words[: LONGEST_USERNAME - 10] or 'user'}_{self._users}"
        values = {"username": username, "display_name": display_name, "password_hash": PASSWORD_HASH}
        id_ = self._new_id()
        (created_at,) = yield "factory.user", {"id": id_, **values}
        return User(id_, username, display_name, PASSWORD_HASH, created_at)

    def direct_chat(self, a: User | None = None, b: User | None = None) -> Steps[Chat]:
        """Make a direct chat of two people, making those who are not given."""
        members = (a or (yield from self.user()), b or (yield from self.user()))
        low, high = sorted(str(member.id) for member in members)
        return (yield from self._chat("direct", None, f"direct-{low}-{high}", members))

    def group_chat(self, *members: User, name: str | None = None) -> Steps[Chat]:
        """Make a group; the first member owns it. Where none is given, three are made."""
        name = name or self._made_up.catch_phrase()
        words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "group"
        slug = f"{words}-{self._made_up.hexify('^^^^^^^^')}".strip("-")
        if not members:
            members = ((yield from self.user()), (yield from self.user()), (yield from self.user()))
        return (yield from self._chat("group", name, slug, members))

    def message(
        self,
        chat: Chat,
        sender: User | None = None,
        content: str | None = None,
        reply_to: Message | None = None,
    ) -> Steps[Message]:
        """Send a text message to a chat, from its first member if nobody else is named.

        All other members who have not left get a pending receipt and an unread row.
        """
        sender = sender or chat.members[0]
        content = content or self._made_up.sentence()
        values = {
            "chat_id": chat.id,
            "sender_id": sender.id,
            "content": content,
            "reply_to_id": reply_to.id if reply_to else None,
        }
        id_, created_at, recipients = yield "factory.message", values
        return Message(UUID(id_), chat, sender, content, reply_to, frozenset(map(UUID, recipients)), created_at)

    def reaction(self, message: Message, user: User | None = None, emoji: str | None = None) -> Steps[Reaction]:
        """Put an emoji to a message, from the first member who did not send it if nobody is named."""
        others = [member for member in message.chat.members if member != message.sender]
        user = user or (others or [message.sender])[0]
        emoji = emoji or self._made_up.random_element(EMOJI)
        ids = {"chat_id": message.chat.id, "message_id": message.id, "user_id": user.id}
        (created_at,) = yield "factory.reaction", {**ids, "emoji": emoji}
        return Reaction(message, user, emoji, created_at)

    def attachment(self, message: Message) -> Steps[Attachment]:
        """Put a picture to a message, behind those that it has; the database takes five."""
        id_ = self._new_id()
        file_name = self._made_up.file_name(extension="jpg")
        values: dict[str, Any] = {
            "id": id_,
            "file_name": file_name,
            "file_type": "image/jpeg",
            "file_size": self._made_up.random_int(20_000, 4_000_000),
            "storage_key": f"attachments/{id_}/{file_name}",
            "width": self._made_up.random_int(320, 4000),
            "height": self._made_up.random_int(240, 3000),
            "checksum_sha256": hashlib.sha256(id_.bytes).digest(),
        }
        ids = {"chat_id": message.chat.id, "message_id": message.id}
        position, created_at = yield "factory.attachment", ids | values
        return Attachment(message=message, position=position, created_at=created_at, **values)

    def session(self, user: User) -> Steps[Session]:
        """Log somebody in on the web, for thirty days."""
        id_ = self._new_id()
        token = self._made_up.hexify("^" * 64)
        token_hash = hashlib.sha256(token.encode()).digest()
        values = {"id": id_, "user_id": user.id, "token_hash": token_hash}
        created_at, expires_at = yield "factory.session", values
        return Session(id_, user, token, created_at, expires_at)

    def _chat(self, type_: str, name: str | None, slug: str, members: tuple[User, ...]) -> Steps[Chat]:
        id_ = self._new_id()
        ids = [member.id for member in members]
        values = {"id": id_, "type": type_, "name": name, "slug": slug, "members": ids}
        (created_at,) = yield "factory.chat", values
        return Chat(id_, type_, name, slug, members, created_at)

    def _new_id(self) -> UUID:
        return UUID(str(self._made_up.uuid4()))


def seeded(seed: str) -> "Faker":
    """Return the one Faker, which takes a while to make, as it is at the beginning of a sequence of values."""
    faker = _faker()
    faker.factories[0].random = Random(seed)  # noqa: S311 (what is made up needs no secret randomness)
    return faker


@cache
def _faker() -> "Faker":
    from faker import Faker

    return Faker("en_US")
