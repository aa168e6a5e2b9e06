-- The bytes of each layout's tables, with their indexes; what the measurement itself brought along is not counted.
SELECT
    relnamespace::regnamespace::text,
    sum(pg_total_relation_size(oid))::bigint
FROM pg_class
WHERE relkind = 'r'
    AND relnamespace IN ('public'::regnamespace, 'plain'::regnamespace, 'plain_tuned'::regnamespace)
    AND relname IN (
        SELECT relname
        FROM pg_class
        WHERE relkind = 'r'
            AND relnamespace = 'plain'::regnamespace
            AND relname NOT LIKE 'bench%'
    )
GROUP BY 1
