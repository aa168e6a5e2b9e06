"""The chats of a generated data set: their members, and how many messages each has."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isqrt
from random import Random

from ..chat_statistics import value
from ..distributions import Lognormal, uuid4
from ..language.phrases import Phrases
from .people import Person

SHARE_DIRECT = 0.6  # assumed
SMALLEST_GROUP = 3
GROUP_SIZE_DEVIATION = 1.0  # assumed
# People know people whose number is near theirs, so that friends of friends are often friends. Assumed.
DISTANCE = Lognormal(6, 1.1, 1, 100_000)
LIVELINESS = Lognormal(1000, 1.0, 20, 100_000)
# A group twice as large is a little livelier, not twice as lively. Assumed, as is liveliness.
LIVELINESS_BY_SIZE = 0.1
# Of the first chats, those that have a guest; and which one: the first guest has the longest list. Assumed.
INVITED_EVERY, INVITED_UP_TO = 3, 90
GUESTS_IN_TURN = (0, 0, 1, 0, 2, 0, 0, 3)


@dataclass(slots=True)
class Chat:
    """A chat; its first member created it."""

    id: str
    topic: str | None
    name: str | None
    description: str | None
    members: list[Person]
    messages: int = 0

    @property
    def is_group(self) -> bool:
        """Whether it is a group; otherwise it is a direct chat."""
        return self.topic is not None

    @property
    def slug(self) -> str:
        """The value of chats.slug."""
        if self.name is None:
            return "direct-" + "-".join(sorted(person.id for person in self.members))
        words = re.sub("[^a-z0-9]+", "-", self.name.lower()).strip("-")[:80]
        return f"{words}-{self.id[:8]}".strip("-")


def direct_chats_of(chats: int, users: int) -> int:
    """Return how many of the chats are direct: at most one for each pair, and all where there is nobody for a group."""
    pairs = users * (users - 1) // 2
    return min(pairs, chats if users < SMALLEST_GROUP else max(1, round(chats * SHARE_DIRECT)))


def make_chats(people: Sequence[Person], chats: int, largest_group: int, phrases: Phrases, seed: int) -> Iterator[Chat]:
    """Yield the chats, direct chats and groups mixed; the first group is the largest."""
    random = Random(f"{seed}/chats")
    direct = direct_chats_of(chats, len(people))
    sizes = Lognormal(value("group_size_median", "group"), GROUP_SIZE_DEVIATION, SMALLEST_GROUP, largest_group)
    pairs: set[tuple[int, int]] = set()
    size = largest_group
    for number in range(chats):
        # As even a mixture as whole numbers allow.
        if direct * (number + 1) // chats > direct * number // chats:
            members = _pair(people, pairs, random)
            yield Chat(uuid4(random), None, None, None, members)
        else:
            topic = phrases.topic()
            members = _circle(people, size, random)
            yield Chat(uuid4(random), topic, phrases.group_name(topic), phrases.group_description(topic), members)
            size = sizes.draw(random)


def invite(guests: Sequence[Person], chats: Sequence[Chat]) -> None:
    """Put guests in the place of the last member of some chats, but not twice in a direct chat with the same person."""
    known: set[tuple[str, str]] = set()
    for turn, chat in enumerate(chats[:INVITED_UP_TO:INVITED_EVERY]):
        guest = guests[GUESTS_IN_TURN[turn % len(GUESTS_IN_TURN)]]
        company = (chat.members[0].id, guest.id)
        if chat.is_group or company not in known:
            known.add(company)
            chat.members[-1] = guest


def _pair(people: Sequence[Person], pairs: set[tuple[int, int]], random: Random) -> list[Person]:
    one = random.randrange(len(people))
    other = (one + DISTANCE.draw(random)) % len(people)
    while one == other or (min(one, other), max(one, other)) in pairs:
        other = (other + 1) % len(people)
        if other == one:  # they have a chat with everybody
            one = (one + 1) % len(people)
    pairs.add((min(one, other), max(one, other)))
    return [people[one], people[other]]


def _circle(people: Sequence[Person], size: int, random: Random) -> list[Person]:
    if size * 3 > len(people):
        return random.sample(people, size)
    center = random.randrange(len(people))
    chosen = {center: None}
    while len(chosen) < size:
        distance = DISTANCE.draw(random) * size // 3 + random.randrange(size)
        chosen[(center + random.choice((distance, -distance))) % len(people)] = None
    return [people[number] for number in chosen]


def share_out(messages: int, chats: Sequence[Chat], seed: int) -> None:
    """Divide the messages among the chats: many for few of them, at least one for each where there are enough."""
    random = Random(f"{seed}/liveliness")
    weights = [
        LIVELINESS.draw(random) * round(1000 * len(chat.members) ** LIVELINESS_BY_SIZE) * _talkativeness(chat)
        for chat in chats
    ]
    total = sum(weights)
    least = 1 if messages >= len(chats) else 0
    spare = messages - least * len(chats)
    for chat, weight in zip(chats, weights, strict=True):
        chat.messages = least + spare * weight // total
    rest = messages - sum(chat.messages for chat in chats)
    for chat, _ in sorted(zip(chats, weights, strict=True), key=lambda pair: -(spare * pair[1] % total))[:rest]:
        chat.messages += 1


def _talkativeness(chat: Chat) -> int:
    """Return how talkative the two people are with whom the chat began."""
    return isqrt(chat.members[0].weight * chat.members[1].weight)
