-- Add an index
-- Built while others read and write. Without IF NOT EXISTS, which takes the INVALID index of an interrupted build for a
-- finished one.
-- RECIPE=index TABLE=attachments COLUMN=created_at

--- migration add_{table}_{columns}_idx
-- Why: a statement looks {table} up by {column}.
-- Reads {table} twice while others read and write (SHARE UPDATE EXCLUSIVE).
-- depends: {previous}
-- transactional: false

CREATE INDEX CONCURRENTLY {table}_{columns}_idx ON {table} ({column});

--- rollback
DROP INDEX CONCURRENTLY {table}_{columns}_idx;

--- rows
{row}

--- migration comment_{table}_{columns}_idx
-- Why: the comment cannot stand in the file of the index, which has one statement.
-- Locks nothing that others use.
-- depends: {previous}

COMMENT ON INDEX {table}_{columns}_idx IS 'The rows of {table} by {column}.';

--- rollback
COMMENT ON INDEX {table}_{columns}_idx IS NULL;

--- rows
{row}

--- cases
