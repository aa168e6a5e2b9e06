"""The locks that partitions take on existing tables are named as a server takes them."""

from pathlib import Path

import psycopg
import pytest

from messenger_db.sql_analysis.hazards import hazards
from messenger_db.sql_analysis.migration_files import read

TABLES = """
    CREATE TABLE events (id integer) PARTITION BY RANGE (id);
    CREATE TABLE events_old PARTITION OF events FOR VALUES FROM (0) TO (1);
    CREATE TABLE events_new (id integer);
"""
LOCKS = """
    SELECT relation::regclass::text
    FROM pg_locks
    WHERE pid = pg_backend_pid() AND mode = 'AccessExclusiveLock' AND relation = ANY (%s)
"""
NAMES = "SELECT array_agg(oid) FROM pg_class WHERE relname LIKE 'events%'"


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("CREATE TABLE events_last PARTITION OF events FOR VALUES FROM (9) TO (10);", ["events"]),
        ("ALTER TABLE events ATTACH PARTITION events_new FOR VALUES FROM (2) TO (3);", ["events_new"]),
        ("ALTER TABLE events DETACH PARTITION events_old;", ["events", "events_old"]),
    ],
)
def test_partitions(empty_postgresql: psycopg.Connection, tmp_path: Path, sql: str, tables: list[str]) -> None:
    (tmp_path / "0001_events.sql").write_text(sql)
    folder = read(tmp_path)
    found = [hazard.text for hazard in hazards(folder, list(folder.forwards.values()))]
    assert found == [f"{sql[:-1]}: ACCESS EXCLUSIVE on {table} stops readers and writers" for table in tables]

    empty_postgresql.execute(TABLES.encode())
    (existing,) = empty_postgresql.execute(NAMES).fetchone() or ([],)
    empty_postgresql.commit()
    empty_postgresql.execute(sql.encode())
    assert sorted(name for (name,) in empty_postgresql.execute(LOCKS, [existing])) == tables
