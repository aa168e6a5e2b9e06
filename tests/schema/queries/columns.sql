-- Every column, as table.column.
SELECT format('%s.%s', c.relname, a.attname)
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE
    c.relnamespace = current_schema()::regnamespace
    AND c.relkind IN ('r', 'p')
    AND c.relname !~ '^_?yoyo_'
    AND a.attnum > 0
    AND NOT a.attisdropped
