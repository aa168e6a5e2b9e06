-- Add a column
-- A column that may be empty, or has a constant default, changes the catalog alone.
-- RECIPE=column TABLE=messages COLUMN=language TYPE='varchar(8)'

--- migration add_{table}_{column}
-- Why: {table}.{column}, which the next release writes.
-- Locks {table} for a moment (ACCESS EXCLUSIVE). Releases that do not know the column go on working.
-- depends: {previous}

ALTER TABLE {table}
    ADD COLUMN {column} {type};

COMMENT ON COLUMN {table}.{column} IS 'The {words}.';

--- rollback
-- Takes it back, unless a row has a value in it. A release that does not use the column has to run again.
DO $$
BEGIN
    IF EXISTS (SELECT FROM {table} WHERE {column} {is_given}) THEN
        RAISE EXCEPTION 'rolling back would delete the values of {table}.{column}'
            USING HINT = 'Copy them elsewhere, then set the column to what it was before.';
    END IF;
END
$$;

ALTER TABLE {table}
    DROP COLUMN {column};

--- rows
{row}

--- cases
tests/schema/cases/{table}.py: what {column} holds when left out, in defaults; its length, in lengths
tests/migrations/queries/one_more_row.sql: a value for {column}
