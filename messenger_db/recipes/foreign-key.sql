-- Add a foreign key
-- An index first, so that deleting a referenced row finds those that reference it; then the key, for new rows at once and
-- for the old ones later.
-- RECIPE=foreign-key TABLE=messages COLUMN=deleted_by REFERENCES='users (id) ON DELETE SET NULL'

--- migration add_{table}_{columns}_idx
-- Why: the foreign key on {table} ({column}), the next migration, has to find the rows of what it references.
-- Reads {table} twice while others read and write (SHARE UPDATE EXCLUSIVE).
-- depends: {previous}
-- transactional: false

CREATE INDEX CONCURRENTLY {table}_{columns}_idx ON {table} ({column});

--- rollback
DROP INDEX CONCURRENTLY {table}_{columns}_idx;

--- rows
{row}

--- migration add_{table}_{columns}_fkey
-- Why: {table} ({column}) names rows that exist.
-- Locks {table} and the table that it references for a moment (SHARE ROW EXCLUSIVE): nobody writes meanwhile.
-- Releases: only those that write rows which obey it.
-- depends: {previous}

COMMENT ON INDEX {table}_{columns}_idx IS 'The rows that reference a row, when it is deleted.';

ALTER TABLE {table}
    ADD CONSTRAINT {table}_{columns}_fkey
        FOREIGN KEY ({column}) REFERENCES {references} NOT VALID;

COMMENT ON CONSTRAINT {table}_{columns}_fkey ON {table} IS 'What the rows reference exists.';

--- rollback
ALTER TABLE {table}
    DROP CONSTRAINT {table}_{columns}_fkey;

COMMENT ON INDEX {table}_{columns}_idx IS NULL;

--- rows
{referenced_row}

{row}

--- migration validate_{table}_{columns}_fkey
-- Why: the rows from before obey the foreign key too.
-- Reads {table} while others read and write (SHARE UPDATE EXCLUSIVE, and ROW SHARE on the other table).
-- depends: {previous}

ALTER TABLE {table}
    VALIDATE CONSTRAINT {table}_{columns}_fkey;

--- rollback
-- What was validated cannot become NOT VALID again, so it is put on anew: a moment.
ALTER TABLE {table}
    DROP CONSTRAINT {table}_{columns}_fkey,
    ADD CONSTRAINT {table}_{columns}_fkey
        FOREIGN KEY ({column}) REFERENCES {references} NOT VALID;

COMMENT ON CONSTRAINT {table}_{columns}_fkey ON {table} IS 'What the rows reference exists.';

--- rows
{referenced_row}

{row}

--- cases
tests/schema/cases/{table}.py: a Rule for {table}_{columns}_fkey
tests/schema/test_delete_actions.py: what happens to {table} when the referenced row is deleted
messenger_db/reference/model_names.toml: where {table}_{columns}_fkey leads to and back, in relationships
