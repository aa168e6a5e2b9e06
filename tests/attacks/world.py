"""The world that the attacks are tried in: that of the schema's tests, and what a rule of the application is about."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import psycopg
from schema.cases.world import (
    ALICE,
    BCRYPT,
    BOB,
    CHARLIE,
    DELETED,
    DIANA,
    DIRECT,
    ELSEWHERE,
    FIRST,
    GROUP,
    LAPTOP,
    LATER,
    NOBODY,
    NOON,
    PHONE,
    SECOND,
    TABLET,
    Row,
    build_world,
    insert,
    person,
    v7,
)

# Erin left for good; Charlie asked Alice to be a contact; Diana blocks Bob; the crowd is full.
ERIN = person(10)
CROWD, DELETED_CHAT = UUID(int=14), UUID(int=15)
NOW = datetime.now(UTC)
EDITED, OF_WHO_LEFT, RECENT = v7(NOON, 21), v7(NOON, 22), v7(NOW, 1)

NAMES: dict[str, object] = {
    "ALICE": ALICE,
    "BOB": BOB,
    "CHARLIE": CHARLIE,
    "DIANA": DIANA,
    "ERIN": ERIN,
    "NOBODY": NOBODY,
    "GROUP": GROUP,
    "DIRECT": DIRECT,
    "CROWD": CROWD,
    "DELETED_CHAT": DELETED_CHAT,
    "FIRST": FIRST,
    "SECOND": SECOND,
    "DELETED": DELETED,
    "EDITED": EDITED,
    "ELSEWHERE": ELSEWHERE,
    "OF_WHO_LEFT": OF_WHO_LEFT,
    "RECENT": RECENT,
    "FUTURE": v7(NOW + timedelta(hours=1), 1),
    "PAST": v7(NOW - timedelta(days=2), 1),
    "LAPTOP": LAPTOP,
    "PHONE": PHONE,
    "TABLET": TABLET,
    "HASH": BCRYPT,
}

CROWD_OF_300: list[Row] = [
    {"id": person(number), "username": f"crowd_{number}", "password_hash": BCRYPT} for number in range(1000, 1300)
]

MORE: dict[str, list[Row]] = {
    "users": [{"id": ERIN, "username": "erin", "password_hash": BCRYPT, "deleted_at": LATER}, *CROWD_OF_300],
    "contacts": [
        {"user_id": CHARLIE, "contact_id": ALICE, "requested_by": CHARLIE},
        {"user_id": ALICE, "contact_id": CHARLIE, "requested_by": CHARLIE},
        {"user_id": BOB, "contact_id": DIANA, "requested_by": BOB},
        {"user_id": DIANA, "contact_id": BOB, "requested_by": BOB, "status": "blocked", "blocked_at": NOON},
    ],
    "chats": [
        {"id": CROWD, "type": "group", "name": "Crowd", "slug": "crowd"},
        {
            "id": DELETED_CHAT,
            "type": "group",
            "name": "Deleted",
            "slug": "deleted",
            "is_deleted": True,
            "deleted_at": NOON,
        },
    ],
    "chat_participants": [
        {"chat_id": DELETED_CHAT, "user_id": ALICE},
        *({"chat_id": CROWD, "user_id": user["id"]} for user in CROWD_OF_300),
    ],
    "messages": [
        {
            "id": EDITED,
            "chat_id": GROUP,
            "sender_id": ALICE,
            "content": "Better",
            "is_edited": True,
            "edited_at": NOON,
            "created_at": NOON,
        },
        {"id": OF_WHO_LEFT, "chat_id": GROUP, "sender_id": CHARLIE, "content": "Bye", "created_at": NOON},
        {"id": RECENT, "chat_id": GROUP, "sender_id": ALICE, "content": "Recent"},
    ],
    "message_delivery": [
        {
            "chat_id": GROUP,
            "message_id": EDITED,
            "user_id": BOB,
            "status": "read",
            "delivered_at": NOON,
            "read_at": NOON,
            "created_at": NOON,
        }
    ],
    "user_sessions": [{"user_id": ERIN, "token_hash": sha256(b"erin").digest(), "expires_at": LATER}],
}


def build(db: psycopg.Connection) -> None:
    """Fill a migrated database."""
    build_world(db)
    for table, rows in MORE.items():
        insert(db, table, *rows)
