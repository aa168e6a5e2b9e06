-- The statement that locks the tables, with those whose foreign keys refer to them. None where the keys are to stay on:
-- somebody else's tables, tables with parents or children, and published ones, whose subscribers would be emptied too.
WITH loaded AS (
    SELECT oid
    FROM pg_class
    WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
        AND relname = ANY (%(tables)s)
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
            'LOCK TABLE %%s IN ACCESS EXCLUSIVE MODE',
            string_agg(pg_class.oid::regclass::text, ', ' ORDER BY nspname, relname)
        )
    END
FROM involved
JOIN pg_class USING (oid)
JOIN pg_namespace ON pg_namespace.oid = relnamespace;
