-- NOT NULL has rows here from PostgreSQL 18 on, but is a column's everywhere; a constraint trigger is among the triggers.
-- The triggers that enforce a foreign key can be disabled, which the definition does not say.
SELECT
    relname,
    relname || '.' || conname,
    pg_get_constraintdef(pg_constraint.oid, true) AS "constraint",
    pg_get_indexdef(pg_index.indexrelid, 0, true) AS index,
    CASE indisvalid WHEN true THEN 'VALID' WHEN false THEN 'INVALID' END AS "index state",
    CASE
        WHEN EXISTS (
            SELECT
            FROM pg_trigger
            WHERE tgconstraint = pg_constraint.oid
                AND tgenabled <> 'O'
        ) THEN 'disabled'
        ELSE 'enabled'
    END AS state,
    quote_literal(obj_description(pg_constraint.oid, 'pg_constraint')) AS comment
FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
LEFT JOIN pg_index ON pg_index.indexrelid = conindid AND contype IN ('p', 'u', 'x')
WHERE connamespace = to_regnamespace(quote_ident(current_schema()))
    AND contype NOT IN ('n', 't');
