SELECT
    relname,
    array_agg(attname::text ORDER BY attnum)
FROM pg_class
JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind IN ('r', 'p', 'v', 'm')
    AND attnum > 0
    AND NOT attisdropped
GROUP BY relname
ORDER BY relname;
