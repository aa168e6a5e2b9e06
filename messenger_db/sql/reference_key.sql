-- The primary key first.
SELECT
    relname,
    conname,
    CASE contype WHEN 'p' THEN 'primary key' ELSE 'unique' END,
    ARRAY(
        SELECT attname::text
        FROM unnest(conkey) WITH ORDINALITY AS part (attnum, place)
        JOIN pg_attribute USING (attnum)
        WHERE attrelid = conrelid
        ORDER BY place
    ),
    coalesce(obj_description(pg_constraint.oid, 'pg_constraint'), '')
FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
WHERE connamespace = to_regnamespace(quote_ident(current_schema()))
    AND contype IN ('p', 'u')
ORDER BY conrelid, contype, conkey;
