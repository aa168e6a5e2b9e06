-- Add a trigger
-- Its function reads no table, and calls only functions of pg_catalog.
-- RECIPE=trigger TABLE=messages TRIGGER=trim_content

--- migration add_{table}_{trigger}
-- Why: {table}_{trigger}.
-- Locks {table} for a moment (SHARE ROW EXCLUSIVE): nobody writes meanwhile.
-- depends: {previous}

CREATE FUNCTION {table}_{trigger}() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- Change NEW here.
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION {table}_{trigger}() IS 'Trigger function: leaves each row as it is.';

REVOKE ALL ON FUNCTION {table}_{trigger}() FROM PUBLIC;

CREATE TRIGGER {table}_{trigger}
    BEFORE INSERT OR UPDATE ON {table}
    FOR EACH ROW
    EXECUTE FUNCTION {table}_{trigger}();

COMMENT ON TRIGGER {table}_{trigger} ON {table} IS 'Runs its function for each row that is written.';

--- rollback
DROP TRIGGER {table}_{trigger} ON {table};

DROP FUNCTION {table}_{trigger}();

--- rows
{row}

--- cases
tests/schema/test_updated_at.py or a file beside it: what the trigger does
