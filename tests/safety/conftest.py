"""The fixtures of these tests."""

from collections.abc import Iterator

import pytest
from workflow.databases import Database

from .projects import Project, new_project


@pytest.fixture
def project(database: Database) -> Iterator[Project]:
    """A project with one migration, which makes the table things."""
    with new_project(database) as project:
        project.write("0001_things", "CREATE TABLE things (id bigint, name text);\n", "DROP TABLE things;\n")
        yield project
