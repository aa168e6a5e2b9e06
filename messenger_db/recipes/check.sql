-- Add a CHECK
-- New rows are checked at once, the old ones later, while others read and write.
-- RECIPE=check TABLE=messages CONSTRAINT=messages_metadata_small CHECK='pg_column_size(metadata) < 100000'

--- migration add_{constraint}
-- Why: {constraint}.
-- Locks {table} for a moment (ACCESS EXCLUSIVE).
-- Releases: only those whose rows obey it. Correct the old rows that break it before: they could not be updated any more.
--     SELECT * FROM {table} WHERE NOT ({check}) LIMIT 10;
-- depends: {previous}

ALTER TABLE {table}
    ADD CONSTRAINT {constraint}
        CHECK ({check}) NOT VALID;

COMMENT ON CONSTRAINT {constraint} ON {table} IS '{table} rows obey this rule.';

--- rollback
ALTER TABLE {table}
    DROP CONSTRAINT {constraint};

--- rows
{row}

--- migration validate_{constraint}
-- Why: the rows from before obey {constraint} too.
-- Reads {table} while others read and write (SHARE UPDATE EXCLUSIVE).
-- depends: {previous}

ALTER TABLE {table}
    VALIDATE CONSTRAINT {constraint};

--- rollback
-- What was validated cannot become NOT VALID again, so it is put on anew: a moment.
ALTER TABLE {table}
    DROP CONSTRAINT {constraint},
    ADD CONSTRAINT {constraint}
        CHECK ({check}) NOT VALID;

COMMENT ON CONSTRAINT {constraint} ON {table} IS '{table} rows obey this rule.';

--- rows
{row}

--- cases
tests/schema/cases/{table}.py: a Rule for {constraint}, with rows that it refuses and similar rows that it accepts
