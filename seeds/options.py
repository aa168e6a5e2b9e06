"""How large a world is asked for, and which one: the knobs of `make seed`."""

import argparse
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from faker.config import AVAILABLE_LOCALES

from messenger_db.errors import MessengerError

from .people.chats import SMALLEST_GROUP
from .statistics import largest_group

MESSAGES, USERS, SEED, LOCALE = 2_000, 50, 1, "en_US"
CHATS_A_USER = 0.8
MOST_MESSAGES, MOST_USERS, MOST_CHATS, MOST_SEED = 1_000_000_000, 1_000_000, 2_000_000, 2**63 - 1
# Written at the pace of people, they take years.
MOST_MESSAGES_A_CHAT = 1_000_000
OLDEST_NOW, LATEST_NOW = 2000, 9000


@dataclass(frozen=True)
class Knobs:
    """What make seed was asked for."""

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

        Raises MessengerError for a size that no world can have, in one line.
        """
        parser = argparse.ArgumentParser(
            prog="python -m seeds",
            description="Put the demo people and a generated world of chats into the database: that of DATABASE_URL, "
            "else of this checkout's embedded server. Each option's default is the environment variable of its name.",
        )
        for name, what in (
            ("messages", f"how many messages; {MESSAGES:,} if nothing is said"),
            ("users", f"how many people; {USERS}"),
            ("chats", f"how many chats, direct ones and groups; {CHATS_A_USER} a person"),
            ("largest-group", "how many people the largest group has; 300, or everybody where they are fewer"),
            ("seed", f"a number: the same one makes the same world, another one a second world; {SEED}"),
            ("locale", f"where people come from, such as de_DE or en_US,ja_JP: names and places; {LOCALE}"),
            ("now", "when the world ends, as 2026-11-22T18:00:00Z; the clock's time"),
        ):
            parser.add_argument(f"--{name}", default=os.environ.get(name.upper().replace("-", "_"), ""), help=what)
        said = parser.parse_args()
        everybody = largest_group()
        users = _number("USERS", said.users or str(USERS), 2, MOST_USERS)
        is_pair = users < SMALLEST_GROUP
        chats = _number("CHATS", said.chats or str(1 if is_pair else round(users * CHATS_A_USER)), 1, MOST_CHATS)
        largest = _number(
            "LARGEST_GROUP",
            said.largest_group or str(min(everybody, users)),
            2 if is_pair else SMALLEST_GROUP,
            everybody,
        )
        messages = _number("MESSAGES", said.messages or str(MESSAGES), 1, MOST_MESSAGES)
        if largest > users:
            raise MessengerError(
                f"a group of {largest} needs as many people: say USERS={largest}, or a smaller LARGEST_GROUP"
            )
        if is_pair and chats > 1:
            raise MessengerError(f"{chats} chats need more than two people: say USERS=3, or leave CHATS out")
        if messages > chats * MOST_MESSAGES_A_CHAT:
            enough = -(-messages // MOST_MESSAGES_A_CHAT)
            raise MessengerError(f"{messages:,} messages are more than {chats} chats can hold: say CHATS={enough}")
        seed = _number("SEED", said.seed or str(SEED), 0, MOST_SEED)
        return cls(messages, users, chats, largest, seed, _locales(said.locale or LOCALE), _time(said.now))


def _number(name: str, said: str, least: int, most: int) -> int:
    if not (said.isascii() and said.isdigit() and least <= int(said) <= most):
        raise MessengerError(
            f"{name}={said} does not go: say a whole number from {least:,} to {most:,}, such as {name}={least}"
        )
    return int(said)


def _locales(said: str) -> tuple[str, ...]:
    locales = tuple(dict.fromkeys(said.replace(",", " ").split())) or (said,)
    for locale in locales:
        if locale not in AVAILABLE_LOCALES:
            raise MessengerError(
                f"Faker has no locale {locale}: say one such as LOCALE=de_DE, or several, LOCALE=en_US,ja_JP"
            )
    return locales


def _time(said: str) -> datetime:
    if not said:
        return datetime.now(UTC)
    try:
        now = datetime.fromisoformat(said)
    except ValueError:
        raise MessengerError(f"NOW={said} is no time: say it as in NOW=2026-11-22T18:00:00Z") from None
    now = now if now.tzinfo else now.replace(tzinfo=UTC)
    if not OLDEST_NOW <= now.year <= LATEST_NOW:
        raise MessengerError(f"NOW={said} does not go: say a year from {OLDEST_NOW} to {LATEST_NOW}")
    return now.astimezone(UTC)
