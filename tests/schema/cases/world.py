"""A small world that fills every table, and the helpers to put rows in and read them back."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

Row = dict[str, object]


def v7(moment: datetime, tail: int) -> UUID:
    """Make a UUID of version 7 with the milliseconds of the moment."""
    milliseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | tail)


def person(number: int) -> UUID:
    return UUID(int=4 << 76 | 2 << 62 | number)


# Fixed, so that the ids of the test cases are the same in every worker.
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MILLISECOND = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

ALICE, BOB, CHARLIE, DIANA, NOBODY = (person(number) for number in range(1, 6))
GROUP, DIRECT, NO_CHAT = UUID(int=11), UUID(int=12), UUID(int=13)
FIRST, SECOND, DELETED, ELSEWHERE, NO_MESSAGE = (v7(NOON, tail) for tail in range(1, 6))
PICTURE = UUID(int=21)
LAPTOP, PHONE, TABLET, NO_SESSION = (UUID(int=number) for number in range(31, 35))

BCRYPT = "$2b$12$" + "./AZaz09" * 6 + "abcde"
LATER = datetime(2100, 1, 1, tzinfo=UTC)

# Charlie left the group, Diana never was in it.
WORLD: dict[str, list[Row]] = {
    "users": [
        {"id": ALICE, "username": "alice", "password_hash": BCRYPT},
        {"id": BOB, "username": "bob", "password_hash": BCRYPT},
        {"id": CHARLIE, "username": "charlie", "password_hash": BCRYPT},
        {"id": DIANA, "username": "diana", "password_hash": BCRYPT},
    ],
    "contacts": [
        {"user_id": ALICE, "contact_id": BOB, "requested_by": ALICE, "status": "accepted", "accepted_at": NOON},
        {"user_id": BOB, "contact_id": ALICE, "requested_by": ALICE, "status": "accepted", "accepted_at": NOON},
    ],
    "chats": [
        {"id": GROUP, "type": "group", "name": "Group", "slug": "group", "created_by": ALICE},
        {"id": DIRECT, "type": "direct", "slug": f"direct-{BOB}-{DIANA}", "created_by": BOB},
    ],
    "chat_participants": [
        {"chat_id": GROUP, "user_id": ALICE, "role": "owner"},
        {"chat_id": GROUP, "user_id": BOB, "added_by": ALICE},
        {"chat_id": GROUP, "user_id": CHARLIE, "added_by": ALICE, "joined_at": NOON, "left_at": NOON},
        {"chat_id": DIRECT, "user_id": BOB},
        {"chat_id": DIRECT, "user_id": DIANA},
    ],
    "messages": [
        {"id": FIRST, "chat_id": GROUP, "sender_id": ALICE, "content": "First", "created_at": NOON},
        {
            "id": SECOND,
            "chat_id": GROUP,
            "sender_id": BOB,
            "content": "Second",
            "reply_to_id": FIRST,
            "created_at": NOON,
        },
        {
            "id": DELETED,
            "chat_id": GROUP,
            "sender_id": CHARLIE,
            "content": "",
            "is_deleted": True,
            "deleted_at": NOON,
            "deleted_by": BOB,
            "created_at": NOON,
        },
        {"id": ELSEWHERE, "chat_id": DIRECT, "sender_id": DIANA, "content": "Elsewhere", "created_at": NOON},
    ],
    "attachments": [
        {
            "id": PICTURE,
            "chat_id": GROUP,
            "message_id": FIRST,
            "position": 1,
            "file_name": "picture.png",
            "file_type": "image/png",
            "file_size": 1000,
            "storage_key": "pictures/1",
            "checksum_sha256": sha256(b"picture").digest(),
        },
    ],
    "message_reactions": [{"chat_id": GROUP, "message_id": FIRST, "user_id": BOB, "emoji": "\N{THUMBS UP SIGN}"}],
    "message_delivery": [
        {"chat_id": GROUP, "message_id": FIRST, "user_id": BOB},
        {"chat_id": GROUP, "message_id": SECOND, "user_id": ALICE},
        {"chat_id": DIRECT, "message_id": ELSEWHERE, "user_id": BOB},
    ],
    "unread_messages": [{"chat_id": GROUP, "message_id": FIRST, "user_id": BOB}],
    "user_sessions": [
        {
            "id": LAPTOP,
            "user_id": ALICE,
            "token_hash": sha256(b"laptop").digest(),
            "socket_id": "socket",
            "expires_at": LATER,
        },
        {
            "id": PHONE,
            "user_id": ALICE,
            "token_hash": sha256(b"phone").digest(),
            "expires_at": LATER,
            "is_active": False,
            "replaced_by": LAPTOP,
        },
        {"id": TABLET, "user_id": BOB, "token_hash": sha256(b"tablet").digest(), "expires_at": LATER},
    ],
}


def insert(db: psycopg.Connection, table: str, *rows: Row) -> Row:
    """Put the rows in with one statement, and return the first as it is stored."""
    columns = sorted({column for row in rows for column in row})
    values = [
        sql.SQL("({})").format(
            sql.SQL(", ").join(sql.Literal(row[column]) if column in row else sql.DEFAULT for column in columns)
        )
        for row in rows
    ]
    statement = sql.SQL("INSERT INTO {} ({}) VALUES {} RETURNING *").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join(values)
    )
    stored = db.cursor(row_factory=dict_row).execute(statement).fetchone()
    assert stored is not None
    return stored


def where(key: Row) -> sql.Composed:
    """Make the condition that finds a row by its key."""
    return sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier(column), sql.Literal(value)) for column, value in key.items()
    )


def find(db: psycopg.Connection, table: str, key: Row) -> Row | None:
    statement = sql.SQL("SELECT * FROM {} WHERE {}").format(sql.Identifier(table), where(key))
    return db.cursor(row_factory=dict_row).execute(statement).fetchone()


def update(db: psycopg.Connection, table: str, key: Row, changes: Row) -> Row:
    """Change one row, and return it as it is stored."""
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(column), sql.Literal(value)) for column, value in changes.items()
    )
    statement = sql.SQL("UPDATE {} SET {} WHERE {} RETURNING *").format(sql.Identifier(table), assignments, where(key))
    stored = db.cursor(row_factory=dict_row).execute(statement).fetchone()
    assert stored is not None
    return stored


def delete(db: psycopg.Connection, table: str, key: Row) -> None:
    db.execute(sql.SQL("DELETE FROM {} WHERE {}").format(sql.Identifier(table), where(key)))


def build_world(db: psycopg.Connection) -> None:
    for table, rows in WORLD.items():
        insert(db, table, *rows)


def count_rows(db: psycopg.Connection) -> dict[str, int]:
    """Count the rows of every table."""
    count = sql.SQL("SELECT count(*) FROM {}")
    counted = {table: db.execute(count.format(sql.Identifier(table))).fetchone() for table in WORLD}
    return {table: row[0] for table, row in counted.items() if row}
