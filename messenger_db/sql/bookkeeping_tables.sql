-- yoyo's tables, and ours beside them.
SELECT relname
FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind = 'r'
    AND relname ~ '^(_yoyo_|yoyo_lock$)'
ORDER BY relname;
