SELECT
    relname,
    attname,
    replace(
        replace(format_type(atttypid, atttypmod), 'character varying', 'varchar'),
        'timestamp with time zone',
        'timestamptz'
    ),
    CASE WHEN attcollation <> typcollation THEN collname END,
    NOT attnotnull,
    pg_get_expr(adbin, adrelid, true),
    coalesce(col_description(attrelid, attnum), '')
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
JOIN pg_type ON pg_type.oid = atttypid
LEFT JOIN pg_collation ON pg_collation.oid = attcollation
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind IN ('r', 'p')
    AND attnum > 0
    AND NOT attisdropped
ORDER BY attrelid, attnum;
