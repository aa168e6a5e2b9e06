"""Which statements lock a table so that others cannot read or write it; each was compared with a server's pg_locks."""

import pytest

from messenger_db.sql_analysis.locks import strong_locks
from messenger_db.sql_analysis.parse import parse


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("ALTER TABLE notes ADD COLUMN body text, ADD COLUMN n integer", ["notes"]),
        ("ALTER TABLE notes ADD COLUMN user_id uuid REFERENCES users", ["notes", "users"]),
        ("ALTER TABLE notes VALIDATE CONSTRAINT c", []),
        ("ALTER TABLE notes VALIDATE CONSTRAINT c, DROP CONSTRAINT d", ["notes"]),
        ("ALTER TABLE notes ALTER COLUMN id SET (n_distinct = 5)", []),
        ("ALTER TABLE notes RESET (fillfactor)", []),
        ("ALTER INDEX notes_i SET (fillfactor = 70)", []),
        ("ALTER INDEX notes_i RENAME TO notes_j", []),
        ("ALTER TRIGGER t ON notes RENAME TO u", ["notes"]),
        ("ALTER POLICY p ON notes USING (false)", ["notes"]),
        ("CREATE INDEX ON notes (id)", ["notes"]),
        ("CREATE INDEX CONCURRENTLY ON notes (id)", []),
        ("CREATE STATISTICS s ON id, body FROM notes", []),
        ("CREATE TABLE pins (note_id uuid REFERENCES notes)", ["notes"]),
        ("DROP INDEX notes_i", ["notes"]),
        ("DROP INDEX CONCURRENTLY notes_i", []),
        ("DROP INDEX of_a_table_that_is_not_known", ["of_a_table_that_is_not_known"]),
        ("DROP VIEW v", ["v"]),
        ("DROP FUNCTION f()", []),
        ("LOCK TABLE notes", ["notes"]),
        ("LOCK TABLE notes IN SHARE UPDATE EXCLUSIVE MODE", []),
        ("CREATE TABLE notes_0 PARTITION OF notes DEFAULT", ["notes"]),
        ("CREATE TABLE pins () INHERITS (notes)", []),
        ("ALTER TABLE notes ATTACH PARTITION pins DEFAULT", ["pins"]),
        ("ALTER TABLE notes DETACH PARTITION pins", ["notes", "pins"]),
        ("ALTER TABLE notes DETACH PARTITION pins CONCURRENTLY", ["pins"]),
        ("COMMENT ON TABLE notes IS 'Notes.'", []),
        ("UPDATE notes SET body = ''", []),
    ],
)
def test_strong_locks(sql: str, tables: list[str]) -> None:
    (statement,) = parse(sql)
    assert strong_locks(statement, {"notes_i": "notes"}) == tables
