"""The fixtures of these tests."""

from collections.abc import Iterator

import pytest
from workflow.databases import Database
from workflow.fixtures import database, empty_databases, missing, role

from .projects import Project, new_project

__all__ = ["database", "empty_databases", "missing", "role"]


@pytest.fixture
def project(database: Database) -> Iterator[Project]:
    """A project with one migration, which makes the table things."""
    with new_project(database) as project:
        project.write("0001_things", "CREATE TABLE things (id bigint, name text);\n", "DROP TABLE things;\n")
        yield project
