"""The people of a generated data set: names and home towns by Faker, habits by guesses that seeds/README.md lists."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from ..copy_format import DAY, HOUR, escaped_or_null, line, timestamp, timestamp_or_null
from ..distributions import Lognormal, uuid4
from ..tables import UserRow

if TYPE_CHECKING:  # importing it takes longer than all that a process that writes messages needs
    from faker import Faker

# Everybody has alice's: a hash for each person would take bcrypt hours.
PASSWORD_HASH = "$2b$12$q5Xvt3SMgjxhnztEGepb8uu373EJZZ7dEJdz//EUhnI.zJKiKNfyK"  # noqa: S105 (known on purpose, and said so)

# All assumed.
SHARE_GONE = 0.06
SHARE_DELETED = 0.02
SHARE_WITHOUT_DISPLAY_NAME = 0.08
SHARE_WITH_BIO = 0.4
SHARE_WITH_AVATAR = 0.6
GONE_FOR = Lognormal(4 * DAY, 1.2, DAY, 400 * DAY)
GUEST_WEIGHT = 4000
TALKATIVENESS = Lognormal(1000, 2.2, 10, 1_000_000)

FAMILY_NAME_FIRST = ("hu", "ja", "ko", "vi", "zh")
TOWNS_PER_LOCALE = 200
NAMES_PER_LOCALE = 500
DEGREES_PER_HOUR = 15
SHORTEST_USERNAME = 3
# People who sign up have contacts before the first chat, but not for longer than this.
AFTER_SIGNING_UP = 2 * DAY


@dataclass(slots=True)
class Person:
    """A person of the data set. Times are microseconds since 1970."""

    id: str
    username: str
    first_name: str
    display_name: str | None
    bio: str | None
    offset: int  # of local time from UTC, by the longitude of the home town
    weight: int  # how much they talk
    gone_since: int | None  # looks at nothing from then on
    is_deleted: bool
    first_trace: int
    last_trace: int

    def is_gone(self, time: int) -> bool:
        """Return whether they have stopped looking at anything by that time."""
        return self.gone_since is not None and self.gone_since <= time

    def stays(self) -> None:
        """Let them not be gone after all."""
        self.gone_since, self.is_deleted = None, False

    def hour(self, time: int) -> int:
        """Return the hour of the day where they live, 0 to 23."""
        return (time + self.offset) % DAY // HOUR

    def day(self, time: int) -> int:
        """Return the days since 1970 where they live."""
        return (time + self.offset) // DAY

    @property
    def shown_name(self) -> str:
        """The name that others see."""
        return self.display_name or self.username

    def row(self, status: str, random: Random) -> str:
        """Return the row of users."""
        signed_up = self.first_trace - random.randrange(AFTER_SIGNING_UP, 60 * DAY)
        deleted_at = self.gone_since if self.is_deleted else None
        avatar = f"https://example.com/avatars/{self.id}.jpg" if random.random() < SHARE_WITH_AVATAR else None
        return line(
            UserRow(
                id=self.id,
                username=self.username,
                password_hash=PASSWORD_HASH,
                display_name=escaped_or_null(self.display_name),
                bio=escaped_or_null(self.bio),
                avatar_url=escaped_or_null(avatar),
                status=status,
                last_seen_at=timestamp_or_null(self.last_trace or None),
                created_at=timestamp(signed_up),
                updated_at=timestamp(deleted_at or signed_up),
                deleted_at=timestamp_or_null(deleted_at),
            )
        )


def first_id(seed: int) -> str:
    """Return the id of the first person of a data set: a database that has it has the data set of that seed."""
    return uuid4(Random(f"{seed}/ids"))


class People:
    """Makes people one by one, the same people for the same seed."""

    def __init__(self, faker: "Faker", seed: int, now: int, taken: Iterable[str], bio: Callable[[], str]) -> None:
        """Take Faker with its locales, and the usernames that are taken, in lower case."""
        self._faker = faker
        self._random = Random(f"{seed}/people")
        self._ids = Random(f"{seed}/ids")
        self._now = now
        self._taken = set(taken)
        self._bio = bio
        # Faker draws a name in a tenth of a millisecond: a stock of them is drawn from instead.
        self._first_names = {
            locale: [faker[locale].first_name() for _ in range(NAMES_PER_LOCALE)] for locale in faker.locales
        }
        self._last_names = {
            locale: [faker[locale].last_name() for _ in range(NAMES_PER_LOCALE)] for locale in faker.locales
        }
        self._offsets = {locale: self._local_times(locale) for locale in faker.locales}

    def _local_times(self, locale: str) -> list[int]:
        local = self._faker[locale]
        towns = (local.local_latlng(locale[-2:]) or local.location_on_land() for _ in range(TOWNS_PER_LOCALE))
        return [round(float(longitude) / DEGREES_PER_HOUR) * HOUR for _, longitude, *_ in towns]

    def make(self) -> Person:
        """Return another person."""
        random = self._random
        locale = random.choice(self._faker.locales)
        local = self._faker[locale]
        first, last = random.choice(self._first_names[locale]), random.choice(self._last_names[locale])
        shown = f"{last} {first}" if locale.startswith(FAMILY_NAME_FIRST) else f"{first} {last}"
        lot = random.random()
        return Person(
            id=uuid4(self._ids),
            username=self._username(first, last, local),
            first_name=first,
            display_name=None if random.random() < SHARE_WITHOUT_DISPLAY_NAME else shown[:100],
            bio=self._bio() if random.random() < SHARE_WITH_BIO else None,
            offset=random.choice(self._offsets[locale]),
            weight=TALKATIVENESS.draw(random),
            gone_since=(gone_since := self._now - GONE_FOR.draw(random) if lot < SHARE_GONE else None),
            is_deleted=lot < SHARE_DELETED,
            first_trace=(gone_since or self._now) - HOUR,  # of somebody who is never in a chat
            last_trace=0,
        )

    def guest(self, person_id: str, username: str, display_name: str) -> Person:
        """Return a person whose row of users is somebody else's to make."""
        return Person(
            id=person_id,
            username=username,
            first_name=display_name.split(maxsplit=1)[0],
            display_name=display_name,
            bio=None,
            offset=self._random.choice(self._offsets[self._faker.locales[0]]),
            weight=GUEST_WEIGHT,
            gone_since=None,
            is_deleted=False,
            first_trace=self._now - HOUR,
            last_trace=0,
        )

    def _username(self, first: str, last: str, local: "Faker") -> str:
        random = self._random
        first, last = _letters(first), _letters(last)
        if not (first and last):  # not written in Latin letters: Faker knows how a username is made of it there
            first, last = _letters(local.user_name()).strip("0123456789") or "user", ""
        number = str(random.randrange(1, 100))
        shapes = (first + last, f"{first}_{last}", first[:1] + last, first + number, f"{first}_{number}", last + number)
        name = random.choice(shapes).strip("_")[:40]
        name = f"user_{name}" if name.isdigit() else name
        while len(name) < SHORTEST_USERNAME or name in self._taken:
            name += str(random.randrange(10))
        self._taken.add(name)
        return name


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]", "", plain)
