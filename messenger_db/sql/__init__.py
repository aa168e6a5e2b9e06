"""The package's own queries, by subject."""

from pathlib import Path

from messenger_db.queries import load_queries

QUERIES = load_queries(Path(__file__).parent)
