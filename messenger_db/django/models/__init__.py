"""The tables as Django's models: `from messenger_db.django.models import Message`.

Written by make docs; do not edit. Django manages none of them: the migrations make the tables, and what a delete does
to other rows the server does. docs/clients.md says what to know.
"""

from django.db import models
from django.db.models.functions import Now

__all__ = [
    "Attachment",
    "Chat",
    "ChatParticipant",
    "Contact",
    "Message",
    "MessageDelivery",
    "MessageReaction",
    "UnreadMessage",
    "User",
    "UserSession",
]


class User(models.Model):
    """People who can log in and chat."""

    class Status(models.TextChoices):
        """The values of status."""

        ONLINE = "online"
        OFFLINE = "offline"
        AWAY = "away"

    id = models.UUIDField(
        primary_key=True,
        db_default=models.Func(function="gen_random_uuid", output_field=models.UUIDField()),
        help_text="Random id of the user.",
    )
    username = models.CharField(
        unique=True,
        max_length=50,
        db_collation="C",
        help_text="Login name: 3 to 50 letters, digits or underscores, unique without regard to case.",
    )
    password_hash = models.CharField(
        max_length=255,
        help_text="bcrypt or argon2id hash of the password, never the password.",
    )
    display_name = models.CharField(
        max_length=100,
        null=True,
        blank=True,
        help_text="Name shown to others; the username is shown when missing.",
    )
    bio = models.CharField(max_length=500, null=True, blank=True, help_text="What the user says about themselves.")
    avatar_url = models.CharField(
        max_length=500,
        null=True,
        blank=True,
        help_text="http or https address of the picture.",
    )
    status = models.CharField(
        max_length=20,
        choices=Status.choices,
        db_default=Status.OFFLINE,
        help_text="Presence: online, offline or away.",
    )
    last_seen_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Time of the last heartbeat; missing when never seen.",
    )
    created_at = models.DateTimeField(db_default=Now(), help_text="Time of signing up.")
    updated_at = models.DateTimeField(
        db_default=Now(),
        help_text="Time of the last change of this row, kept by a trigger.",
    )
    deleted_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Time the user left; the row is purged later, in batches.",
    )

    class Meta:
        """Where the rows are."""

        managed = False
        db_table = "users"


class Contact(models.Model):
    """Who knows whom, seen from user_id; each row has its mirror with the two people swapped."""

    class Status(models.TextChoices):
        """The values of status."""

        PENDING = "pending"
        ACCEPTED = "accepted"
        BLOCKED = "blocked"

    pk = models.CompositePrimaryKey("user", "contact")
    user = models.ForeignKey(
        "User",
        on_delete=models.DO_NOTHING,
        related_name="contacts",
        help_text="The user whose contact this is.",
    )
    contact = models.ForeignKey(
        "User",
        on_delete=models.DO_NOTHING,
        related_name="contact_of",
        help_text="The other user.",
    )
    status = models.CharField(
        max_length=20,
        choices=Status.choices,
        db_default=Status.PENDING,
        help_text="How user_id stands to contact_id: pending, accepted or blocked (by user_id).",
    )
    requested_by = models.UUIDField(help_text="Which of the two asked.")
    nickname = models.CharField(max_length=100, null=True, blank=True, help_text="What user_id calls the other.")
    created_at = models.DateTimeField(db_default=Now(), help_text="Time of the request.")
    accepted_at = models.DateTimeField(null=True, blank=True, help_text="Time the request was accepted.")
    blocked_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Time user_id blocked the other; there exactly while blocked.",
    )
    mirror = models.ForeignObject(
        "self",
        on_delete=models.DO_NOTHING,
        related_name="+",
        from_fields=["contact", "user"],
        to_fields=["user", "contact"],
    )

    class Meta:
        """Where the rows are."""

        managed = False
        db_table = "contacts"


class Chat(models.Model):
    """Conversations: direct ones between two people, and groups."""

    class Type(models.TextChoices):
        """The values of type."""

        DIRECT = "direct"
        GROUP = "group"

    id = models.UUIDField(
        primary_key=True,
        db_default=models.Func(function="gen_random_uuid", output_field=models.UUIDField()),
        help_text="Random id of the chat.",
    )
    type = models.CharField(max_length=20, choices=Type.choices, help_text="direct (two people) or group.")
    name = models.CharField(
        max_length=100,
        null=True,
        blank=True,
        help_text="Name of a group; a direct chat has none.",
    )
    slug = models.CharField(
        unique=True,
        max_length=100,
        db_collation="C",
        help_text="Name for addresses: lower-case words with hyphens; direct-<smaller uuid>-<larger uuid> in a direct chat.",
    )
    description = models.CharField(max_length=500, null=True, blank=True, help_text="What the chat is about.")
    avatar_url = models.CharField(
        max_length=500,
        null=True,
        blank=True,
        help_text="http or https address of the picture.",
    )
    creator = models.ForeignKey(
        "User",
        on_delete=models.DO_NOTHING,
        related_name="created_chats",
        db_column="created_by",
        null=True,
        blank=True,
        help_text="The user who made the chat; missing when that user is gone. The owner is in chat_participants.",
    )
    created_at = models.DateTimeField(db_default=Now(), help_text="Time the chat was made.")
    updated_at = models.DateTimeField(
        db_default=Now(),
        help_text="Time of the last change of this row, kept by a trigger; a message does not change it.",
    )
    is_deleted = models.BooleanField(db_default=False, help_text="Whether the chat was deleted.")
    deleted_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Time the chat was deleted; there exactly when it was.",
    )

    class Meta:
        """Where the rows are."""

        managed = False
        db_table = "chats"


class ChatParticipant(models.Model):
    """Who is, or was, in which chat."""

    class Role(models.TextChoices):
        """The values of role."""

        OWNER = "owner"
        ADMIN = "admin"
        MEMBER = "member"

    pk = models.CompositePrimaryKey("chat", "user")
    chat = models.ForeignKey("Chat", on_delete=models.DO_NOTHING, related_name="participants", help_text="The chat.")
    user = models.ForeignKey(
        "User",
        on_delete=models.DO_NOTHING,
        related_name="participations",
        help_text="The user in it.",
    )
    role = models.CharField(
        max_length=20,
        choices=Role.choices,
        db_default=Role.MEMBER,
        help_text="owner (at most one a chat), admin or member.",
    )
    adder = models.ForeignKey(
        "User",
        on_delete=models.DO_NOTHING,
        related_name="added_participants",
        db_column="added_by",
        null=True,
        blank=True,
        help_text="The user who added this one; missing when nobody did, or that user is gone.",
    )
    joined_at = models.DateTimeField(db_default=Now(), help_text="Time of joining.")
    left_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Time of leaving; missing while active. The row stays.",
    )
    muted_until = models.DateTimeField(null=True, blank=True, help_text="No notifications before this time.")
    pinned_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Time the user pinned the chat to the top of the list.",
    )

    class Meta:
        """Where the rows are."""

        managed = False
        db_table = "chat_participants"


class Message(models.Model):
    """What was said in a chat, oldest id first."""

    class ContentType(models.TextChoices):
        """The values of content_type."""

        TEXT = "text"
        IMAGE = "image"
        SYSTEM = "system"

    id = models.UUIDField(
        primary_key=True,
        db_default=models.Func(function="uuid_v7", output_field=models.UUIDField()),
        help_text="UUIDv7: sorts by time; may be made by the client, so that a repeated send is stored once.",
    )
    chat = models.ForeignKey(
        "Chat",
        on_delete=models.DO_NOTHING,
        related_name="messages",
        help_text="The chat it was said in.",
    )
    sender_id = models.UUIDField(
        null=True,
        blank=True,
        help_text="The participant who said it; missing for system messages and when that participant is gone.",
    )
    content = models.TextField(help_text="The text, at most 10,000 characters; of an image, its caption.")
    content_type = models.CharField(
        max_length=20,
        choices=ContentType.choices,
        db_default=ContentType.TEXT,
        help_text="text, image or system.",
    )
    metadata = models.JSONField(
        db_default=models.Value({}, models.JSONField()),
        help_text="JSON object for what has no column of its own.",
    )
    reply_to_id = models.UUIDField(
        null=True,
        blank=True,
        help_text="The message of the same chat this one answers; missing when that is gone.",
    )
    is_edited = models.BooleanField(db_default=False, help_text="Whether the sender changed it.")
    edited_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Time of the last change; there exactly when edited.",
    )
    is_deleted = models.BooleanField(
        db_default=False,
        help_text="Whether it was deleted; the row stays as a place in the history.",
    )
    deleted_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Time of the deletion; there exactly when deleted.",
    )
    deleted_by = models.UUIDField(
        null=True,
        blank=True,
        help_text="The participant who deleted it; missing when that participant is gone.",
    )
    created_at = models.DateTimeField(
        db_default=Now(),
        help_text="Time of sending; the time in the id is at most a day before and a minute after it.",
    )
    sender = models.ForeignObject(
        "ChatParticipant",
        on_delete=models.DO_NOTHING,
        related_name="sent_messages",
        from_fields=["chat", "sender_id"],
        to_fields=["chat", "user"],
        null=True,
        blank=True,
    )
    reply_to = models.ForeignObject(
        "self",
        on_delete=models.DO_NOTHING,
        related_name="replies",
        from_fields=["chat", "reply_to_id"],
        to_fields=["chat", "id"],
        null=True,
        blank=True,
    )
    deleter = models.ForeignObject(
        "ChatParticipant",
        on_delete=models.DO_NOTHING,
        related_name="deleted_messages",
        from_fields=["chat", "deleted_by"],
        to_fields=["chat", "user"],
        null=True,
        blank=True,
    )

    class Meta:
        """Where the rows are."""

        managed = False
        db_table = "messages"
        constraints = [
            models.UniqueConstraint(fields=["chat", "id"], name="messages_chat_id_id_key"),
        ]


class Attachment(models.Model):
    """Pictures sent with a message, at most five."""

    class FileType(models.TextChoices):
        """The values of file_type."""

        IMAGE_JPEG = "image/jpeg"
        IMAGE_PNG = "image/png"
        IMAGE_GIF = "image/gif"
        IMAGE_WEBP = "image/webp"

    id = models.UUIDField(
        primary_key=True,
        db_default=models.Func(function="gen_random_uuid", output_field=models.UUIDField()),
        help_text="Random id of the attachment.",
    )
    chat_id = models.UUIDField(help_text="The chat of the message.")
    message_id = models.UUIDField(help_text="The message it was sent with.")
    position = models.SmallIntegerField(help_text="Place within the message, 1 to 5.")
    file_name = models.CharField(max_length=255, help_text="Name of the file as it was uploaded, without a path.")
    file_type = models.CharField(
        max_length=50,
        choices=FileType.choices,
        help_text="Media type: image/jpeg, image/png, image/gif or image/webp.",
    )
    file_size = models.IntegerField(help_text="Size in bytes, 1 to 10,485,760 (10 MiB).")
    storage_key = models.CharField(unique=True, max_length=500, help_text="Key of the original in the object store.")
    medium_key = models.CharField(
        max_length=500,
        null=True,
        blank=True,
        help_text="Key of the medium-sized copy, once made.",
    )
    thumbnail_key = models.CharField(
        max_length=500,
        null=True,
        blank=True,
        help_text="Key of the thumbnail, once made.",
    )
    width = models.IntegerField(null=True, blank=True, help_text="Width in pixels; missing together with the height.")
    height = models.IntegerField(null=True, blank=True, help_text="Height in pixels; missing together with the width.")
    blurhash = models.CharField(
        max_length=100,
        null=True,
        blank=True,
        help_text="BlurHash shown while the picture loads.",
    )
    checksum_sha256 = models.BinaryField(help_text="SHA-256 of the original, 32 bytes.")
    created_at = models.DateTimeField(db_default=Now(), help_text="Time of the upload.")
    message = models.ForeignObject(
        "Message",
        on_delete=models.DO_NOTHING,
        related_name="attachments",
        from_fields=["chat_id", "message_id"],
        to_fields=["chat", "id"],
    )

    class Meta:
        """Where the rows are."""

        managed = False
        db_table = "attachments"
        constraints = [
            models.UniqueConstraint(fields=["message_id", "position"], name="attachments_message_id_position_key"),
        ]


class MessageReaction(models.Model):
    """Emoji that participants put under a message."""

    pk = models.CompositePrimaryKey("message_id", "user_id", "emoji", "chat_id")
    chat_id = models.UUIDField(help_text="The chat of the message.")
    message_id = models.UUIDField(help_text="The message.")
    user_id = models.UUIDField(help_text="The participant who reacted.")
    emoji = models.CharField(
        max_length=32,
        help_text="The emoji, up to 32 characters: skin tones and joiners make one emoji long.",
    )
    created_at = models.DateTimeField(db_default=Now(), help_text="Time of the reaction.")
    message = models.ForeignObject(
        "Message",
        on_delete=models.DO_NOTHING,
        related_name="reactions",
        from_fields=["chat_id", "message_id"],
        to_fields=["chat", "id"],
    )
    participant = models.ForeignObject(
        "ChatParticipant",
        on_delete=models.DO_NOTHING,
        related_name="reactions",
        from_fields=["chat_id", "user_id"],
        to_fields=["chat", "user"],
    )

    class Meta:
        """Where the rows are."""

        managed = False
        db_table = "message_reactions"


class MessageDelivery(models.Model):
    """Receipts: one row for each recipient of a message."""

    class Status(models.TextChoices):
        """The values of status."""

        PENDING = "pending"
        DELIVERED = "delivered"
        READ = "read"

    pk = models.CompositePrimaryKey("message_id", "user_id", "chat_id")
    chat_id = models.UUIDField(help_text="The chat of the message.")
    message_id = models.UUIDField(help_text="The message.")
    user_id = models.UUIDField(help_text="The recipient.")
    status = models.CharField(
        max_length=20,
        choices=Status.choices,
        db_default=Status.PENDING,
        help_text="pending, delivered or read.",
    )
    delivered_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Time a device of the recipient had it; not before it was sent.",
    )
    read_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Time the recipient read it; not before it was delivered.",
    )
    created_at = models.DateTimeField(db_default=Now(), help_text="Time of sending.")
    message = models.ForeignObject(
        "Message",
        on_delete=models.DO_NOTHING,
        related_name="deliveries",
        from_fields=["chat_id", "message_id"],
        to_fields=["chat", "id"],
    )
    recipient = models.ForeignObject(
        "ChatParticipant",
        on_delete=models.DO_NOTHING,
        related_name="deliveries",
        from_fields=["chat_id", "user_id"],
        to_fields=["chat", "user"],
    )

    class Meta:
        """Where the rows are."""

        managed = False
        db_table = "message_delivery"


class UnreadMessage(models.Model):
    """One row for each message a user has not read, deleted when it is read."""

    pk = models.CompositePrimaryKey("user_id", "chat_id", "message_id")
    chat_id = models.UUIDField(help_text="The chat of the message.")
    user_id = models.UUIDField(help_text="The user who has not read it.")
    message_id = models.UUIDField(help_text="The message.")
    created_at = models.DateTimeField(db_default=Now(), help_text="Time of sending.")
    delivery = models.ForeignObject(
        "MessageDelivery",
        on_delete=models.DO_NOTHING,
        related_name="unread",
        from_fields=["message_id", "user_id", "chat_id"],
        to_fields=["message_id", "user_id", "chat_id"],
    )

    class Meta:
        """Where the rows are."""

        managed = False
        db_table = "unread_messages"


class UserSession(models.Model):
    """Logins of users, one a device."""

    class DeviceType(models.TextChoices):
        """The values of device_type."""

        WEB = "web"
        IOS = "ios"
        ANDROID = "android"
        DESKTOP = "desktop"

    id = models.UUIDField(
        primary_key=True,
        db_default=models.Func(function="gen_random_uuid", output_field=models.UUIDField()),
        help_text="Random id of the session.",
    )
    user = models.ForeignKey(
        "User",
        on_delete=models.DO_NOTHING,
        related_name="sessions",
        help_text="The user who logged in.",
    )
    token_hash = models.BinaryField(
        unique=True,
        help_text="SHA-256 of the session token, 32 bytes; the token itself is never stored.",
    )
    device_id = models.CharField(
        max_length=255,
        null=True,
        blank=True,
        help_text="What the device calls itself, the same across its logins.",
    )
    device_type = models.CharField(
        max_length=50,
        choices=DeviceType.choices,
        null=True,
        blank=True,
        help_text="web, ios, android or desktop.",
    )
    device_name = models.CharField(max_length=100, null=True, blank=True, help_text="What the user calls the device.")
    socket_id = models.CharField(
        max_length=255,
        null=True,
        blank=True,
        help_text="The open connection to the device; unique while the session is active.",
    )
    ip_address = models.GenericIPAddressField(
        null=True,
        blank=True,
        help_text="Address of the device at its last login.",
    )
    user_agent = models.CharField(
        max_length=1000,
        null=True,
        blank=True,
        help_text="What the program on the device says of itself.",
    )
    is_active = models.BooleanField(
        db_default=True,
        help_text="Whether the session may be used; never true once revoked.",
    )
    last_activity_at = models.DateTimeField(db_default=Now(), help_text="Time of the last heartbeat.")
    created_at = models.DateTimeField(db_default=Now(), help_text="Time of the login.")
    expires_at = models.DateTimeField(help_text="Time from which the session is no longer good; after created_at.")
    revoked_at = models.DateTimeField(null=True, blank=True, help_text="Time of the logout.")
    replaced_by = models.UUIDField(
        null=True,
        blank=True,
        help_text="The session of the same user that took over when the token was rotated.",
    )
    successor = models.ForeignObject(
        "self",
        on_delete=models.DO_NOTHING,
        related_name="predecessors",
        from_fields=["user", "replaced_by"],
        to_fields=["user", "id"],
        null=True,
        blank=True,
    )

    class Meta:
        """Where the rows are."""

        managed = False
        db_table = "user_sessions"
        constraints = [
            models.UniqueConstraint(fields=["user", "id"], name="user_sessions_user_id_id_key"),
        ]
