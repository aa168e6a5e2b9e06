"""The package's own queries, by subject."""

from pathlib import Path

from messenger_db.queries import Queries

QUERIES = Queries(Path(__file__).parent)
