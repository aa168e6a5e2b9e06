"""Contacts: people who chat, a few whose request is pending, a few who are blocked."""

from collections.abc import Iterable, Iterator
from random import Random

from ..copy_format import DAY, HOUR, escaped_or_null, line, timestamp, timestamp_or_null
from ..tables import ContactRow
from .chats import Chat
from .people import AFTER_SIGNING_UP, Person

# All assumed.
SHARE_PENDING = 0.06
SHARE_BLOCKED = 0.02
SHARE_NICKNAME = 0.1
CONTACTS_PER_GROUP = 2


def contact_rows(chats: Iterable[Chat], now: int, random: Random) -> Iterator[str]:
    """Yield the rows of contacts, each followed by its mirror: the pairs of direct chats, and a few of each group."""
    known: set[tuple[str, str]] = set()
    for chat in chats:
        for _ in range(CONTACTS_PER_GROUP if chat.is_group else 1):
            one, other = random.sample(chat.members, 2)
            if (one.id, other.id) not in known:
                known |= {(one.id, other.id), (other.id, one.id)}
                yield from _both_rows(one, other, now, random, is_new=chat.is_group)


def _both_rows(requester: Person, requested: Person, now: int, random: Random, *, is_new: bool) -> Iterator[str]:
    lot = random.random()
    is_pending = is_new and lot < SHARE_PENDING
    # Before their first chat together, and after both had signed up.
    latest = max(requester.first_trace, requested.first_trace)
    longest = min(20 * DAY, now - latest + AFTER_SIGNING_UP)
    created = now - random.randrange(HOUR, longest) if is_pending else latest - random.randrange(HOUR, AFTER_SIGNING_UP)
    accepted = None if is_pending else created + random.randrange(HOUR)
    # Not between people who have a direct chat.
    blocked = now - random.randrange(HOUR, 20 * DAY) if is_new and lot > 1 - SHARE_BLOCKED else None
    for one, other, blocked_at in ((requester, requested, None), (requested, requester, blocked)):
        nickname = other.first_name if random.random() < SHARE_NICKNAME else None
        yield line(
            ContactRow(
                user_id=one.id,
                contact_id=other.id,
                status="blocked" if blocked_at else "pending" if is_pending else "accepted",
                requested_by=requester.id,
                nickname=escaped_or_null(nickname),
                created_at=timestamp(created),
                accepted_at=timestamp_or_null(accepted),
                blocked_at=timestamp_or_null(blocked_at),
            )
        )
