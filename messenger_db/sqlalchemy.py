"""The tables as SQLAlchemy's declarative classes: `from messenger_db.sqlalchemy import Message`.

Written by make docs; do not edit. The migrations make the tables: Base.metadata has their columns, keys and indexes,
but neither CHECKs nor triggers. docs/clients.md says what to know.
"""

from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from sqlalchemy import (
    Boolean,
    DateTime,
    FetchedValue,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

__all__ = [
    "Attachment",
    "AttachmentFileType",
    "Base",
    "Chat",
    "ChatParticipant",
    "ChatParticipantRole",
    "ChatType",
    "Contact",
    "ContactStatus",
    "Message",
    "MessageContentType",
    "MessageDelivery",
    "MessageDeliveryStatus",
    "MessageReaction",
    "UnreadMessage",
    "User",
    "UserSession",
    "UserSessionDeviceType",
    "UserStatus",
]

UserStatus: TypeAlias = Literal["online", "offline", "away"]
ContactStatus: TypeAlias = Literal["pending", "accepted", "blocked"]
ChatType: TypeAlias = Literal["direct", "group"]
ChatParticipantRole: TypeAlias = Literal["owner", "admin", "member"]
MessageContentType: TypeAlias = Literal["text", "image", "system"]
AttachmentFileType: TypeAlias = Literal["image/jpeg", "image/png", "image/gif", "image/webp"]
MessageDeliveryStatus: TypeAlias = Literal["pending", "delivered", "read"]
UserSessionDeviceType: TypeAlias = Literal["web", "ios", "android", "desktop"]


class Base(DeclarativeBase):
    """What the tables' classes share."""


class User(Base):
    """People who can log in and chat."""

    __tablename__ = "users"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="users_pkey"),
        UniqueConstraint("username", name="users_username_key"),
        Index("users_deleted_at_set_idx", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
        Index(
            "users_id_present_idx",
            "id",
            postgresql_include=["status"],
            postgresql_where=text("status <> 'offline'"),
        ),
        Index("users_username_lower_key", text("lower(username)"), unique=True),
        {"comment": "People who can log in and chat."},
    )
    __mapper_args__ = {"eager_defaults": True}

    id: Mapped[UUID] = mapped_column(
        Uuid(),
        server_default=text("gen_random_uuid()"),
        comment="Random id of the user.",
    )
    username: Mapped[str] = mapped_column(
        String(50, collation="C"),
        comment="Login name: 3 to 50 letters, digits or underscores, unique without regard to case.",
    )
    password_hash: Mapped[str] = mapped_column(
        String(255),
        comment="bcrypt or argon2id hash of the password, never the password.",
    )
    display_name: Mapped[str | None] = mapped_column(
        String(100),
        server_default=FetchedValue(),
        comment="Name shown to others; the username is shown when missing.",
    )
    bio: Mapped[str | None] = mapped_column(
        String(500),
        server_default=FetchedValue(),
        comment="What the user says about themselves.",
    )
    avatar_url: Mapped[str | None] = mapped_column(
        String(500),
        server_default=FetchedValue(),
        comment="http or https address of the picture.",
    )
    status: Mapped[UserStatus] = mapped_column(
        String(20),
        server_default=text("'offline'"),
        comment="Presence: online, offline or away.",
    )
    last_seen_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        server_default=FetchedValue(),
        comment="Time of the last heartbeat; missing when never seen.",
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=text("CURRENT_TIMESTAMP"),
        comment="Time of signing up.",
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=text("CURRENT_TIMESTAMP"),
        server_onupdate=FetchedValue(),
        comment="Time of the last change of this row, kept by a trigger.",
    )
    deleted_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        server_default=FetchedValue(),
        comment="Time the user left; the row is purged later, in batches.",
    )

    contacts: Mapped[list["Contact"]] = relationship(
        back_populates="user",
        primaryjoin="foreign(Contact.user_id) == User.id",
        passive_deletes="all",
    )
    contact_of: Mapped[list["Contact"]] = relationship(
        back_populates="contact",
        primaryjoin="foreign(Contact.contact_id) == User.id",
        passive_deletes="all",
    )
    created_chats: Mapped[list["Chat"]] = relationship(back_populates="creator", passive_deletes="all")
    participations: Mapped[list["ChatParticipant"]] = relationship(
        back_populates="user",
        primaryjoin="foreign(ChatParticipant.user_id) == User.id",
        passive_deletes="all",
    )
    added_participants: Mapped[list["ChatParticipant"]] = relationship(
        back_populates="adder",
        primaryjoin="foreign(ChatParticipant.added_by) == User.id",
        passive_deletes="all",
    )
    sessions: Mapped[list["UserSession"]] = relationship(back_populates="user", passive_deletes="all")


class Contact(Base):
    """Who knows whom, seen from user_id; each row has its mirror with the two people swapped."""

    __tablename__ = "contacts"
    __table_args__ = (
        PrimaryKeyConstraint("user_id", "contact_id", name="contacts_pkey"),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="contacts_user_id_fkey", ondelete="CASCADE"),
        ForeignKeyConstraint(["contact_id"], ["users.id"], name="contacts_contact_id_fkey", ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["contact_id", "user_id"],
            ["contacts.user_id", "contacts.contact_id"],
            name="contacts_contact_id_user_id_fkey",
            deferrable=True,
        ),
        Index("contacts_contact_id_idx", "contact_id"),
        Index(
            "contacts_user_id_created_at_pending_idx",
            "user_id",
            "created_at",
            postgresql_where=text("status = 'pending' AND requested_by <> user_id"),
        ),
        Index("contacts_user_id_status_idx", "user_id", "status"),
        {"comment": "Who knows whom, seen from user_id; each row has its mirror with the two people swapped."},
    )
    __mapper_args__ = {"primary_key": ["user_id", "contact_id"]}

    user_id: Mapped[UUID] = mapped_column(Uuid(), comment="The user whose contact this is.")
    contact_id: Mapped[UUID] = mapped_column(Uuid(), comment="The other user.")
    status: Mapped[ContactStatus] = mapped_column(
        String(20),
        server_default=text("'pending'"),
        comment="How user_id stands to contact_id: pending, accepted or blocked (by user_id).",
    )
    requested_by: Mapped[UUID] = mapped_column(Uuid(), comment="Which of the two asked.")
    nickname: Mapped[str | None] = mapped_column(
        String(100),
        server_default=FetchedValue(),
        comment="What user_id calls the other.",
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=text("CURRENT_TIMESTAMP"),
        comment="Time of the request.",
    )
    accepted_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        server_default=FetchedValue(),
        comment="Time the request was accepted.",
    )
    blocked_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        server_default=FetchedValue(),
        comment="Time user_id blocked the other; there exactly while blocked.",
    )

    user: Mapped["User"] = relationship(back_populates="contacts", primaryjoin="foreign(Contact.user_id) == User.id")
    contact: Mapped["User"] = relationship(
        back_populates="contact_of",
        primaryjoin="foreign(Contact.contact_id) == User.id",
    )
    mirror: Mapped["Contact"] = relationship(
        primaryjoin="and_(foreign(Contact.contact_id) == remote(Contact.user_id), foreign(Contact.user_id) == remote(Contact.contact_id))",
        viewonly=True,
    )


class Chat(Base):
    """Conversations: direct ones between two people, and groups."""

    __tablename__ = "chats"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="chats_pkey"),
        UniqueConstraint("slug", name="chats_slug_key"),
        ForeignKeyConstraint(["created_by"], ["users.id"], name="chats_created_by_fkey", ondelete="SET NULL"),
        Index("chats_created_by_set_idx", "created_by", postgresql_where=text("created_by IS NOT NULL")),
        {"comment": "Conversations: direct ones between two people, and groups."},
    )
    __mapper_args__ = {"eager_defaults": True}

    id: Mapped[UUID] = mapped_column(
        Uuid(),
        server_default=text("gen_random_uuid()"),
        comment="Random id of the chat.",
    )
    type: Mapped[ChatType] = mapped_column(String(20), comment="direct (two people) or group.")
    name: Mapped[str | None] = mapped_column(
        String(100),
        server_default=FetchedValue(),
        comment="Name of a group; a direct chat has none.",
    )
    slug: Mapped[str] = mapped_column(
        String(100, collation="C"),
        comment="Name for addresses: lower-case words with hyphens; direct-<smaller uuid>-<larger uuid> in a direct chat.",
    )
    description: Mapped[str | None] = mapped_column(
        String(500),
        server_default=FetchedValue(),
        comment="What the chat is about.",
    )
    avatar_url: Mapped[str | None] = mapped_column(
        String(500),
        server_default=FetchedValue(),
        comment="http or https address of the picture.",
    )
    created_by: Mapped[UUID | None] = mapped_column(
        Uuid(),
        server_default=FetchedValue(),
        comment="The user who made the chat; missing when that user is gone. The owner is in chat_participants.",
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=text("CURRENT_TIMESTAMP"),
        comment="Time the chat was made.",
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=text("CURRENT_TIMESTAMP"),
        server_onupdate=FetchedValue(),
        comment="Time of the last change of this row, kept by a trigger; a message does not change it.",
    )
    is_deleted: Mapped[bool] = mapped_column(
        Boolean(),
        server_default=text("FALSE"),
        comment="Whether the chat was deleted.",
    )
    deleted_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        server_default=FetchedValue(),
        comment="Time the chat was deleted; there exactly when it was.",
    )

    creator: Mapped["User | None"] = relationship(back_populates="created_chats")
    participants: Mapped[list["ChatParticipant"]] = relationship(back_populates="chat", passive_deletes="all")
    messages: Mapped[list["Message"]] = relationship(back_populates="chat", passive_deletes="all")


class ChatParticipant(Base):
    """Who is, or was, in which chat."""

    __tablename__ = "chat_participants"
    __table_args__ = (
        PrimaryKeyConstraint("chat_id", "user_id", name="chat_participants_pkey"),
        ForeignKeyConstraint(["chat_id"], ["chats.id"], name="chat_participants_chat_id_fkey", ondelete="CASCADE"),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="chat_participants_user_id_fkey", ondelete="CASCADE"),
        ForeignKeyConstraint(["added_by"], ["users.id"], name="chat_participants_added_by_fkey", ondelete="SET NULL"),
        Index("chat_participants_added_by_set_idx", "added_by", postgresql_where=text("added_by IS NOT NULL")),
        Index("chat_participants_chat_id_owner_key", "chat_id", unique=True, postgresql_where=text("role = 'owner'")),
        Index(
            "chat_participants_chat_id_user_id_active_idx",
            "chat_id",
            "user_id",
            postgresql_where=text("left_at IS NULL"),
        ),
        Index(
            "chat_participants_user_id_chat_id_active_idx",
            "user_id",
            "chat_id",
            postgresql_where=text("left_at IS NULL"),
        ),
        Index("chat_participants_user_id_idx", "user_id"),
        {"comment": "Who is, or was, in which chat."},
    )

    chat_id: Mapped[UUID] = mapped_column(Uuid(), comment="The chat.")
    user_id: Mapped[UUID] = mapped_column(Uuid(), comment="The user in it.")
    role: Mapped[ChatParticipantRole] = mapped_column(
        String(20),
        server_default=text("'member'"),
        comment="owner (at most one a chat), admin or member.",
    )
    added_by: Mapped[UUID | None] = mapped_column(
        Uuid(),
        server_default=FetchedValue(),
        comment="The user who added this one; missing when nobody did, or that user is gone.",
    )
    joined_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=text("CURRENT_TIMESTAMP"),
        comment="Time of joining.",
    )
    left_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        server_default=FetchedValue(),
        comment="Time of leaving; missing while active. The row stays.",
    )
    muted_until: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        server_default=FetchedValue(),
        comment="No notifications before this time.",
    )
    pinned_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        server_default=FetchedValue(),
        comment="Time the user pinned the chat to the top of the list.",
    )

    chat: Mapped["Chat"] = relationship(back_populates="participants")
    user: Mapped["User"] = relationship(
        back_populates="participations",
        primaryjoin="foreign(ChatParticipant.user_id) == User.id",
    )
    adder: Mapped["User | None"] = relationship(
        back_populates="added_participants",
        primaryjoin="foreign(ChatParticipant.added_by) == User.id",
    )
    sent_messages: Mapped[list["Message"]] = relationship(
        back_populates="sender",
        primaryjoin="and_(Message.chat_id == ChatParticipant.chat_id, foreign(Message.sender_id) == ChatParticipant.user_id)",
        passive_deletes="all",
    )
    deleted_messages: Mapped[list["Message"]] = relationship(
        back_populates="deleter",
        primaryjoin="and_(Message.chat_id == ChatParticipant.chat_id, foreign(Message.deleted_by) == ChatParticipant.user_id)",
        passive_deletes="all",
    )
    reactions: Mapped[list["MessageReaction"]] = relationship(
        back_populates="participant",
        primaryjoin="and_(MessageReaction.chat_id == ChatParticipant.chat_id, foreign(MessageReaction.user_id) == ChatParticipant.user_id)",
        passive_deletes="all",
    )
    deliveries: Mapped[list["MessageDelivery"]] = relationship(
        back_populates="recipient",
        primaryjoin="and_(MessageDelivery.chat_id == ChatParticipant.chat_id, foreign(MessageDelivery.user_id) == ChatParticipant.user_id)",
        passive_deletes="all",
    )


class Message(Base):
    """What was said in a chat, oldest id first."""

    __tablename__ = "messages"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="messages_pkey"),
        UniqueConstraint("chat_id", "id", name="messages_chat_id_id_key"),
        ForeignKeyConstraint(["chat_id"], ["chats.id"], name="messages_chat_id_fkey", ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["chat_id", "sender_id"],
            ["chat_participants.chat_id", "chat_participants.user_id"],
            name="messages_chat_id_sender_id_fkey",
            ondelete="SET NULL (sender_id)",
        ),
        ForeignKeyConstraint(
            ["chat_id", "reply_to_id"],
            ["messages.chat_id", "messages.id"],
            name="messages_chat_id_reply_to_id_fkey",
            ondelete="SET NULL (reply_to_id)",
        ),
        ForeignKeyConstraint(
            ["chat_id", "deleted_by"],
            ["chat_participants.chat_id", "chat_participants.user_id"],
            name="messages_chat_id_deleted_by_fkey",
            ondelete="SET NULL (deleted_by)",
        ),
        Index(
            "messages_content_chat_id_search_idx",
            text("to_tsvector('english'::regconfig, content) || array_to_tsvector(ARRAY[chat_id::text])"),
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": "256"},
            postgresql_where=text("content_type = 'text' AND NOT is_deleted"),
        ),
        Index("messages_deleted_by_set_idx", "deleted_by", postgresql_where=text("deleted_by IS NOT NULL")),
        Index("messages_reply_to_id_set_idx", "reply_to_id", postgresql_where=text("reply_to_id IS NOT NULL")),
        Index(
            "messages_sender_id_chat_id_set_idx",
            "sender_id",
            "chat_id",
            postgresql_where=text("sender_id IS NOT NULL"),
        ),
        {"comment": "What was said in a chat, oldest id first."},
    )

    id: Mapped[UUID] = mapped_column(
        Uuid(),
        server_default=text("uuid_v7()"),
        comment="UUIDv7: sorts by time; may be made by the client, so that a repeated send is stored once.",
    )
    chat_id: Mapped[UUID] = mapped_column(Uuid(), comment="The chat it was said in.")
    sender_id: Mapped[UUID | None] = mapped_column(
        Uuid(),
        server_default=FetchedValue(),
        comment="The participant who said it; missing for system messages and when that participant is gone.",
    )
    content: Mapped[str] = mapped_column(
        Text(),
        comment="The text, at most 10,000 characters; of an image, its caption.",
    )
    content_type: Mapped[MessageContentType] = mapped_column(
        String(20),
        server_default=text("'text'"),
        comment="text, image or system.",
    )
    metadata_: Mapped[dict[str, Any]] = mapped_column(
        "metadata",
        JSONB(),
        server_default=text("'{}'::jsonb"),
        comment="JSON object for what has no column of its own.",
    )
    reply_to_id: Mapped[UUID | None] = mapped_column(
        Uuid(),
        server_default=FetchedValue(),
        comment="The message of the same chat this one answers; missing when that is gone.",
    )
    is_edited: Mapped[bool] = mapped_column(
        Boolean(),
        server_default=text("FALSE"),
        comment="Whether the sender changed it.",
    )
    edited_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        server_default=FetchedValue(),
        comment="Time of the last change; there exactly when edited.",
    )
    is_deleted: Mapped[bool] = mapped_column(
        Boolean(),
        server_default=text("FALSE"),
        comment="Whether it was deleted; the row stays as a place in the history.",
    )
    deleted_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        server_default=FetchedValue(),
        comment="Time of the deletion; there exactly when deleted.",
    )
    deleted_by: Mapped[UUID | None] = mapped_column(
        Uuid(),
        server_default=FetchedValue(),
        comment="The participant who deleted it; missing when that participant is gone.",
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=text("CURRENT_TIMESTAMP"),
        comment="Time of sending; the time in the id is at most a day before and a minute after it.",
    )

    chat: Mapped["Chat"] = relationship(back_populates="messages")
    sender: Mapped["ChatParticipant | None"] = relationship(
        back_populates="sent_messages",
        primaryjoin="and_(Message.chat_id == ChatParticipant.chat_id, foreign(Message.sender_id) == ChatParticipant.user_id)",
    )
    reply_to: Mapped["Message | None"] = relationship(
        back_populates="replies",
        primaryjoin="and_(Message.chat_id == remote(Message.chat_id), foreign(Message.reply_to_id) == remote(Message.id))",
    )
    deleter: Mapped["ChatParticipant | None"] = relationship(
        back_populates="deleted_messages",
        primaryjoin="and_(Message.chat_id == ChatParticipant.chat_id, foreign(Message.deleted_by) == ChatParticipant.user_id)",
    )
    replies: Mapped[list["Message"]] = relationship(
        back_populates="reply_to",
        primaryjoin="and_(remote(Message.chat_id) == Message.chat_id, remote(foreign(Message.reply_to_id)) == Message.id)",
        passive_deletes="all",
    )
    attachments: Mapped[list["Attachment"]] = relationship(back_populates="message", passive_deletes="all")
    reactions: Mapped[list["MessageReaction"]] = relationship(back_populates="message", passive_deletes="all")
    deliveries: Mapped[list["MessageDelivery"]] = relationship(back_populates="message", passive_deletes="all")


class Attachment(Base):
    """Pictures sent with a message, at most five."""

    __tablename__ = "attachments"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="attachments_pkey"),
        UniqueConstraint("message_id", "position", name="attachments_message_id_position_key"),
        UniqueConstraint("storage_key", name="attachments_storage_key_key"),
        ForeignKeyConstraint(
            ["chat_id", "message_id"],
            ["messages.chat_id", "messages.id"],
            name="attachments_chat_id_message_id_fkey",
            ondelete="CASCADE",
        ),
        {"comment": "Pictures sent with a message, at most five."},
    )

    id: Mapped[UUID] = mapped_column(
        Uuid(),
        server_default=text("gen_random_uuid()"),
        comment="Random id of the attachment.",
    )
    chat_id: Mapped[UUID] = mapped_column(Uuid(), comment="The chat of the message.")
    message_id: Mapped[UUID] = mapped_column(Uuid(), comment="The message it was sent with.")
    position: Mapped[int] = mapped_column(SmallInteger(), comment="Place within the message, 1 to 5.")
    file_name: Mapped[str] = mapped_column(String(255), comment="Name of the file as it was uploaded, without a path.")
    file_type: Mapped[AttachmentFileType] = mapped_column(
        String(50),
        comment="Media type: image/jpeg, image/png, image/gif or image/webp.",
    )
    file_size: Mapped[int] = mapped_column(Integer(), comment="Size in bytes, 1 to 10,485,760 (10 MiB).")
    storage_key: Mapped[str] = mapped_column(String(500), comment="Key of the original in the object store.")
    medium_key: Mapped[str | None] = mapped_column(
        String(500),
        server_default=FetchedValue(),
        comment="Key of the medium-sized copy, once made.",
    )
    thumbnail_key: Mapped[str | None] = mapped_column(
        String(500),
        server_default=FetchedValue(),
        comment="Key of the thumbnail, once made.",
    )
    width: Mapped[int | None] = mapped_column(
        Integer(),
        server_default=FetchedValue(),
        comment="Width in pixels; missing together with the height.",
    )
    height: Mapped[int | None] = mapped_column(
        Integer(),
        server_default=FetchedValue(),
        comment="Height in pixels; missing together with the width.",
    )
    blurhash: Mapped[str | None] = mapped_column(
        String(100),
        server_default=FetchedValue(),
        comment="BlurHash shown while the picture loads.",
    )
    checksum_sha256: Mapped[bytes] = mapped_column(LargeBinary(), comment="SHA-256 of the original, 32 bytes.")
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=text("CURRENT_TIMESTAMP"),
        comment="Time of the upload.",
    )

    message: Mapped["Message"] = relationship(back_populates="attachments")


class MessageReaction(Base):
    """Emoji that participants put under a message."""

    __tablename__ = "message_reactions"
    __table_args__ = (
        PrimaryKeyConstraint("message_id", "user_id", "emoji", "chat_id", name="message_reactions_pkey"),
        ForeignKeyConstraint(
            ["chat_id", "message_id"],
            ["messages.chat_id", "messages.id"],
            name="message_reactions_chat_id_message_id_fkey",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["chat_id", "user_id"],
            ["chat_participants.chat_id", "chat_participants.user_id"],
            name="message_reactions_chat_id_user_id_fkey",
            ondelete="CASCADE",
        ),
        Index("message_reactions_user_id_chat_id_idx", "user_id", "chat_id"),
        {"comment": "Emoji that participants put under a message."},
    )

    chat_id: Mapped[UUID] = mapped_column(Uuid(), comment="The chat of the message.")
    message_id: Mapped[UUID] = mapped_column(Uuid(), comment="The message.")
    user_id: Mapped[UUID] = mapped_column(Uuid(), comment="The participant who reacted.")
    emoji: Mapped[str] = mapped_column(
        String(32),
        comment="The emoji, up to 32 characters: skin tones and joiners make one emoji long.",
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=text("CURRENT_TIMESTAMP"),
        comment="Time of the reaction.",
    )

    message: Mapped["Message"] = relationship(back_populates="reactions")
    participant: Mapped["ChatParticipant"] = relationship(
        back_populates="reactions",
        primaryjoin="and_(MessageReaction.chat_id == ChatParticipant.chat_id, foreign(MessageReaction.user_id) == ChatParticipant.user_id)",
    )


class MessageDelivery(Base):
    """Receipts: one row for each recipient of a message."""

    __tablename__ = "message_delivery"
    __table_args__ = (
        PrimaryKeyConstraint("message_id", "user_id", "chat_id", name="message_delivery_pkey"),
        ForeignKeyConstraint(
            ["chat_id", "message_id"],
            ["messages.chat_id", "messages.id"],
            name="message_delivery_chat_id_message_id_fkey",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["chat_id", "user_id"],
            ["chat_participants.chat_id", "chat_participants.user_id"],
            name="message_delivery_chat_id_user_id_fkey",
            ondelete="CASCADE",
        ),
        Index("message_delivery_user_id_is_pending_idx", "user_id", text("delivered_at IS NULL")),
        {"comment": "Receipts: one row for each recipient of a message."},
    )

    chat_id: Mapped[UUID] = mapped_column(Uuid(), comment="The chat of the message.")
    message_id: Mapped[UUID] = mapped_column(Uuid(), comment="The message.")
    user_id: Mapped[UUID] = mapped_column(Uuid(), comment="The recipient.")
    status: Mapped[MessageDeliveryStatus] = mapped_column(
        String(20),
        server_default=text("'pending'"),
        comment="pending, delivered or read.",
    )
    delivered_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        server_default=FetchedValue(),
        comment="Time a device of the recipient had it; not before it was sent.",
    )
    read_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        server_default=FetchedValue(),
        comment="Time the recipient read it; not before it was delivered.",
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=text("CURRENT_TIMESTAMP"),
        comment="Time of sending.",
    )

    message: Mapped["Message"] = relationship(back_populates="deliveries")
    recipient: Mapped["ChatParticipant"] = relationship(
        back_populates="deliveries",
        primaryjoin="and_(MessageDelivery.chat_id == ChatParticipant.chat_id, foreign(MessageDelivery.user_id) == ChatParticipant.user_id)",
    )
    unread: Mapped["UnreadMessage | None"] = relationship(back_populates="delivery", passive_deletes="all")


class UnreadMessage(Base):
    """One row for each message a user has not read, deleted when it is read."""

    __tablename__ = "unread_messages"
    __table_args__ = (
        PrimaryKeyConstraint("user_id", "chat_id", "message_id", name="unread_messages_pkey"),
        ForeignKeyConstraint(
            ["message_id", "user_id", "chat_id"],
            ["message_delivery.message_id", "message_delivery.user_id", "message_delivery.chat_id"],
            name="unread_messages_message_id_user_id_chat_id_fkey",
            ondelete="CASCADE",
        ),
        {"comment": "One row for each message a user has not read, deleted when it is read."},
    )

    chat_id: Mapped[UUID] = mapped_column(Uuid(), comment="The chat of the message.")
    user_id: Mapped[UUID] = mapped_column(Uuid(), comment="The user who has not read it.")
    message_id: Mapped[UUID] = mapped_column(Uuid(), comment="The message.")
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=text("CURRENT_TIMESTAMP"),
        comment="Time of sending.",
    )

    delivery: Mapped["MessageDelivery"] = relationship(back_populates="unread")


class UserSession(Base):
    """Logins of users, one a device."""

    __tablename__ = "user_sessions"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="user_sessions_pkey"),
        UniqueConstraint("user_id", "id", name="user_sessions_user_id_id_key"),
        UniqueConstraint("token_hash", name="user_sessions_token_hash_key"),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="user_sessions_user_id_fkey", ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["user_id", "replaced_by"],
            ["user_sessions.user_id", "user_sessions.id"],
            name="user_sessions_user_id_replaced_by_fkey",
            ondelete="SET NULL (replaced_by)",
        ),
        Index("user_sessions_expires_at_idx", "expires_at"),
        Index("user_sessions_socket_id_active_key", "socket_id", unique=True, postgresql_where=text("is_active")),
        Index("user_sessions_user_id_active_idx", "user_id", postgresql_where=text("is_active")),
        {"comment": "Logins of users, one a device."},
    )

    id: Mapped[UUID] = mapped_column(
        Uuid(),
        server_default=text("gen_random_uuid()"),
        comment="Random id of the session.",
    )
    user_id: Mapped[UUID] = mapped_column(Uuid(), comment="The user who logged in.")
    token_hash: Mapped[bytes] = mapped_column(
        LargeBinary(),
        comment="SHA-256 of the session token, 32 bytes; the token itself is never stored.",
    )
    device_id: Mapped[str | None] = mapped_column(
        String(255),
        server_default=FetchedValue(),
        comment="What the device calls itself, the same across its logins.",
    )
    device_type: Mapped[UserSessionDeviceType | None] = mapped_column(
        String(50),
        server_default=FetchedValue(),
        comment="web, ios, android or desktop.",
    )
    device_name: Mapped[str | None] = mapped_column(
        String(100),
        server_default=FetchedValue(),
        comment="What the user calls the device.",
    )
    socket_id: Mapped[str | None] = mapped_column(
        String(255),
        server_default=FetchedValue(),
        comment="The open connection to the device; unique while the session is active.",
    )
    ip_address: Mapped[Any | None] = mapped_column(
        INET(),
        server_default=FetchedValue(),
        comment="Address of the device at its last login.",
    )
    user_agent: Mapped[str | None] = mapped_column(
        String(1000),
        server_default=FetchedValue(),
        comment="What the program on the device says of itself.",
    )
    is_active: Mapped[bool] = mapped_column(
        Boolean(),
        server_default=text("TRUE"),
        comment="Whether the session may be used; never true once revoked.",
    )
    last_activity_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=text("CURRENT_TIMESTAMP"),
        comment="Time of the last heartbeat.",
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=text("CURRENT_TIMESTAMP"),
        comment="Time of the login.",
    )
    expires_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        comment="Time from which the session is no longer good; after created_at.",
    )
    revoked_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        server_default=FetchedValue(),
        comment="Time of the logout.",
    )
    replaced_by: Mapped[UUID | None] = mapped_column(
        Uuid(),
        server_default=FetchedValue(),
        comment="The session of the same user that took over when the token was rotated.",
    )

    user: Mapped["User"] = relationship(back_populates="sessions")
    successor: Mapped["UserSession | None"] = relationship(
        back_populates="predecessors",
        primaryjoin="and_(UserSession.user_id == remote(UserSession.user_id), foreign(UserSession.replaced_by) == remote(UserSession.id))",
    )
    predecessors: Mapped[list["UserSession"]] = relationship(
        back_populates="successor",
        primaryjoin="and_(remote(UserSession.user_id) == UserSession.user_id, remote(foreign(UserSession.replaced_by)) == UserSession.id)",
        passive_deletes="all",
    )
