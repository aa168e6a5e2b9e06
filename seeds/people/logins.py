"""The logins of a generated person: one or more devices, and the session before a token was renewed."""

from collections.abc import Iterator
from random import Random

from ..copy_format import DAY, MINUTE, NULL, line, stamp
from ..distributions import Weighted, uuid4
from .people import Person

SESSION_LIFE = 30 * DAY
SHARE_RENEWED = 0.3
HOW_MANY = Weighted((0, 45, 40, 15))
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
# Addresses that documentation may use: RFC 5737.
NETWORKS = ("192.0.2", "198.51.100", "203.0.113")


def session_rows(person: Person, status: str, now: int, random: Random) -> Iterator[str]:
    """Yield the rows of user_sessions, a session after the one that took over from it."""
    for number in range(HOW_MANY.draw(random)):
        device_type, name, agent = random.choice(DEVICES)
        device = (f"device-{random.getrandbits(64):016x}", device_type, name)
        network = (f"{random.choice(NETWORKS)}.{random.randrange(1, 255)}", agent)
        used = max(person.last_trace, person.first_trace) - number * random.randrange(MINUTE, 3 * DAY)
        created = used - random.randrange(MINUTE, SESSION_LIFE // 2)
        is_active = created + SESSION_LIFE > now and not person.is_deleted
        is_connected = is_active and number == 0 and status != "offline"
        newest = uuid4(random)
        yield line(
            newest,
            person.id,
            _token(random),
            *device,
            f"socket-{random.getrandbits(64):016x}" if is_connected else NULL,
            *network,
            "t" if is_active else "f",
            stamp(used),
            stamp(created),
            stamp(created + SESSION_LIFE),
            stamp(used) if person.is_deleted else NULL,
            NULL,
        )
        if random.random() < SHARE_RENEWED:
            before = created - random.randrange(DAY, SESSION_LIFE)
            yield line(
                uuid4(random),
                person.id,
                _token(random),
                *device,
                NULL,
                *network,
                "f",
                stamp(created),
                stamp(before),
                stamp(before + SESSION_LIFE),
                stamp(created),
                newest,
            )


def _token(random: Random) -> str:
    return rf"\\x{random.getrandbits(256):064x}"
