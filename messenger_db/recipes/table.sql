-- Add a table
-- A new table is in nobody's way. Foreign keys come one by one, each in its own migration: RECIPE=foreign-key. One of them
-- may stand in the CREATE TABLE, where it locks the table that it references for a moment.
-- RECIPE=table TABLE=polls

--- migration add_{table}
-- Why: {table}.
-- Locks nothing that exists. Releases that do not know the table go on working.
-- depends: {previous}

CREATE TABLE {table} (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    title varchar(200) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT {table}_pkey PRIMARY KEY (id),
    CONSTRAINT {table}_times_finite
        CHECK (isfinite(created_at))
);

COMMENT ON TABLE {table} IS 'The {words}.';

COMMENT ON COLUMN {table}.id IS 'Random id.';

COMMENT ON COLUMN {table}.title IS 'What it is called.';

COMMENT ON COLUMN {table}.created_at IS 'Time of adding the row.';

COMMENT ON CONSTRAINT {table}_pkey ON {table} IS 'One row for each id.';

COMMENT ON CONSTRAINT {table}_times_finite ON {table} IS 'A point in time, not infinity.';

--- rollback
-- Takes it back, unless it has rows.
DO $$
BEGIN
    IF EXISTS (SELECT FROM {table}) THEN
        RAISE EXCEPTION 'rolling back would delete the rows of {table}'
            USING HINT = 'Copy them elsewhere, then delete them.';
    END IF;
END
$$;

DROP TABLE {table};

--- rows
-- For all later migrations to keep; the table itself is not there yet.
{row}

--- cases
tests/schema/cases/{table}.py: the valid row of the table, its defaults, and a Rule for each constraint
tests/migrations/queries/one_more_row.sql: an INSERT of one row
messenger_db/reference/model_names.toml: what a row is called, in models
