-- Indexes that are equal to, or the beginning of, another of the same kind and predicate, and enforce nothing.
WITH indexes AS (
    SELECT
        i.indexrelid, i.indrelid, i.indisunique, c.relam,
        pg_get_expr(i.indpred, i.indrelid) AS predicate,
        pg_get_expr(i.indexprs, i.indrelid) AS expressions,
        ARRAY(
            SELECT format('%s %s %s %s', i.indkey[n], i.indclass[n], i.indcollation[n], i.indoption[n])
            FROM generate_series(0, i.indnkeyatts - 1) AS n
        ) AS keys
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_class AS t ON t.oid = i.indrelid
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relname !~ '^_?yoyo_'
)
SELECT shorter.indexrelid::regclass::text
FROM indexes AS shorter
JOIN indexes AS longer
    ON longer.indrelid = shorter.indrelid
    AND longer.indexrelid <> shorter.indexrelid
    AND longer.relam = shorter.relam
    AND longer.predicate IS NOT DISTINCT FROM shorter.predicate
    AND longer.expressions IS NOT DISTINCT FROM shorter.expressions
    AND longer.keys[:cardinality(shorter.keys)] = shorter.keys
WHERE NOT shorter.indisunique
