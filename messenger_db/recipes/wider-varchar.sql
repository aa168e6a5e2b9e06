-- Lengthen a varchar
-- A larger limit changes the catalog alone, where no CHECK is on the column: PostgreSQL would read the table under its lock
-- to verify that anew.
-- RECIPE=wider-varchar TABLE=user_sessions COLUMN=device_name LENGTH=200

--- migration widen_{table}_{column}_to_{length}
-- Why: {table}.{column} holds up to {length} characters.
-- Locks {table} for a moment (ACCESS EXCLUSIVE).
-- Releases: older ones go on working, if they can show longer values.
-- depends: {previous}

ALTER TABLE {table}
    ALTER COLUMN {column} TYPE varchar({length});

--- rollback
-- Refuses while there are longer values. It rewrites {table} under its lock, as a smaller limit has to check every
-- row.
DO $$
BEGIN
    IF EXISTS (SELECT FROM {table} WHERE char_length({column}) > {old_length}) THEN
        RAISE EXCEPTION 'values of {table}.{column} have more than {old_length} characters'
            USING HINT = 'Shorten them first.';
    END IF;
END
$$;

ALTER TABLE {table}
    -- squawk-ignore changing-column-type -- the smaller limit has to check every row
    ALTER COLUMN {column} TYPE varchar({old_length});

--- rows
{row}

--- cases
tests/schema/cases/{table}.py: the Length of {column}
