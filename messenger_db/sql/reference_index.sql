-- What a constraint has behind it is that constraint's.
SELECT
    pg_table.relname,
    pg_class.relname,
    indisunique,
    pg_get_indexdef(indexrelid, 0, true),
    coalesce(obj_description(indexrelid, 'pg_class'), '')
FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
JOIN pg_class AS pg_table ON pg_table.oid = indrelid
WHERE pg_class.relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND NOT EXISTS (
        SELECT
        FROM pg_constraint
        WHERE conindid = indexrelid
            AND contype IN ('p', 'u', 'x')
    )
ORDER BY indrelid, pg_class.relname;
