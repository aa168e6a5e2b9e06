SELECT
    relname,
    relname || '.' || tgname,
    pg_get_triggerdef(pg_trigger.oid, true) AS trigger,
    CASE tgenabled
        WHEN 'O' THEN 'enabled'
        WHEN 'D' THEN 'disabled'
        WHEN 'R' THEN 'enabled on replicas'
        WHEN 'A' THEN 'enabled always'
    END AS state,
    quote_literal(obj_description(pg_trigger.oid, 'pg_trigger')) AS comment
FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND NOT tgisinternal;
