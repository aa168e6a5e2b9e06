-- Forbid doubles
-- A unique index enforces as much as a UNIQUE constraint, can be referenced by foreign keys, and is dropped without a
-- rebuild when it is rolled back.
-- RECIPE=unique TABLE=attachments COLUMN=thumbnail_key

--- migration add_{table}_{columns}_key
-- Why: no two rows of {table} have the same {column}.
-- Reads {table} twice while others read and write (SHARE UPDATE EXCLUSIVE). It fails where there are doubles, and the
-- next run drops the INVALID index that this leaves. Look for them before:
--     SELECT {column} FROM {table} GROUP BY {column} HAVING count(*) > 1;
-- Releases: only those that write no doubles.
-- depends: {previous}
-- transactional: false

CREATE UNIQUE INDEX CONCURRENTLY {table}_{columns}_key ON {table} ({column});

--- rollback
DROP INDEX CONCURRENTLY {table}_{columns}_key;

--- rows
{row}

--- migration comment_{table}_{columns}_key
-- Why: the comment cannot stand in the file of the index, which has one statement.
-- Locks nothing that others use.
-- depends: {previous}

COMMENT ON INDEX {table}_{columns}_key IS 'No two rows have the same.';

--- rollback
COMMENT ON INDEX {table}_{columns}_key IS NULL;

--- rows
{row}

--- cases
tests/schema/cases/{table}.py: a Rule for {table}_{columns}_key
