"""Makes seeds/people/blurhashes.txt, the hashes of pictures that are painted here: a sky, a ground, something in front.

Run: pip install blurhash==1.1.5 && python -m tools.blurhashes
"""

from pathlib import Path
from random import Random

import blurhash

HASHES = Path(__file__).parents[1] / "seeds" / "people" / "blurhashes.txt"
COUNT, SEED = 160, 2021
# Half of them are wide, half upright.
LONG, SHORT = 16, 12
LONG_COMPONENTS, SHORT_COMPONENTS = 4, 3

Colour = tuple[int, int, int]
# Above and below the horizon, and what stands before it, as photographs have them.
SKIES: tuple[Colour, ...] = (
    (122, 170, 214),
    (168, 190, 205),
    (236, 178, 128),
    (70, 84, 116),
    (205, 205, 200),
    (176, 150, 126),
)
GROUNDS: tuple[Colour, ...] = (
    (92, 118, 62),
    (140, 122, 92),
    (196, 178, 140),
    (58, 78, 88),
    (104, 92, 84),
    (150, 160, 164),
)
OBJECTS: tuple[Colour, ...] = (
    (224, 196, 170),
    (74, 56, 44),
    (190, 68, 54),
    (236, 228, 214),
    (48, 62, 44),
    (214, 160, 62),
)


def painted(random: Random, width: int, height: int) -> list[list[list[int]]]:
    """Return the rows of a picture."""
    sky, ground, thing = (_near(random.choice(colours), random) for colours in (SKIES, GROUNDS, OBJECTS))
    horizon = random.uniform(0.25, 0.7) * height
    x, y, radius = random.uniform(0.2, 0.8) * width, random.uniform(0.3, 0.85) * height, random.uniform(1.5, 4)

    def pixel(column: int, row: int) -> list[int]:
        if (column - x) ** 2 + (row - y) ** 2 < radius**2:
            return list(thing)
        light = 1.15 - 0.3 * row / height
        return [min(255, round(part * light)) for part in (sky if row < horizon else ground)]

    return [[pixel(column, row) for column in range(width)] for row in range(height)]


def _near(colour: Colour, random: Random) -> Colour:
    red, green, blue = (min(255, max(0, part + random.randrange(-18, 19))) for part in colour)
    return red, green, blue


def main() -> None:
    """Write the file."""
    random = Random(SEED)
    hashes = [
        blurhash.encode(painted(random, *size), *components)
        for size, components in (
            ((LONG, SHORT), (LONG_COMPONENTS, SHORT_COMPONENTS)),
            ((SHORT, LONG), (SHORT_COMPONENTS, LONG_COMPONENTS)),
        )
        for _ in range(COUNT // 2)
    ]
    HASHES.write_text("".join(f"{one}\n" for one in hashes), encoding="utf-8")


if __name__ == "__main__":
    main()
