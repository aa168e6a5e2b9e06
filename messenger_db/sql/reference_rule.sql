-- The checks, by the columns they are about.
SELECT
    relname,
    conname,
    pg_get_expr(conbin, conrelid, true),
    coalesce(obj_description(pg_constraint.oid, 'pg_constraint'), '')
FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
WHERE connamespace = to_regnamespace(quote_ident(current_schema()))
    AND contype = 'c'
ORDER BY conrelid, conkey, conname;
