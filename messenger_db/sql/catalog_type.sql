-- Composite types are among the relations; array types and multiranges come with what they are of.
SELECT
    NULL,
    typname,
    CASE typtype
        WHEN 'e' THEN (
            SELECT 'ENUM (' || string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) || ')'
            FROM pg_enum
            WHERE enumtypid = pg_type.oid
        )
        WHEN 'r' THEN (
            SELECT 'RANGE OF ' || format_type(rngsubtype, NULL)
            FROM pg_range
            WHERE rngtypid = pg_type.oid
        )
        ELSE concat_ws(
            ' ',
            'DOMAIN OF ' || format_type(typbasetype, typtypmod),
            CASE WHEN typnotnull THEN 'NOT NULL' END,
            'DEFAULT ' || typdefault,
            (
                SELECT string_agg(pg_get_constraintdef(pg_constraint.oid, true), ' ' ORDER BY conname)
                FROM pg_constraint
                WHERE contypid = pg_type.oid
                    AND contype = 'c'
            )
        )
    END AS type,
    quote_literal(obj_description(pg_type.oid, 'pg_type')) AS comment
FROM pg_type
WHERE typnamespace = to_regnamespace(quote_ident(current_schema()))
    AND typtype IN ('e', 'r', 'd')
    AND NOT EXISTS (
        SELECT
        FROM pg_depend
        WHERE classid = 'pg_type'::regclass
            AND objid = pg_type.oid
            AND deptype = 'e'
    );
