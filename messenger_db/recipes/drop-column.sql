-- Drop a column
-- First the releases stop using it, then it goes, with its values.
-- RECIPE=drop-column TABLE=users COLUMN=bio

--- migration relax_{table}_{column} if required
-- Why: {table}.{column} will be dropped: releases that do not write it any more can come.
-- Locks {table} for a moment (ACCESS EXCLUSIVE).
-- Releases: any may run. The next one neither reads nor writes the column.
-- depends: {previous}

ALTER TABLE {table}
    -- squawk-ignore ban-drop-not-null -- no release reads it after the next one
    ALTER COLUMN {column} DROP NOT NULL;

--- rollback
-- Refuses while there are rows without a value. It reads {table} under its lock.
DO $$
BEGIN
    IF EXISTS (SELECT FROM {table} WHERE {column} IS NULL) THEN
        RAISE EXCEPTION 'rows of {table} have no {column}'
            USING HINT = 'Fill them first.';
    END IF;
END
$$;

ALTER TABLE {table}
    -- squawk-ignore adding-not-nullable-field -- a rollback has no second step, in which a CHECK would have proved it
    ALTER COLUMN {column} SET NOT NULL;

--- rows
{row}

--- migration drop_{table}_{column}
-- Why: nothing uses {table}.{column} any more. Its values are lost: back them up before.
-- Locks {table} for a moment (ACCESS EXCLUSIVE).
-- Releases: only those that neither read nor write the column, not even by SELECT *.
-- depends: {previous}

ALTER TABLE {table}
    -- squawk-ignore ban-drop-column -- no release reads it any more
    DROP COLUMN {column};

--- rollback
-- Brings the column back without its values. What was dropped with it comes back only if it is written here: its own
-- CHECKs ({own_checks}), foreign keys and indexes.
ALTER TABLE {table}
    ADD COLUMN {column} {old_definition};

COMMENT ON COLUMN {table}.{column} IS {comment};

--- rows
-- drops: {table}.{column}
-- loses: {table}.{column}
{row}

--- cases
tests/schema/cases/{table}.py: without {column}
messenger_db/hot_paths, seeds: without {column}, in the release before
