"""A generated data set as a stream of rows: people and what belongs to them, then conversations in order of time."""

from collections.abc import Generator, Iterable, Iterator
from random import Random

from faker import Faker

from ..copy_format import DAY, MINUTE, SECOND, encoded
from ..demo.demo_people import DemoPerson
from ..language.names import Names
from ..language.phrases import Phrases
from ..options import Options
from ..tables import RECEIPTS_DUE, Batch
from .chats import invite, make_chats, share_out
from .contacts import contact_rows
from .logins import session_rows
from .messages import MessageWriter
from .parallel import written
from .people import People, Person
from .schedule import SHARE_LIVE, Scheduled, Scheduler

LIVE_CHATS = 3
ENOUGH_FOR_GUESTS = 10
# How many days a data set reaches back: until everybody has so many messages per day, within bounds. Assumed.
MESSAGES_PER_DAY = 0.5
DAYS = (30, 720)

# Of the people who were there a moment ago. Assumed.
SHARE_ONLINE, SHARE_AWAY = 0.6, 0.3
PRESENT_FOR = 15 * MINUTE


class Dataset:
    """The data set of a seed, made of nothing but the options and the usernames that are taken."""

    def __init__(
        self, options: Options, taken: Iterable[str], guests: Iterable[DemoPerson] = (), processes: int = 0
    ) -> None:
        """Take the usernames, in lower case, that the database has already, and the demo people who take part.

        Messages are written in so many processes; by default in as many as it has cores if there are enough of them.
        """
        faker = Faker(list(options.locales))
        faker.seed_instance(f"{options.seed}/faker")
        self._names = Names.invent([faker[locale] for locale in options.locales])
        self._options = options
        self._processes = processes
        self._now = round(options.now.timestamp() * SECOND)
        # The texts that seed a Random choose the rows: another text would make another data set for the same SEED.
        self._random = Random(f"{options.seed}/world")
        self._phrases = Phrases(self._names, Random(f"{options.seed}/phrases"))
        people = People(faker, options.seed, self._now, taken, self._phrases.bio)
        self._people = [people.make() for _ in range(options.users)]
        self._guests = [people.guest(*guest) for guest in guests if options.users >= ENOUGH_FOR_GUESTS]

    def batches(self) -> Generator[Batch, None, None]:
        """Yield the rows by table, as lines for COPY; a row comes after those it refers to."""
        options = self._options
        chats = list(make_chats(self._people, options.chats, options.largest_group, self._phrases, options.seed))
        if self._guests:
            invite(self._guests, chats)
        share_out(options.messages, chats, options.seed)
        live = {
            chat.id
            for chat in self._random.sample(chats, min(len(chats), max(LIVE_CHATS, round(len(chats) * SHARE_LIVE))))
        }
        days = min(max(round(options.messages / options.users / MESSAGES_PER_DAY), DAYS[0]), DAYS[1])
        scheduler = Scheduler(options.seed, self._now, days * DAY)
        chat_rows: list[str] = []
        participants: list[str] = []
        conversations: list[Scheduled] = []
        for chat in chats:
            schedule = scheduler.schedule(chat, is_live=chat.id in live)
            yield "conversations", encoded(schedule.conversation_rows)
            yield "attention", encoded(schedule.attention_rows)
            chat_rows.append(schedule.chat_row)
            participants += schedule.participant_rows
            conversations += schedule.conversations
        yield from self._people_rows()
        yield "contacts", encoded(contact_rows(chats, self._now, self._random))
        yield "chats", encoded(chat_rows)
        yield "chat_participants", encoded(participants)
        conversations.sort()
        yield from self._message_rows(conversations)

    def _people_rows(self) -> Iterator[Batch]:
        users: list[str] = []
        logins: list[str] = []
        for person in self._people:
            status = self._status(person)
            users.append(person.row(status, self._random))
            logins += session_rows(person, status, self._now, self._random)
        yield "users", encoded(users)
        yield "user_sessions", encoded(logins)

    def _status(self, person: Person) -> str:
        lot = self._random.random()
        if person.last_trace < self._now - PRESENT_FOR or person.is_deleted:
            return "offline"
        return "online" if lot < SHARE_ONLINE else "away" if lot < SHARE_ONLINE + SHARE_AWAY else "offline"

    def _message_rows(self, conversations: list[Scheduled]) -> Iterator[Batch]:
        writer = MessageWriter(self._names, self._options.seed, self._now)
        for part in written(writer, conversations, self._processes):
            yield from part
            yield RECEIPTS_DUE
