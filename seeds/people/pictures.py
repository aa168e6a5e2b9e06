"""The pictures of generated messages."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from random import Random

from ..copy_format import SECOND, binary, line, timestamp
from ..distributions import Lognormal, Weighted, one_of, uuid4
from ..tables import AttachmentRow

# All assumed.
PICTURES_PER_MESSAGE = Weighted((0, 86, 8, 3, 2, 1))
# Media type, file extension, name, width, height, kilobytes, weight: photographs, then what comes without a caption.
PICTURES = (
    ("image/jpeg", "jpg", "IMG_{number:04d}", 4032, 3024, 2_400, 14),
    ("image/jpeg", "jpg", "IMG_{number:04d}", 3024, 4032, 2_200, 18),
    ("image/jpeg", "jpg", "PXL_{number:08d}", 4080, 3072, 3_100, 8),
    ("image/jpeg", "jpg", "IMG-{number:08d}-WA0003", 1600, 1200, 260, 20),
    ("image/jpeg", "jpg", "IMG-{number:08d}-WA0011", 1200, 1600, 240, 22),
    ("image/jpeg", "jpg", "photo_{number:04d}", 1280, 960, 190, 8),
    ("image/png", "png", "Screenshot_{number:08d}", 1080, 2400, 620, 7),
    ("image/webp", "webp", "sticker_{number:04d}", 512, 512, 34, 5),
    ("image/gif", "gif", "giphy_{number:04d}", 480, 270, 1_300, 3),
)
PHOTOGRAPHS = 6
PHOTOGRAPH = Weighted([weight for *_, weight in PICTURES[:PHOTOGRAPHS]])
PICTURE = Weighted([weight for *_, weight in PICTURES])
SIZE_PERCENT = Lognormal(100, 0.3, 40, 250)


def attachment_rows(chat: str, message: str, time: int, random: Random, *, has_caption: bool) -> Iterator[str]:
    """Yield the rows of a message's pictures: photographs where somebody writes what is on them."""
    for position in range(1, PICTURES_PER_MESSAGE.draw(random) + 1):
        drawn = (PHOTOGRAPH if has_caption else PICTURE).draw(random)
        file_type, extension, name, width, height, kilobytes, _ = PICTURES[drawn]
        key = f"{chat}/{random.randbytes(8).hex()}"
        # The order of the fields is the order in which they are drawn.
        row = AttachmentRow(
            uuid4(random),
            chat,
            message,
            str(position),
            f"{name.format(number=random.getrandbits(13))}.{extension}",
            file_type,
            str(kilobytes * 1024 * SIZE_PERCENT.draw(random) // 100 + random.getrandbits(10)),
            f"originals/{key}.{extension}",
            f"medium/{key}.webp",
            f"thumbnails/{key}.webp",
            str(width),
            str(height),
            one_of(_blurhashes(), random),
            binary(random.randbytes(32)),
            timestamp(time - SECOND),
        )
        yield line(row)


@cache
def _blurhashes() -> list[str]:
    return files(__package__).joinpath("blurhashes.txt").read_text(encoding="utf-8").split()
