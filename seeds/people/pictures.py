"""The pictures of generated messages."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from random import Random
from typing import NamedTuple

from ..copy_format import SECOND, binary, line, timestamp
from ..distributions import Lognormal, Weighted, one_of, uuid4
from ..tables import AttachmentRow

# All assumed.
PICTURES_PER_MESSAGE = Weighted((0, 86, 8, 3, 2, 1))


class Picture(NamedTuple):
    """A kind of picture: what its file is like, and how frequent it is."""

    media_type: str
    name: str  # its number is filled in
    width: int
    height: int
    kilobytes: int
    weight: int


# Photographs, then what comes without a caption.
PICTURES = (
    Picture("image/jpeg", "IMG_%04d.jpg", 4032, 3024, 2_400, 14),
    Picture("image/jpeg", "IMG_%04d.jpg", 3024, 4032, 2_200, 18),
    Picture("image/jpeg", "PXL_%08d.jpg", 4080, 3072, 3_100, 8),
    Picture("image/jpeg", "IMG-%08d-WA0003.jpg", 1600, 1200, 260, 20),
    Picture("image/jpeg", "IMG-%08d-WA0011.jpg", 1200, 1600, 240, 22),
    Picture("image/jpeg", "photo_%04d.jpg", 1280, 960, 190, 8),
    Picture("image/png", "Screenshot_%08d.png", 1080, 2400, 620, 7),
    Picture("image/webp", "sticker_%04d.webp", 512, 512, 34, 5),
    Picture("image/gif", "giphy_%04d.gif", 480, 270, 1_300, 3),
)
PHOTOGRAPHS = 6
PHOTOGRAPH = Weighted([picture.weight for picture in PICTURES[:PHOTOGRAPHS]])
PICTURE = Weighted([picture.weight for picture in PICTURES])
SIZE_PERCENT = Lognormal(100, 0.3, 40, 250)


def attachment_rows(chat: str, message: str, time: int, random: Random, *, has_caption: bool) -> Iterator[str]:
    """Yield the rows of a message's pictures: photographs where somebody writes what is on them."""
    for position in range(1, PICTURES_PER_MESSAGE.draw(random) + 1):
        picture = PICTURES[(PHOTOGRAPH if has_caption else PICTURE).draw(random)]
        key = f"{chat}/{random.randbytes(8).hex()}"
        _, dot, extension = picture.name.rpartition(".")
        # By position, as a message is.
        row = AttachmentRow(
            uuid4(random),
            chat,
            message,
            str(position),
            picture.name % random.getrandbits(13),
            picture.media_type,
            str(picture.kilobytes * 1024 * SIZE_PERCENT.draw(random) // 100 + random.getrandbits(10)),
            f"originals/{key}{dot}{extension}",
            f"medium/{key}.webp",
            f"thumbnails/{key}.webp",
            str(picture.width),
            str(picture.height),
            one_of(_blurhashes(is_upright=picture.height > picture.width), random),
            binary(random.randbytes(32)),
            timestamp(time - SECOND),
        )
        yield line(row)


@cache
def _blurhashes(*, is_upright: bool) -> list[str]:
    """Return the hashes of pictures of that kind: the first character says how many components they have."""
    hashes = files(__package__).joinpath("blurhashes.txt").read_text(encoding="utf-8").split()
    return [one for one in hashes if one.startswith("T" if is_upright else "L")]
