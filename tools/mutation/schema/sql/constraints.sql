-- Constraints: dropped whole, and as definitions to vary. What goes with a key, the foreign keys that point to it, is put
-- back behind it. A constraint on an emptied column list of a key that others need is for PostgreSQL to refuse.
WITH constraints AS (
    SELECT
        c.oid, c.contype, t.relname, c.conname,
        CASE c.contype WHEN 'c' THEN 'CHECK' WHEN 'f' THEN 'foreign key' ELSE 'key' END AS kind,
        format('ALTER TABLE %I DROP CONSTRAINT %I CASCADE', t.relname, c.conname) AS dropped,
        format('ALTER TABLE %I ADD CONSTRAINT %I %s', t.relname, c.conname, pg_get_constraintdef(c.oid)) AS made,
        c.conindid
    FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relname !~ '^_?yoyo_' AND c.contype IN ('c', 'p', 'u', 'f')
)
SELECT kind, relname::text, conname::text, 'dropped', '', dropped, ''
FROM constraints
UNION ALL
SELECT
    c.kind, c.relname::text, c.conname::text, NULL, c.dropped, c.made,
    coalesce(
        (
            SELECT string_agg(f.made, '; ' ORDER BY f.conname)
            FROM constraints AS f
            WHERE c.contype <> 'f' AND f.contype = 'f' AND f.conindid = c.conindid
        ),
        ''
    )
FROM constraints AS c
