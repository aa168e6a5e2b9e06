-- Foreign keys that no index serves: one that leads with a column of the key (of a composite key, any but chat_id) and
-- has no predicate, or none but that a column of the key is there.
SELECT f.conname::text
FROM pg_constraint AS f JOIN pg_class AS t ON t.oid = f.conrelid
WHERE
    f.contype = 'f'
    AND f.connamespace = current_schema()::regnamespace
    AND t.relname !~ '^_?yoyo_'
    AND NOT EXISTS (
        SELECT
        FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE
            i.indrelid = f.conrelid
            AND a.attnum = ANY (f.conkey)
            AND (cardinality(f.conkey) = 1 OR a.attname <> 'chat_id')
            AND (
                i.indpred IS NULL
                OR pg_get_expr(i.indpred, i.indrelid) IN (
                    SELECT format('(%I IS NOT NULL)', k.attname)
                    FROM pg_attribute AS k
                    WHERE k.attrelid = f.conrelid AND k.attnum = ANY (f.conkey)
                )
            )
    )
