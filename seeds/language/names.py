"""The names of people and towns that are mentioned, by Faker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:  # as in people.py
    from faker import Faker

NAMES, TOWNS, SURNAMES = 200, 300, 200


@dataclass(frozen=True, slots=True)
class Names:
    """Names to be mentioned."""

    women: Sequence[str]
    men: Sequence[str]
    surnames: Sequence[str]
    towns: Sequence[str]

    @classmethod
    def invent(cls, fakers: Sequence["Faker"]) -> Self:
        """Ask each of the Fakers, which the caller has seeded, for its part of them."""

        def some(count: int, provider: str) -> list[str]:
            sources: list[Callable[[], str]] = [getattr(faker, provider) for faker in fakers]
            drawn = (" ".join(sources[number % len(sources)]().split()) for number in range(count))
            return list(dict.fromkeys(drawn))

        return cls(
            women=some(NAMES, "first_name_female"),
            men=some(NAMES, "first_name_male"),
            surnames=some(SURNAMES, "last_name"),
            towns=some(TOWNS, "city"),
        )
