"""What the image holds, laid out in a folder, and servers for it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from workflow.checkouts import roomy_place

from messenger_db.embedded.server import Server

from .images import Image, new_image


@pytest.fixture
def image(tmp_path: Path) -> Iterator[Image]:
    """A folder as the Dockerfile lays it out."""
    with new_image(tmp_path / "app") as image:
        yield image


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that asks for a password on loopback and does not run, its port known already."""
    server = Server(Path(tempfile.mkdtemp(prefix="messenger-db-tests-", dir=roomy_place())), {"fsync": "off"})
    try:
        server.start()
        server.stop()
        yield server
    finally:
        server.remove()
