-- Dropping constraints and indexes before a load, and the statements that create them again after it.

-- name: lock_statement(tables)
-- The statement that locks the tables and those whose foreign keys refer to them. NULL where constraints have to stay:
-- tables of another owner, with parents or children, or published, whose subscribers would be truncated too.
WITH loaded AS (
    SELECT oid
    FROM pg_class
    WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
        AND relname = ANY (:tables)
),

involved AS (
    SELECT oid
    FROM loaded
    UNION
    SELECT conrelid
    FROM pg_constraint
    JOIN loaded ON loaded.oid = confrelid
)

SELECT
    CASE
        WHEN bool_and(
            relkind = 'r'
            AND pg_has_role(relowner, 'USAGE')
            AND has_schema_privilege(relnamespace, 'CREATE')
            AND has_table_privilege(pg_class.oid, 'TRUNCATE')
            AND has_table_privilege(pg_class.oid, 'REFERENCES')
            AND NOT EXISTS (
                SELECT
                FROM pg_inherits
                WHERE pg_class.oid IN (inhrelid, inhparent)
            )
            AND NOT EXISTS (
                SELECT
                FROM pg_publication_tables
                WHERE (schemaname, tablename) = (nspname, relname)
            )
        ) THEN format(
            'LOCK TABLE %s IN ACCESS EXCLUSIVE MODE',
            string_agg(pg_class.oid::regclass::text, ', ' ORDER BY nspname, relname)
        )
    END
FROM involved
JOIN pg_class USING (oid)
JOIN pg_namespace ON pg_namespace.oid = relnamespace;

-- name: has_rows()
SELECT EXISTS (SELECT FROM {table});

-- name: constraints_and_indexes(tables)
-- For each constraint and index the statements that drop it and create it again just as it was, foreign keys last. It
-- stays where its definition leaves something out (CLUSTER, a statistics target, a tablespace, options of a constraint's
-- index, a disabled trigger), or where a view or anything else depends on it: slower, and still right.
WITH loaded AS (
    SELECT oid
    FROM pg_class
    WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
        AND relname = ANY (:tables)
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
        -- It belongs to an extension.
        AND NOT EXISTS (
            SELECT
            FROM pg_depend
            WHERE classid = 'pg_class'::regclass
                AND objid = indexrelid
                AND refclassid = 'pg_extension'::regclass
        )
),

object AS (
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
        WHEN constraint_oid IS NULL THEN format('DROP INDEX %s', indexrelid::regclass)
        ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', relation::regclass, name)
    END,
    -- Commands by themselves: Citus takes no two of them in one string.
    array_remove(ARRAY[
        CASE
            WHEN constraint_oid IS NULL THEN pg_get_indexdef(indexrelid)
            ELSE format(
                'ALTER TABLE %s ADD CONSTRAINT %I %s',
                relation::regclass, name, pg_get_constraintdef(constraint_oid)
            )
        END,
        format('COMMENT ON CONSTRAINT %I ON %s IS ', name, relation::regclass)
        || quote_literal(obj_description(constraint_oid, 'pg_constraint')),
        format('COMMENT ON INDEX %s IS ', indexrelid::regclass)
        || quote_literal(obj_description(indexrelid, 'pg_class'))
    ], NULL),
    is_foreign
FROM object
ORDER BY
    is_foreign,
    relation,
    name;

-- name: truncate()
-- The tables are empty already. Their new files let COPY freeze the rows, so that VACUUM need not do so later.
TRUNCATE {tables};
