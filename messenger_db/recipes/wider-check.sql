-- Let a CHECK accept more
-- As when an enumeration gets another value: the wider CHECK takes the place of the old one in a moment, and is validated
-- later.
-- RECIPE=wider-check TABLE=messages CONSTRAINT=messages_content_type_valid CHECK="content_type IN ('text', 'image', 'system', 'poll')"

--- migration widen_{constraint}{again}
-- Why: {constraint} accepts more.
-- Locks {table} for a moment (ACCESS EXCLUSIVE).
-- Releases: older ones go on working, if they can read what they have not written themselves.
-- depends: {previous}

ALTER TABLE {table}
    DROP CONSTRAINT {constraint},
    ADD CONSTRAINT {constraint}
        CHECK ({check}) NOT VALID;

COMMENT ON CONSTRAINT {constraint} ON {table} IS {comment};

--- rollback
-- Refuses while there are rows that the older CHECK does not accept. It reads {table} under its lock: the older CHECK was
-- valid, and is again.
DO $$
BEGIN
    IF EXISTS (SELECT FROM {table} WHERE NOT ({old_check})) THEN
        RAISE EXCEPTION 'rows of {table} need the wider {constraint}'
            USING HINT = 'Change or delete them first.';
    END IF;
END
$$;

ALTER TABLE {table}
    DROP CONSTRAINT {constraint},
    -- squawk-ignore constraint-missing-not-valid -- it was valid before, and a rollback has no second step to validate it in
    ADD CONSTRAINT {constraint}
        CHECK ({old_check});

COMMENT ON CONSTRAINT {constraint} ON {table} IS {comment};

--- rows
{row}

--- migration validate_wider_{constraint}{again}
-- Why: {constraint} is proved for the rows from before, which obeyed the narrower one.
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

COMMENT ON CONSTRAINT {constraint} ON {table} IS {comment};

--- rows
{row}

--- cases
tests/schema/cases/{table}.py: a row with each new value, in accepted of the Rule {constraint}
