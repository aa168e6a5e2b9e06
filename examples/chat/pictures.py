"""Pictures in a folder, each by the key that its row has."""

import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

MOST_BYTES = 10 * 1024 * 1024

# What a file begins with: whoever uploads it may call it anything.
BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "webp"}


class Pictures:
    """A folder of pictures."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, chat_id: UUID, name: str, content: bytes) -> dict[str, Any] | None:
        """Write a picture, and return what send_images wants to know of it; None when it is not a picture."""
        kind = next((kind for beginning, kind in BEGINNINGS.items() if content.startswith(beginning)), None)
        if kind is None:
            return None
        key = f"{chat_id}/{uuid4()}.{kind}"
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return {
            "file_name": name,
            "file_type": f"image/{kind}",
            "file_size": len(content),
            "storage_key": key,
            "checksum_sha256": hashlib.sha256(content).hexdigest(),
        }

    def remove(self, key: str) -> None:
        """Delete a picture that no message has."""
        (self.folder / key).unlink(missing_ok=True)
