-- Columns, and unique indexes over expressions, that do not compare as the database's locale does.
SELECT format('%s.%s', c.relname, a.attname)
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid
JOIN pg_collation AS o ON o.oid = a.attcollation
WHERE
    c.relnamespace = current_schema()::regnamespace
    AND c.relkind IN ('r', 'p', 'i')
    AND c.relname !~ '^_?yoyo_'
    AND a.attnum > 0
    AND o.collname = 'C'
