"""What messenger_factory returns: plain objects that say what is in the database."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class User:
    """A person. Everybody's password is password123, and `password_hash` is what the database knows of it."""

    id: UUID
    username: str
    display_name: str
    password_hash: str
    created_at: datetime
    password: str = "password123"  # noqa: S105 (it is no secret)


@dataclass(frozen=True)
class Chat:
    """A chat with its members, the owner of a group first; `type` is direct or group."""

    id: UUID
    type: str
    name: str | None
    slug: str
    members: tuple[User, ...]
    created_at: datetime


@dataclass(frozen=True)
class Message:
    """A text message. Each of its recipients has a pending receipt and an unread row."""

    id: UUID
    chat: Chat
    sender: User
    content: str
    reply_to: "Message | None"
    recipient_ids: frozenset[UUID]
    created_at: datetime


@dataclass(frozen=True)
class Reaction:
    """An emoji that somebody put to a message."""

    message: Message
    user: User
    emoji: str
    created_at: datetime


@dataclass(frozen=True)
class Attachment:
    """A picture of a message; `file_size` is in bytes, width and height are in pixels."""

    id: UUID
    message: Message
    position: int
    file_name: str
    file_type: str
    file_size: int
    storage_key: str
    width: int
    height: int
    checksum_sha256: bytes = field(repr=False)
    created_at: datetime


@dataclass(frozen=True)
class Session:
    """A login of a user. The database knows only the SHA-256 of the token."""

    id: UUID
    user: User
    token: str
    created_at: datetime
    expires_at: datetime
