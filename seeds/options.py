"""The options of `make seed`: how large a data set is, and which one."""

import argparse
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Self

from faker.config import AVAILABLE_LOCALES

from messenger_db.errors import MessengerError
from messenger_db.settings import whole_number

from .chat_statistics import largest_group
from .people.chats import SMALLEST_GROUP

MESSAGES, USERS, SEED, LOCALE = 2_000, 50, 1, "en_US"
CHATS_PER_USER = 0.8
MOST_MESSAGES, MOST_USERS, MOST_CHATS, MOST_SEED = 1_000_000_000, 1_000_000, 2_000_000, 2**63 - 1
# More would take years at the pace of people.
MOST_MESSAGES_PER_CHAT = 1_000_000
OLDEST_NOW, LATEST_NOW = 2000, 9000


@dataclass(frozen=True)
class Options:
    """A data set that was asked for."""

    messages: int
    users: int
    chats: int
    largest_group: int
    seed: int
    locales: tuple[str, ...]
    now: datetime

    @classmethod
    def from_command_line(cls) -> Self:
        """Read the options, whose defaults are environment variables of the same names.

        Raises MessengerError for a value that is refused.
        """
        parser = argparse.ArgumentParser(
            prog="python -m seeds",
            description="Add the demo people and a generated data set of chats to the database of DATABASE_URL, or of "
            "this checkout's embedded server. The default of each option is the environment variable of the same name.",
        )
        for name, what in (
            ("messages", f"how many messages; default {MESSAGES:,}"),
            ("users", f"how many people; default {USERS}"),
            ("chats", f"how many chats, direct chats and groups; default {CHATS_PER_USER} per person"),
            (
                "largest-group",
                "how many members the largest group has; default 300, or everybody where there are fewer",
            ),
            ("seed", f"a number: the same makes the same data set, another one adds a second data set; default {SEED}"),
            (
                "locale",
                f"where people come from: one of Faker's locales, or several as in en_US,ja_JP; default {LOCALE}",
            ),
            ("now", "when the data set ends, as in 2026-11-22T18:00:00Z; default the current time"),
        ):
            parser.add_argument(f"--{name}", default=os.environ.get(name.upper().replace("-", "_"), ""), help=what)
        given = parser.parse_args()
        everybody = largest_group()
        users = _number("USERS", given.users or str(USERS), 2, MOST_USERS)
        is_pair = users < SMALLEST_GROUP
        chats = _number("CHATS", given.chats or str(1 if is_pair else round(users * CHATS_PER_USER)), 1, MOST_CHATS)
        largest = _number(
            "LARGEST_GROUP",
            given.largest_group or str(min(everybody, users)),
            2 if is_pair else SMALLEST_GROUP,
            everybody,
        )
        messages = _number("MESSAGES", given.messages or str(MESSAGES), 1, MOST_MESSAGES)
        if largest > users:
            raise MessengerError(
                f"LARGEST_GROUP={largest} is more than USERS={users}: set USERS={largest} or LARGEST_GROUP={users}"
            )
        if is_pair and chats > 1:
            raise MessengerError(f"CHATS={chats} needs more than two people: set USERS=3 or more, or leave CHATS out")
        if messages > chats * MOST_MESSAGES_PER_CHAT:
            enough = -(-messages // MOST_MESSAGES_PER_CHAT)
            raise MessengerError(f"MESSAGES={messages} is more than {chats} chats can hold: set CHATS={enough} or more")
        seed = _number("SEED", given.seed or str(SEED), 0, MOST_SEED)
        return cls(messages, users, chats, largest, seed, _locales(given.locale or LOCALE), _time(given.now))


def _number(name: str, given: str, least: int, most: int) -> int:
    number = whole_number(given)
    if number is None or not least <= number <= most:
        raise MessengerError(
            f"{name}={given} is refused: set a whole number from {least:,} to {most:,}, such as {name}={least}"
        )
    return number


def _locales(given: str) -> tuple[str, ...]:
    locales = tuple(dict.fromkeys(given.replace(",", " ").split())) or (given,)
    for locale in locales:
        if locale not in AVAILABLE_LOCALES:
            raise MessengerError(
                f"LOCALE={given} is refused, as Faker has no locale {locale}: "
                "set one, as in LOCALE=de_DE, or several, as in LOCALE=en_US,ja_JP"
            )
        # Faker would take American names.
        if not find_spec(f"faker.providers.person.{locale}"):
            raise MessengerError(
                f"LOCALE={given} is refused, as Faker has no names of people for {locale}: "
                "set one that has, as in LOCALE=de_DE, or several, as in LOCALE=en_US,ja_JP"
            )
    return locales


def _time(given: str) -> datetime:
    if not given:
        return datetime.now(UTC)
    try:
        now = datetime.fromisoformat(given)
    except ValueError:
        raise MessengerError(f"NOW={given} is not a time: set it as in NOW=2026-11-22T18:00:00Z") from None
    now = now if now.tzinfo else now.replace(tzinfo=UTC)
    if not OLDEST_NOW <= now.year <= LATEST_NOW:
        raise MessengerError(f"NOW={given} is refused: set a year from {OLDEST_NOW} to {LATEST_NOW}")
    return now.astimezone(UTC)
