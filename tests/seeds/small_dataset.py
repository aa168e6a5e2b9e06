"""A world small enough to work out its receipts by hand: two chats, five people, nine messages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from seeds.copy_format import encoded, line
from seeds.tables import Batch

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BCRYPT = "$2b$12$" + "./AZaz09" * 6 + "abcde"

PEOPLE = [UUID(int=1 << 100 | number) for number in range(5)]
ANNA, BEN, CARA, DORA, EMIL = PEOPLE
GROUP, PAIR = UUID(int=2 << 100), UUID(int=3 << 100)

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
MONDAY, TUESDAY = NOW - timedelta(days=6), NOW - timedelta(days=5)
LATE = NOW - 10 * SECOND

# A conversation: chat, start, number.
CONVERSATIONS = [
    (GROUP, MONDAY, 1),
    (GROUP, TUESDAY, 2),
    (PAIR, MONDAY, 3),
    (PAIR, LATE, 4),
]

# Who was there: session, person, delivered from, read from, milliseconds between two glances.
ATTENTION = [
    (1, ANNA, MONDAY - MINUTE, MONDAY - MINUTE, 7000),  # all the time
    (1, BEN, MONDAY - MINUTE, MONDAY + 30 * MINUTE, 60_000),  # looks half an hour later
    (1, CARA, MONDAY + 60 * MINUTE, MONDAY + 20 * MINUTE, 1000),  # reads before the phone is on: so then
    (1, DORA, None, None, 1000),  # has no phone any more
    (2, ANNA, TUESDAY, TUESDAY, 10_000),
    (2, BEN, TUESDAY, None, 10_000),  # gets it and never looks
    (2, EMIL, TUESDAY, NOW + MINUTE, 10_000),  # will look
    (3, ANNA, MONDAY, MONDAY, 3000),
    (3, BEN, MONDAY, MONDAY, 3000),
    (4, ANNA, NOW + SECOND, NOW + SECOND, 500),  # a phone that is off now
    (4, BEN, LATE, LATE, 60_000),  # the next glance is still to come
]

# Chat, sender, time.
MESSAGES = [
    (GROUP, ANNA, MONDAY),
    (GROUP, BEN, MONDAY + timedelta(seconds=14, microseconds=123_456)),
    (GROUP, None, MONDAY + timedelta(seconds=21)),  # of the system, on a glance of Anna's
    (GROUP, BEN, TUESDAY - MINUTE),  # still of the session before
    (GROUP, ANNA, TUESDAY + timedelta(microseconds=999_999)),
    (PAIR, BEN, MONDAY + 5 * SECOND),
    (PAIR, ANNA, LATE + SECOND),
    (PAIR, BEN, LATE + 2 * SECOND),
    (PAIR, ANNA, NOW - timedelta(milliseconds=10)),  # is not there yet
]

Row = tuple[object, ...]
Rows = dict[str, list[Row]]


def message_id(number: int, created_at: datetime) -> UUID:
    return UUID(int=int(created_at.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62 | number)


IDS = [message_id(number, created_at) for number, (_, _, created_at) in enumerate(MESSAGES)]


def small_dataset() -> Rows:
    """Return the rows, all columns of each."""
    began = MONDAY - timedelta(days=30)
    talkers = {GROUP: PEOPLE, PAIR: [ANNA, BEN]}
    picture = ("rock.jpg", "image/jpeg", 1000)
    return {
        "users": [
            (person, f"user_{n}", BCRYPT, f"User {n} \\ ž", f"Bio\t{n}", None, "offline", None, began, began, None)
            for n, person in enumerate(PEOPLE)
        ],
        "contacts": [
            (ANNA, BEN, "accepted", ANNA, None, began, began, None),
            (BEN, ANNA, "accepted", ANNA, None, began, began, None),
        ],
        "chats": [
            (GROUP, "group", "Climbing", "climbing", None, None, ANNA, began, began, False, None),
            (PAIR, "direct", None, f"direct-{ANNA}-{BEN}", None, None, ANNA, began, began, False, None),
        ],
        "chat_participants": [
            (chat, person, "member", None, began, None, None, None) for chat in talkers for person in talkers[chat]
        ],
        "user_sessions": [
            (UUID(int=4 << 100), ANNA, "\\x" + "ab" * 32, *[None] * 6, True, began, began, NOW, None, None),
        ],
        "conversations": list(CONVERSATIONS),
        "messages": [_message(n, *message) for n, message in enumerate(MESSAGES)],
        "attachments": [
            (UUID(int=5 << 100), GROUP, IDS[0], 1, *picture, "rock", *[None] * 5, "\\x" + "cd" * 32, MONDAY),
        ],
        "message_reactions": [(GROUP, IDS[0], BEN, "👍", MONDAY)],
        "attention": list(ATTENTION),
    }


def _message(n: int, chat: UUID, sender: UUID | None, created_at: datetime) -> Row:
    said = (f"Line 1\nof {n}", "text" if sender else "system", "{}")
    return (IDS[n], chat, sender, *said, None, False, None, False, None, None, created_at)


def receipts() -> set[Row]:
    """Return the receipts that the definitions make of the small world, in Python's own arithmetic."""
    return {
        (chat, IDS[n], person, *_receipt(created_at, starts_at, delivered_from, read_from, glance_ms), created_at)
        for n, (chat, sender, created_at) in enumerate(MESSAGES)
        for starts_at, session in [
            max((start, s) for c, start, s in CONVERSATIONS if c == chat and start <= created_at)
        ]
        for there, person, delivered_from, read_from, glance_ms in ATTENTION
        if there == session and person != sender
    }


def _receipt(
    created_at: datetime,
    starts_at: datetime,
    delivered_from: datetime | None,
    read_from: datetime | None,
    glance_ms: int,
) -> tuple[str, datetime | None, datetime | None]:
    if delivered_from is None:
        return "pending", None, None
    delay = timedelta(milliseconds=60, microseconds=created_at.microsecond % 100_000)
    delivered_at = max(created_at + delay, delivered_from)
    if delivered_at > NOW:
        return "pending", None, None
    if read_from is None:
        return "delivered", delivered_at, None
    glance = timedelta(milliseconds=glance_ms)
    glances = -((starts_at - created_at) // glance)
    read_at = max(delivered_at, read_from, starts_at + glances * glance)
    return ("read", delivered_at, read_at) if read_at <= NOW else ("delivered", delivered_at, None)


def batches(rows: Rows) -> Iterator[Batch]:
    """Yield the rows as lines of COPY's text format."""
    for table in rows:
        yield table, encoded(line(map(_field, row)) for row in rows[table])


ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n"})


def _field(value: object) -> str:
    return "\\N" if value is None else str(value).translate(ESCAPED)
