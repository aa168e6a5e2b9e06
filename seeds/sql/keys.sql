-- What takes a key or an index off and puts it on again just as it was, foreign keys last. What a definition does not say
-- (a table clustered by it, a target of statistics, a tablespace, options of a key's index, a trigger disabled), or what a
-- view or anything else needs, stays on: slower, and still right.
WITH loaded AS (
    SELECT oid
    FROM pg_class
    WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
        AND relname = ANY (%(tables)s)
),

foreign_key AS (
    SELECT
        oid,
        conrelid,
        conname
    FROM pg_constraint
    WHERE contype = 'f'
        AND (conrelid IN (SELECT oid FROM loaded) OR confrelid IN (SELECT oid FROM loaded))
        AND NOT EXISTS (
            SELECT
            FROM pg_trigger
            WHERE tgconstraint = pg_constraint.oid
                AND tgenabled <> 'O'
        )
        AND NOT EXISTS (
            SELECT
            FROM pg_depend
            WHERE refclassid = 'pg_constraint'::regclass
                AND refobjid = pg_constraint.oid
                AND deptype <> 'i'
        )
),

key AS (
    SELECT
        indexrelid,
        indrelid,
        relname,
        pg_constraint.oid AS constraint_oid
    FROM pg_index
    JOIN loaded ON loaded.oid = indrelid
    JOIN pg_class ON pg_class.oid = indexrelid
    LEFT JOIN pg_constraint ON conindid = indexrelid AND contype IN ('p', 'u', 'x')
    WHERE indisvalid
        AND NOT indisclustered
        AND NOT indisreplident
        AND reltablespace = 0
        AND (reloptions IS NULL OR pg_constraint.oid IS NULL)
        AND NOT EXISTS (
            SELECT
            FROM pg_attribute
            WHERE attrelid = indexrelid
                AND attstattarget >= 0
        )
        AND NOT EXISTS (
            SELECT
            FROM pg_depend
            WHERE (
                (refclassid = 'pg_class'::regclass AND refobjid = indexrelid)
                OR (refclassid = 'pg_constraint'::regclass AND refobjid = pg_constraint.oid)
            )
                AND deptype <> 'i'
                AND NOT (classid = 'pg_constraint'::regclass AND objid IN (SELECT oid FROM foreign_key))
        )
        -- It goes with an extension.
        AND NOT EXISTS (
            SELECT
            FROM pg_depend
            WHERE classid = 'pg_class'::regclass
                AND objid = indexrelid
                AND refclassid = 'pg_extension'::regclass
        )
),

thing AS (
    SELECT
        false AS is_foreign,
        indrelid AS relation,
        relname AS name,
        constraint_oid,
        indexrelid
    FROM key
    UNION ALL
    SELECT
        true,
        conrelid,
        conname,
        oid,
        NULL
    FROM foreign_key
)

SELECT
    CASE
        WHEN constraint_oid IS NULL THEN format('DROP INDEX %%s', indexrelid::regclass)
        ELSE format('ALTER TABLE %%s DROP CONSTRAINT %%I', relation::regclass, name)
    END,
    concat_ws(
        '; ',
        CASE
            WHEN constraint_oid IS NULL THEN pg_get_indexdef(indexrelid)
            ELSE format(
                'ALTER TABLE %%s ADD CONSTRAINT %%I %%s',
                relation::regclass, name, pg_get_constraintdef(constraint_oid)
            )
        END,
        format('COMMENT ON CONSTRAINT %%I ON %%s IS ', name, relation::regclass)
        || quote_literal(obj_description(constraint_oid, 'pg_constraint')),
        format('COMMENT ON INDEX %%s IS ', indexrelid::regclass)
        || quote_literal(obj_description(indexrelid, 'pg_class'))
    ),
    is_foreign
FROM thing
ORDER BY
    is_foreign,
    relation,
    name;
