-- Indexes that are more than one whole column behind a key.
SELECT i.indexrelid::regclass::text
FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid
WHERE
    t.relnamespace = current_schema()::regnamespace
    AND t.relname !~ '^_?yoyo_'
    AND (
        i.indnatts > 1
        OR NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
    )
