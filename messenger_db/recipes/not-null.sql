-- Make a column NOT NULL
-- Expand: a default gives each new row a value. Fill: the old rows get theirs, in batches. Contract: the column is NOT
-- NULL, which a CHECK that was validated before proves without reading the table under a lock.
-- RECIPE=not-null TABLE=messages COLUMN=language VALUE="'en'"

--- migration default_{table}_{column}
-- Why: {table}.{column} gets a value in every row. This is the first of three: from now on, rows of a release that does
-- not know the column have the default.
-- Locks {table} for a moment (ACCESS EXCLUSIVE).
-- Releases: any may run. The next one always writes a value; when no older one runs any more, fill the old rows by a
-- backfill (make db-new BACKFILL=fill_{table}_{column}), or in batches by hand, until this changes none:
--     UPDATE {table} SET {column} = {value}
--     WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {column} IS NULL LIMIT 1000 FOR UPDATE SKIP LOCKED));
-- depends: {previous}

ALTER TABLE {table}
    ALTER COLUMN {column} SET DEFAULT {value};

--- rollback
ALTER TABLE {table}
    ALTER COLUMN {column} {old_default};

--- rows
{row}

-- One row has a value already.
UPDATE {table} SET {column} = {value} WHERE ctid = (SELECT max(ctid) FROM {table});

--- migration require_{table}_{column}
-- Why: no row without {table}.{column} is written any more, and none is left. It refuses while there is one: updates
-- of such a row would fail from here on.
-- Reads {table} first, then locks it for a moment (ACCESS EXCLUSIVE). With a backfill, add a line that needs it here.
-- Releases: only those that always write a value, or leave the column to its default.
-- depends: {previous}

DO $$
BEGIN
    IF EXISTS (SELECT FROM {table} WHERE {column} IS NULL) THEN
        RAISE EXCEPTION 'rows of {table} have no {column}'
            USING HINT = 'Fill them in batches first, as the migration before says.';
    END IF;
END
$$;

ALTER TABLE {table}
    ADD CONSTRAINT {table}_{column}_present
        CHECK ({column} IS NOT NULL) NOT VALID;

COMMENT ON CONSTRAINT {table}_{column}_present ON {table} IS 'Becomes NOT NULL in the next migration.';

--- rollback
ALTER TABLE {table}
    DROP CONSTRAINT {table}_{column}_present;

--- rows
-- The fill between the two releases.
UPDATE {table} SET {column} = {value} WHERE {column} IS NULL;

{row}

--- migration set_{table}_{column}_not_null
-- Why: NOT NULL takes the place of the CHECK, which proves it.
-- Reads {table} while others read and write (SHARE UPDATE EXCLUSIVE), then locks it for a moment (ACCESS EXCLUSIVE).
-- Releases: as before.
-- depends: {previous}

ALTER TABLE {table}
    VALIDATE CONSTRAINT {table}_{column}_present;

ALTER TABLE {table}
    ALTER COLUMN {column} SET NOT NULL;

ALTER TABLE {table}
    DROP CONSTRAINT {table}_{column}_present;

--- rollback
-- A moment: the CHECK comes back as it was, NOT VALID.
ALTER TABLE {table}
    ALTER COLUMN {column} DROP NOT NULL,
    ADD CONSTRAINT {table}_{column}_present
        CHECK ({column} IS NOT NULL) NOT VALID;

COMMENT ON CONSTRAINT {table}_{column}_present ON {table} IS 'Becomes NOT NULL in the next migration.';

--- rows
{row}

--- cases
tests/schema/cases/{table}.py: {column} in not_null, and its default {value} in defaults
