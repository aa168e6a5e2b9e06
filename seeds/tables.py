"""The tables that are loaded, and a row of each by named fields: COPY names these columns, in this order.

A column that a later migration adds is not among them: it takes the database's default. Fields are in COPY's text
format, as the functions of copy_format write them.
"""

from typing import NamedTuple

from .copy_format import FALSE, NULL


class UserRow(NamedTuple):
    """A row of users."""

    id: str
    username: str
    password_hash: str
    display_name: str
    bio: str
    avatar_url: str
    status: str
    last_seen_at: str
    created_at: str
    updated_at: str
    deleted_at: str


class ContactRow(NamedTuple):
    """A row of contacts."""

    user_id: str
    contact_id: str
    status: str
    requested_by: str
    nickname: str
    created_at: str
    accepted_at: str
    blocked_at: str


class ChatRow(NamedTuple):
    """A row of chats."""

    id: str
    type: str
    name: str
    slug: str
    description: str
    avatar_url: str
    created_by: str
    created_at: str
    updated_at: str
    is_deleted: str = FALSE
    deleted_at: str = NULL


class ParticipantRow(NamedTuple):
    """A row of chat_participants."""

    chat_id: str
    user_id: str
    role: str
    added_by: str
    joined_at: str
    left_at: str
    muted_until: str
    pinned_at: str


class SessionRow(NamedTuple):
    """A row of user_sessions."""

    id: str
    user_id: str
    token_hash: str
    device_id: str
    device_type: str
    device_name: str
    socket_id: str
    ip_address: str
    user_agent: str
    is_active: str
    last_activity_at: str
    created_at: str
    expires_at: str
    revoked_at: str
    replaced_by: str


class MessageRow(NamedTuple):
    """A row of messages."""

    id: str
    chat_id: str
    sender_id: str
    content: str
    content_type: str
    metadata: str
    reply_to_id: str
    is_edited: str
    edited_at: str
    is_deleted: str
    deleted_at: str
    deleted_by: str
    created_at: str


class AttachmentRow(NamedTuple):
    """A row of attachments."""

    id: str
    chat_id: str
    message_id: str
    position: str
    file_name: str
    file_type: str
    file_size: str
    storage_key: str
    medium_key: str
    thumbnail_key: str
    width: str
    height: str
    blurhash: str
    checksum_sha256: str
    created_at: str


class ReactionRow(NamedTuple):
    """A row of message_reactions."""

    chat_id: str
    message_id: str
    user_id: str
    emoji: str
    created_at: str


class ConversationRow(NamedTuple):
    """A row of the staging table conversations: from when on a chat's messages belong to which conversation."""

    chat_id: str
    starts_at: str
    conversation: str


class AttentionRow(NamedTuple):
    """A row of the staging table attention: from when on a member gets and reads a conversation's messages."""

    conversation: str
    user_id: str
    delivered_from: str
    read_from: str
    glance_ms: str


# A table comes after those it refers to.
COPIED: dict[str, tuple[str, ...]] = {
    "users": UserRow._fields,
    "contacts": ContactRow._fields,
    "chats": ChatRow._fields,
    "chat_participants": ParticipantRow._fields,
    "user_sessions": SessionRow._fields,
    "messages": MessageRow._fields,
    "attachments": AttachmentRow._fields,
    "message_reactions": ReactionRow._fields,
}
# The server derives these from the staging tables.
DERIVED = ("message_delivery", "unread_messages")
TABLES = (*COPIED, *DERIVED)
STAGING: dict[str, tuple[str, ...]] = {
    "conversations": ConversationRow._fields,
    "attention": AttentionRow._fields,
}

# A table and its rows: lines in COPY's text format, in UTF-8.
Batch = tuple[str, bytes]

# Instead of rows: everything that the receipts of the messages so far are derived from has come.
RECEIPTS_DUE: Batch = ("message_delivery", b"")
