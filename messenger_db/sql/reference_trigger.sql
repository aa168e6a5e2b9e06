SELECT
    relname,
    tgname,
    pg_get_triggerdef(pg_trigger.oid, true),
    coalesce(obj_description(pg_trigger.oid, 'pg_trigger'), '')
FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND NOT tgisinternal
ORDER BY tgrelid, tgname;
