"""What messages must refuse, and the nearest that must pass."""

from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from .table import BLANKS, INFINITIES, NOT_BLANKS, NOW, Length, Rule, Table, each
from .world import (
    ALICE,
    BOB,
    CHARLIE,
    DAY,
    DELETED,
    DIANA,
    DIRECT,
    ELSEWHERE,
    FIRST,
    GROUP,
    MICROSECOND,
    MILLISECOND,
    MINUTE,
    NO_CHAT,
    NO_MESSAGE,
    NOBODY,
    NOON,
    SECOND,
    Row,
    v7,
)


def sent(created_at: datetime | str = NOON, message_id: UUID = NO_MESSAGE, **changes: object) -> Row:
    return {"id": message_id, "created_at": created_at, **changes}


def deleted(**changes: object) -> Row:
    return sent() | {"is_deleted": True, "deleted_at": NOON} | changes


def hexadecimal(message_id: UUID, digit: int, value: str) -> UUID:
    """Change one hexadecimal digit of an id."""
    return UUID(message_id.hex[:digit] + value + message_id.hex[digit + 1 :])


MESSAGES = Table(
    name="messages",
    valid={"chat_id": GROUP, "content": "Hello"},
    defaults={
        "sender_id": None,
        "content_type": "text",
        "metadata": {},
        "reply_to_id": None,
        "is_edited": False,
        "edited_at": None,
        "is_deleted": False,
        "deleted_at": None,
        "deleted_by": None,
        "created_at": NOW,
    },
    not_null=["id", "chat_id", "content", "content_type", "metadata", "is_edited", "is_deleted", "created_at"],
    lengths=[
        Length("content_type", 20, {"content_type": "system"}),
    ],
    rules=[
        Rule(
            "messages_pkey",
            refused=[sent(message_id=FIRST), sent(message_id=ELSEWHERE)],
            accepted=[sent(message_id=NO_MESSAGE)],
        ),
        Rule(
            "messages_chat_id_id_key",
            without="messages_pkey",
            refused=[sent(message_id=FIRST)],
            accepted=[sent(message_id=NO_MESSAGE), sent(message_id=ELSEWHERE)],
        ),
        Rule("messages_chat_id_fkey", refused=[{"chat_id": NO_CHAT}], accepted=[{"chat_id": GROUP}]),
        Rule(
            "messages_chat_id_sender_id_fkey",
            refused=[{"sender_id": NOBODY}, {"sender_id": DIANA}, {"chat_id": DIRECT, "sender_id": ALICE}],
            accepted=[{"sender_id": None}, {"sender_id": BOB}, {"sender_id": CHARLIE}],
        ),
        Rule(
            "messages_chat_id_deleted_by_fkey",
            refused=[deleted(deleted_by=NOBODY), deleted(deleted_by=DIANA)],
            accepted=[deleted(), deleted(deleted_by=BOB), deleted(deleted_by=CHARLIE)],
        ),
        Rule(
            "messages_chat_id_reply_to_id_fkey",
            refused=[{"reply_to_id": NO_MESSAGE}, {"reply_to_id": ELSEWHERE}],
            accepted=[{"reply_to_id": None}, {"reply_to_id": FIRST}, {"reply_to_id": DELETED}],
        ),
        Rule(
            "messages_id_is_v7",
            refused=[
                *(sent(message_id=hexadecimal(NO_MESSAGE, 12, version)) for version in "012345689abcdef"),
                *(sent(message_id=hexadecimal(NO_MESSAGE, 16, variant)) for variant in "01234567cdef"),
                # Looks like version 7 further on.
                sent(message_id=UUID(f"{NO_MESSAGE.hex[:12]}40008000700008000000")),
                sent(message_id=UUID(int=0)),
                sent(message_id=UUID(int=2**128 - 1)),
            ],
            accepted=[sent(message_id=hexadecimal(NO_MESSAGE, 16, variant)) for variant in "89ab"],
        ),
        Rule(
            "messages_id_near_created_at",
            refused=[
                sent(NOON, v7(NOON + MINUTE + MILLISECOND, 9)),
                sent(NOON, v7(NOON - DAY - MILLISECOND, 9)),
                sent(NOON + DAY + MICROSECOND, v7(NOON, 9)),
                sent(NOON - MINUTE - MICROSECOND, v7(NOON, 9)),
                sent(NOON, v7(NOON + DAY, 9)),
                sent("infinity"),
                sent("-infinity"),
                sent(NOON, UUID("00000000-0000-7000-8000-000000000000")),
                sent(NOON, UUID("ffffffff-ffff-7fff-bfff-ffffffffffff")),
            ],
            accepted=[
                sent(NOON, v7(NOON + MINUTE, 9)),
                sent(NOON, v7(NOON - DAY, 9)),
                sent(NOON + DAY, v7(NOON, 9)),
                sent(NOON + DAY + MILLISECOND, v7(NOON + MILLISECOND, 9)),
                sent(NOON - MINUTE, v7(NOON, 9)),
            ],
        ),
        Rule(
            "messages_content_length",
            refused=[
                {"content": "x" * 10_001},
                {"content": " " * 10_001, "content_type": "image"},
                {"content": "x" * 10_001, "content_type": "system"},
                deleted(content="x" * 10_001),
            ],
            accepted=[{"content": "x" * 10_000}, {"content": "\N{GRINNING FACE}" * 10_000}],
        ),
        Rule(
            "messages_content_not_blank",
            refused=[{"content": ""}, {"content": " "}, {"content": BLANKS}],
            accepted=[
                {"content": "x"},
                {"content": " \u00e9 "},
                *each("content", *NOT_BLANKS),
                {"content": "", "content_type": "image"},
                {"content": "", "content_type": "system"},
                deleted(content=""),
            ],
        ),
        Rule(
            "messages_content_type_valid",
            refused=[
                *each("content_type", "", "video", "Text", "text ", "image\n", "x" * 20),
                {"content_type": "video", "content": ""},
            ],
            accepted=each("content_type", "text", "image", "system"),
        ),
        Rule(
            "messages_system_has_no_sender",
            refused=[{"content_type": "system", "sender_id": BOB}],
            accepted=[
                {"content_type": "system"},
                {"content_type": "text", "sender_id": BOB},
                {"content_type": "image", "sender_id": BOB},
            ],
        ),
        Rule(
            "messages_metadata_object",
            refused=each("metadata", *map(Jsonb, ([], [{}], "{}", 1, True, None))),
            accepted=[{"metadata": Jsonb({})}, {"metadata": Jsonb({"key": [1, None]})}],
        ),
        # {"key": ""} takes 11 bytes, and each of these letters two.
        Rule(
            "messages_metadata_size",
            refused=[
                {"metadata": Jsonb({"key": "x" * (16_384 - 10)})},
                {"metadata": Jsonb({"key": "\u00e9" * 8_187})},
                deleted(metadata=Jsonb({"key": "x" * 60_000})),
            ],
            accepted=[
                {"metadata": Jsonb({"key": "x" * (16_384 - 11)})},
                {"metadata": Jsonb({"key": "\u00e9" * 8_186})},
            ],
        ),
        Rule(
            "messages_not_own_reply",
            refused=[sent(reply_to_id=NO_MESSAGE)],
            accepted=[
                sent(reply_to_id=SECOND),
                sent(message_id=v7(NOON, 0), reply_to_id=SECOND),
                sent(reply_to_id=None),
            ],
        ),
        Rule(
            "messages_edited_at_when_edited",
            refused=[
                sent(is_edited=True),
                sent(edited_at=NOON),
                sent(is_edited=True, edited_at=NOON - MICROSECOND),
                *(sent(is_edited=True, edited_at=infinity) for infinity in INFINITIES),
            ],
            accepted=[
                sent(is_edited=True, edited_at=NOON),
                sent(is_edited=True, edited_at=NOON + MICROSECOND),
                sent(is_edited=False, edited_at=None),
            ],
        ),
        Rule(
            "messages_deleted_at_when_deleted",
            refused=[
                sent(is_deleted=True),
                sent(deleted_at=NOON),
                sent(is_deleted=True, deleted_at=NOON - MICROSECOND),
                *(sent(is_deleted=True, deleted_at=infinity) for infinity in INFINITIES),
            ],
            accepted=[
                sent(is_deleted=True, deleted_at=NOON),
                sent(is_deleted=True, deleted_at=NOON + MICROSECOND),
                sent(is_deleted=False, deleted_at=None),
            ],
        ),
        Rule(
            "messages_deleted_by_only_deleted",
            refused=[sent(deleted_by=BOB)],
            accepted=[deleted(deleted_by=BOB), deleted(deleted_by=None)],
        ),
    ],
)
