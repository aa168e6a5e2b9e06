-- Indexes that are no constraint's: dropped whole, and as definitions to vary.
SELECT 'index', t.relname::text, n.relname::text, variant.what, variant.before, variant.definition, ''
FROM pg_index AS i
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_class AS n ON n.oid = i.indexrelid
CROSS JOIN LATERAL (
    VALUES
    ('dropped', '', format('DROP INDEX %I', n.relname)),
    (NULL, format('DROP INDEX %I', n.relname), pg_get_indexdef(i.indexrelid, 0, true))
) AS variant (what, before, definition)
WHERE
    t.relnamespace = current_schema()::regnamespace
    AND t.relname !~ '^_?yoyo_'
    AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
