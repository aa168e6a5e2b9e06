SELECT
    relname,
    relname || '.' || attname,
    format_type(atttypid, atttypmod)
    || CASE WHEN attcollation <> typcollation THEN ' COLLATE ' || attcollation::regcollation ELSE '' END AS type,
    CASE WHEN attnotnull THEN 'yes' ELSE 'no' END AS "NOT NULL",
    CASE WHEN attgenerated = '' THEN pg_get_expr(adbin, adrelid, true) END AS "default",
    CASE WHEN attgenerated <> '' THEN pg_get_expr(adbin, adrelid, true) END
    || CASE attgenerated WHEN 's' THEN ' STORED' ELSE ' VIRTUAL' END AS generated,
    CASE attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
    quote_literal(col_description(attrelid, attnum)) AS comment
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
JOIN pg_type ON pg_type.oid = atttypid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
    AND attnum > 0
    AND NOT attisdropped;
