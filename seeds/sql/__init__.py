"""The queries of the seeds, by subject."""

from pathlib import Path

from messenger_db.queries import load_queries

QUERIES = load_queries(Path(__file__).parent)
