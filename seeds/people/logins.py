"""The logins of a generated person: one or more devices, and the session that a token's renewal ended."""

from collections.abc import Iterator
from random import Random

from ..copy_format import DAY, FALSE, MINUTE, NULL, binary, boolean, line, timestamp
from ..distributions import Weighted, uuid4
from ..tables import SessionRow
from .people import Person

SESSION_LIFE = 30 * DAY
SHARE_RENEWED = 0.3  # assumed
DEVICES_PER_PERSON = Weighted((0, 45, 40, 15))  # assumed
DEVICES = (
    ("ios", "iPhone", "Messenger/4.2 (iPhone; iOS 19.1)"),
    ("ios", "iPad", "Messenger/4.2 (iPad; iPadOS 19.1)"),
    ("android", "Pixel 9", "Messenger/4.2 (Android 16; Pixel 9)"),
    ("android", "Galaxy S25", "Messenger/4.1 (Android 15; SM-S931B)"),
    ("web", "Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
    ("web", "Chrome on Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0"),
    ("desktop", "MacBook", "MessengerDesktop/4.2 (macOS 26.1)"),
    ("desktop", "Windows PC", "MessengerDesktop/4.2 (Windows NT 10.0; Win64; x64)"),
)
# Addresses for documentation: RFC 5737.
NETWORKS = ("192.0.2", "198.51.100", "203.0.113")


def session_rows(person: Person, status: str, now: int, random: Random) -> Iterator[str]:
    """Yield the person's rows of user_sessions, a session after the one that replaced it."""
    for number in range(DEVICES_PER_PERSON.draw(random)):
        device_type, device_name, agent = random.choice(DEVICES)
        device_id = f"device-{random.getrandbits(64):016x}"
        address = f"{random.choice(NETWORKS)}.{random.randrange(1, 255)}"
        used = max(person.last_trace, person.first_trace) - number * random.randrange(MINUTE, 3 * DAY)
        created = used - random.randrange(MINUTE, SESSION_LIFE // 2)
        is_active = created + SESSION_LIFE > now and not person.is_deleted
        is_connected = is_active and number == 0 and status != "offline"
        session = SessionRow(
            id=uuid4(random),
            user_id=person.id,
            token_hash=_token_hash(random),
            device_id=device_id,
            device_type=device_type,
            device_name=device_name,
            socket_id=f"socket-{random.getrandbits(64):016x}" if is_connected else NULL,
            ip_address=address,
            user_agent=agent,
            is_active=boolean(is_active),
            last_activity_at=timestamp(used),
            created_at=timestamp(created),
            expires_at=timestamp(created + SESSION_LIFE),
            revoked_at=timestamp(used) if person.is_deleted else NULL,
            replaced_by=NULL,
        )
        yield line(session)
        if random.random() < SHARE_RENEWED:
            before = created - random.randrange(DAY, SESSION_LIFE)
            replaced = session._replace(
                id=uuid4(random),
                token_hash=_token_hash(random),
                socket_id=NULL,
                is_active=FALSE,
                last_activity_at=timestamp(created),
                created_at=timestamp(before),
                expires_at=timestamp(before + SESSION_LIFE),
                revoked_at=timestamp(created),
                replaced_by=session.id,
            )
            yield line(replaced)


def _token_hash(random: Random) -> str:
    return binary(random.randbytes(32))
