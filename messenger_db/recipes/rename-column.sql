-- Rename a column
-- Expand: a second column, which a trigger keeps the same. Fill: the old rows get it too, in batches. Contract: the first
-- one is dropped. Releases that know the one name and releases that know the other work side by side until then. The same
-- sequence changes a type: give the new column the new one.
-- RECIPE=rename-column TABLE=contacts COLUMN=nickname TO=alias

--- migration add_{table}_{to}
-- Why: {table}.{column} gets the name {to}. This is the first of two: both columns exist, and a trigger keeps them the
-- same.
-- Locks {table} for a moment (ACCESS EXCLUSIVE).
-- Releases: any may run. The next one reads and writes {column}, or {to} once the old rows are filled, by a backfill
-- (make db-new BACKFILL=fill_{table}_{to}), or in batches by hand, until this changes none:
--     UPDATE {table} SET {to} = {column}
--     WHERE ctid = ANY (
--         ARRAY(SELECT ctid FROM {table} WHERE {to} IS DISTINCT FROM {column} LIMIT 1000 FOR UPDATE SKIP LOCKED)
--     );
-- depends: {previous}

ALTER TABLE {table}
    ADD COLUMN {to} {old_type};

COMMENT ON COLUMN {table}.{to} IS {comment};

CREATE FUNCTION {table}_{column}_to_{to}() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.{to} IS NULL THEN
        NEW.{to} := NEW.{column};
    ELSIF TG_OP = 'UPDATE' AND NEW.{to} IS NOT DISTINCT FROM OLD.{to} THEN
        NEW.{to} := NEW.{column};
    ELSE
        NEW.{column} := NEW.{to};
    END IF;
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION {table}_{column}_to_{to}() IS
    'Trigger function: gives {column} and {to} the value of the one that was written.';

REVOKE ALL ON FUNCTION {table}_{column}_to_{to}() FROM PUBLIC;

CREATE TRIGGER {table}_{column}_to_{to}
    BEFORE INSERT OR UPDATE ON {table}
    FOR EACH ROW
    EXECUTE FUNCTION {table}_{column}_to_{to}();

COMMENT ON TRIGGER {table}_{column}_to_{to} ON {table} IS 'Keeps {column} and {to} the same until {column} is dropped.';

--- rollback
-- Loses nothing: {column} has all values. A release that uses {column} alone has to run again.
DROP TRIGGER {table}_{column}_to_{to} ON {table};

DROP FUNCTION {table}_{column}_to_{to}();

ALTER TABLE {table}
    DROP COLUMN {to};

--- rows
{row}

--- migration drop_{table}_{column}
-- Why: nothing uses {table}.{column} any more: {to} has taken its place. It refuses while a row is not filled.
-- Reads {table} first, then locks it for a moment (ACCESS EXCLUSIVE). With a backfill, add a line that needs it here.
-- Releases: only those that use {to} alone. Constraints and indexes of {column} are dropped with it: before this, give
-- {to} its own, with the recipes for them, and put this last with make db-renumber.
-- depends: {previous}

DO $$
BEGIN
    IF EXISTS (SELECT FROM {table} WHERE {to} IS DISTINCT FROM {column}) THEN
        RAISE EXCEPTION 'rows of {table} have no {to} yet'
            USING HINT = 'Fill them in batches first, as the migration that added it says.';
    END IF;
END
$$;

DROP TRIGGER {table}_{column}_to_{to} ON {table};

-- squawk-ignore ban-drop-function -- only the trigger called it
DROP FUNCTION {table}_{column}_to_{to}();

ALTER TABLE {table}
    -- squawk-ignore ban-drop-column -- no release reads it any more
    DROP COLUMN {column};

--- rollback
-- Fills {column} from {to} under the lock, so it is as slow as {table} is large. On a large table in use, go forward
-- instead: add the column again by the first of these two migrations under another name, and fill it in batches. What
-- was dropped with {column} (NOT NULL, constraints, indexes) comes back only if it is written here.
ALTER TABLE {table}
    ADD COLUMN {column} {old_type};

COMMENT ON COLUMN {table}.{column} IS {comment};

-- No trigger takes this for a change.
ALTER TABLE {table}
    DISABLE TRIGGER USER;

UPDATE {table}
SET {column} = {to};

ALTER TABLE {table}
    ENABLE TRIGGER USER;

CREATE FUNCTION {table}_{column}_to_{to}() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.{to} IS NULL THEN
        NEW.{to} := NEW.{column};
    ELSIF TG_OP = 'UPDATE' AND NEW.{to} IS NOT DISTINCT FROM OLD.{to} THEN
        NEW.{to} := NEW.{column};
    ELSE
        NEW.{column} := NEW.{to};
    END IF;
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION {table}_{column}_to_{to}() IS
    'Trigger function: gives {column} and {to} the value of the one that was written.';

REVOKE ALL ON FUNCTION {table}_{column}_to_{to}() FROM PUBLIC;

CREATE TRIGGER {table}_{column}_to_{to}
    BEFORE INSERT OR UPDATE ON {table}
    FOR EACH ROW
    EXECUTE FUNCTION {table}_{column}_to_{to}();

COMMENT ON TRIGGER {table}_{column}_to_{to} ON {table} IS 'Keeps {column} and {to} the same until {column} is dropped.';

--- rows
-- drops: {table}.{column}
-- The fill between the two releases.
UPDATE {table} SET {to} = {column};

{row}

--- cases
tests/schema/cases/{table}.py: {to} in the place of {column}
messenger_db/hot_paths, seeds: {to} in the place of {column}, in the release between the two migrations
