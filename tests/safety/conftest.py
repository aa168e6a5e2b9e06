"""The fixtures of these tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from workflow.checkouts import roomy_place
from workflow.databases import Database

from messenger_db.embedded.server import Server

from .projects import Project, new_project


@pytest.fixture
def project(database: Database) -> Iterator[Project]:
    """A project with one migration, which makes the table things."""
    with new_project(database) as project:
        project.write("0001_things", "CREATE TABLE things (id bigint, name text);\n", "DROP TABLE things;\n")
        yield project


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of the test's own."""
    server = Server(Path(tempfile.mkdtemp(prefix="messenger-db-own-", dir=roomy_place())), {"fsync": "off"})
    try:
        server.start()
        yield server
    finally:
        server.remove()
