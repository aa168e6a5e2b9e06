"""Names of towns, streets, firms and people for the placeholders of phrases, by Faker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from faker import Faker

# Faker is slow; towns that are called after people, as Faker's own are, cost nothing.
TOWN_ENDINGS: Final = ("ville", "ton", "burg", "field", "ford", "wood", "mouth", "bury")


@dataclass(frozen=True, slots=True)
class FakerNames:
    """The names; of each list the first are mentioned most."""

    cities: Sequence[str]
    streets: Sequence[str]
    companies: Sequence[str]
    first_names: Sequence[str]
    surnames: Sequence[str]
    users: Sequence[str]

    @classmethod
    def invent(cls, fakers: Sequence[Faker]) -> Self:
        """Ask each of the Fakers, which the caller has seeded, for its part of them."""

        def some(count: int, provider: str) -> list[str]:
            sources: list[Callable[[], str]] = [getattr(faker, provider) for faker in fakers]
            drawn = (" ".join(sources[n % len(sources)]().split()) for n in range(count))
            return list(dict.fromkeys(text for text in drawn if "," not in text))

        surnames = some(1000, "last_name")
        towns = [name + end for end in TOWN_ENDINGS for name in surnames if name.isascii() and name.isalpha()]
        return cls(
            cities=some(300, "city") + towns,
            streets=some(400, "street_name"),
            companies=some(300, "company"),
            first_names=some(1000, "first_name"),
            surnames=surnames,
            users=some(400, "user_name"),
        )
