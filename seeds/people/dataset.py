"""A generated world, as a stream of rows: people and what they have, then the conversations as time goes by."""

from collections.abc import Iterable, Iterator, Sequence
from random import Random

from faker import Faker

from ..copy_format import DAY, MINUTE, SECOND
from ..language.faker_names import Places
from ..language.vocabulary import Talk
from ..loading.loader import RECEIPTS_DUE
from ..options import Knobs
from .chats import make_chats, share_out
from .contacts import contact_rows
from .logins import session_rows
from .messages import Writer
from .people import People, Person
from .schedule import SHARE_LIVE, Planner, Session

Batch = tuple[str, Sequence[str]]

ROWS_A_BATCH = 5_000
LIVE_CHATS = 3
# How far a world reaches back: as long as everybody has so many messages a day, within bounds.
MESSAGES_A_DAY = 0.5
DAYS = (30, 720)

SHARE_ONLINE, SHARE_AWAY = 0.6, 0.3
PRESENT_FOR = 15 * MINUTE


class World:
    """A world of a seed, made of nothing else but the knobs and the usernames that are taken."""

    def __init__(self, knobs: Knobs, taken: Iterable[str]) -> None:
        """Take the usernames, in lower case, that the database has already."""
        faker = Faker(list(knobs.locales))
        faker.seed_instance(f"{knobs.seed}/faker")
        places = Places.invent([faker[locale] for locale in knobs.locales])
        self._knobs = knobs
        self._now = round(knobs.now.timestamp() * SECOND)
        self._random = Random(f"{knobs.seed}/world")
        self._talk = Talk(Random(f"{knobs.seed}/talk"), places)
        people = People(faker, knobs.seed, self._now, taken, self._talk.bio)
        self._people = [people.make() for _ in range(knobs.users)]

    def batches(self) -> Iterator[Batch]:
        """Yield the rows by table, as lines for COPY; a row comes after those it refers to."""
        chats = list(
            make_chats(self._people, self._knobs.chats, self._knobs.largest_group, self._talk, self._knobs.seed)
        )
        share_out(self._knobs.messages, chats, self._knobs.seed)
        live = {
            chat.id
            for chat in self._random.sample(chats, min(len(chats), max(LIVE_CHATS, round(len(chats) * SHARE_LIVE))))
        }
        days = min(max(round(self._knobs.messages / self._knobs.users / MESSAGES_A_DAY), DAYS[0]), DAYS[1])
        planner = Planner(self._knobs.seed, self._now, days * DAY)
        chat_rows: list[str] = []
        participants: list[str] = []
        sessions: list[Session] = []
        for chat in chats:
            plan = planner.plan(chat, is_live=chat.id in live)
            yield "talk_sessions", plan.talk_sessions
            yield "attention", plan.attention
            chat_rows.append(plan.chat)
            participants += plan.participants
            sessions += plan.sessions
        yield from self._everybody()
        yield "contacts", list(contact_rows(chats, self._now, self._random))
        yield "chats", chat_rows
        yield "chat_participants", participants
        sessions.sort()
        yield from self._conversations(sessions)

    def _everybody(self) -> Iterator[Batch]:
        users: list[str] = []
        logins: list[str] = []
        for person in self._people:
            status = self._status(person)
            users.append(person.row(status, self._random))
            logins += session_rows(person, status, self._now, self._random)
        yield "users", users
        yield "user_sessions", logins

    def _status(self, person: Person) -> str:
        lot = self._random.random()
        if person.last_trace < self._now - PRESENT_FOR or person.is_deleted:
            return "offline"
        return "online" if lot < SHARE_ONLINE else "away" if lot < SHARE_ONLINE + SHARE_AWAY else "offline"

    def _conversations(self, sessions: Iterable[Session]) -> Iterator[Batch]:
        writer = Writer(self._talk, self._knobs.seed, self._now)
        for session in sessions:
            writer.write(session)
            if len(writer.messages) >= ROWS_A_BATCH:
                yield from writer.taken()
                yield RECEIPTS_DUE
        yield from writer.taken()
