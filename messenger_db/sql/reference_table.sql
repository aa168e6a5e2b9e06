-- In the order in which migrations make them. Settings are those of its storage, such as fillfactor.
SELECT
    relname,
    coalesce(obj_description(oid, 'pg_class'), ''),
    array_to_string(reloptions, ', ')
FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind IN ('r', 'p')
    AND relname !~ '^(_yoyo_|yoyo_lock$)'
ORDER BY oid;
