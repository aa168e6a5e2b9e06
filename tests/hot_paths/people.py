"""Users and groups for the tests of the hot paths."""

from uuid import UUID, uuid4

import psycopg

from .calls import Row, call, call_one

HASH = "$2b$12$" + "a" * 53


def new_user(db: psycopg.Connection) -> UUID:
    user = uuid4()
    db.execute(
        "INSERT INTO users (id, username, password_hash) VALUES (%s, %s, %s)", [user, f"user_{user.hex[:20]}", HASH]
    )
    return user


def new_group(db: psycopg.Connection, creator: UUID) -> UUID:
    """Make a group with its creator as the owner."""
    chat = uuid4()
    db.execute(
        "INSERT INTO chats (id, type, name, slug, created_by) VALUES (%s, 'group', 'Group', %s, %s)",
        [chat, f"group-{chat.hex}", creator],
    )
    db.execute("INSERT INTO chat_participants (chat_id, user_id, role) VALUES (%s, %s, 'owner')", [chat, creator])
    return chat


def new_direct_chat(db: psycopg.Connection, one: UUID, other: UUID) -> UUID:
    """Make the direct chat of two people."""
    chat = uuid4()
    low, high = sorted([one, other])
    db.execute("INSERT INTO chats (id, type, slug) VALUES (%s, 'direct', %s)", [chat, f"direct-{low}-{high}"])
    for user in (one, other):
        db.execute("INSERT INTO chat_participants (chat_id, user_id) VALUES (%s, %s)", [chat, user])
    return chat


def block(db: psycopg.Connection, user: UUID, other: UUID) -> None:
    """Let a user block a stranger."""
    db.execute(
        "INSERT INTO contacts (user_id, contact_id, status, requested_by, blocked_at)"
        " VALUES (%(user)s, %(other)s, 'blocked', %(other)s, now()), (%(other)s, %(user)s, 'pending', %(other)s, NULL)",
        {"user": user, "other": other},
    )


def new_message_id(db: psycopg.Connection) -> UUID:
    row = db.execute("SELECT uuid_v7()").fetchone()
    assert row
    return UUID(str(row[0]))


def send(db: psycopg.Connection, chat: UUID, sender: UUID, message: UUID | None = None, content: str = "Hello") -> Row:
    parameters = {"message_id": message, "chat_id": chat, "sender_id": sender, "content": content}
    return call_one(db, "send_message", **parameters, content_type="text", metadata="{}", reply_to_id=None)


def join(db: psycopg.Connection, chat: UUID, user: UUID, added_by: UUID | None = None) -> bool:
    """Add a user to a group in one transaction; say whether that was possible."""
    with db.transaction():
        if not call(db, "lock_group", chat_id=chat):
            return False
        return bool(call(db, "join_chat", chat_id=chat, user_id=user, added_by=added_by))


def leave(db: psycopg.Connection, chat: UUID, user: UUID) -> bool:
    """Leave a chat in one transaction; say whether the user was in it."""
    with db.transaction():
        if not call(db, "leave_chat", chat_id=chat, user_id=user):
            return False
        call(db, "clear_unread", chat_id=chat, user_id=user)
        return True


def purge(db: psycopg.Connection, user: UUID, batch: int) -> int:
    """Delete and purge a user; return how many calls it took."""
    call(db, "delete_user", user_id=user)
    calls = 1
    while not call(db, "purge_user", user_id=user, batch=batch)[0]["is_purged"]:
        calls += 1
    return calls
