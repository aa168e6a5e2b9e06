"""Who knows whom in a generated world: those who chat, a few who asked, a few who are blocked."""

from collections.abc import Iterable, Iterator
from random import Random

from ..copy_format import DAY, HOUR, escaped_or_null, line, stamp, stamp_or_null
from .chats import Chat
from .people import AFTER_SIGNING_UP, Person

SHARE_PENDING = 0.06
SHARE_BLOCKED = 0.02
SHARE_NICKNAME = 0.1
KNOWN_IN_A_GROUP = 2


def contact_rows(chats: Iterable[Chat], now: int, random: Random) -> Iterator[str]:
    """Yield the rows of contacts, each followed by its mirror: pairs of direct chats, and a few of each group."""
    known: set[tuple[str, str]] = set()
    for chat in chats:
        for _ in range(KNOWN_IN_A_GROUP if chat.is_group else 1):
            one, other = random.sample(chat.members, 2)
            if (one.id, other.id) not in known:
                known |= {(one.id, other.id), (other.id, one.id)}
                yield from _both(one, other, now, random, is_new=chat.is_group)


def _both(asks: Person, asked: Person, now: int, random: Random, *, is_new: bool) -> Iterator[str]:
    lot = random.random()
    is_pending = is_new and lot < SHARE_PENDING
    # Before their first chat together, and after both had signed up.
    latest = max(asks.first_trace, asked.first_trace)
    asked_for = min(20 * DAY, now - latest + AFTER_SIGNING_UP)
    created = (
        now - random.randrange(HOUR, asked_for) if is_pending else latest - random.randrange(HOUR, AFTER_SIGNING_UP)
    )
    accepted = None if is_pending else created + random.randrange(HOUR)
    # Not those who write to each other.
    blocked = now - random.randrange(HOUR, 20 * DAY) if is_new and lot > 1 - SHARE_BLOCKED else None
    for one, other, blocked_at in ((asks, asked, None), (asked, asks, blocked)):
        status = "pending" if is_pending else "accepted"
        nickname = other.first_name if random.random() < SHARE_NICKNAME else None
        yield line(
            one.id,
            other.id,
            "blocked" if blocked_at else status,
            asks.id,
            escaped_or_null(nickname),
            stamp(created),
            stamp_or_null(accepted),
            stamp_or_null(blocked_at),
        )
