-- Columns: NOT NULL dropped or added, a length one more or less, a collation taken away, a default dropped, and as a
-- definition to vary. A primary key's column cannot lose its NOT NULL.
WITH columns AS (
    SELECT
        t.relname, a.attname, a.attnotnull,
        CASE WHEN a.atttypid = 'varchar'::regtype AND a.atttypmod > 0 THEN a.atttypmod - 4 END AS length,
        CASE WHEN a.attcollation <> y.typcollation THEN format(' COLLATE %I', o.collname) ELSE '' END AS collation,
        format_type(a.atttypid, a.atttypmod) AS type,
        pg_get_expr(d.adbin, d.adrelid) AS standard,
        EXISTS (
            SELECT FROM pg_index AS i WHERE i.indrelid = t.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)
        ) AS is_primary
    FROM pg_attribute AS a
    JOIN pg_class AS t ON t.oid = a.attrelid
    JOIN pg_type AS y ON y.oid = a.atttypid
    LEFT JOIN pg_collation AS o ON o.oid = a.attcollation
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE
        t.relnamespace = current_schema()::regnamespace
        AND t.relkind IN ('r', 'p')
        AND t.relname !~ '^_?yoyo_'
        AND a.attnum > 0
        AND NOT a.attisdropped
)
SELECT variant.kind, c.relname::text, format('%s.%s', c.relname, c.attname), variant.what, '', variant.definition, ''
FROM columns AS c
CROSS JOIN LATERAL (
    SELECT 'NOT NULL', 'dropped', format('ALTER TABLE %I ALTER %I DROP NOT NULL', c.relname, c.attname)
    WHERE c.attnotnull AND NOT c.is_primary
    UNION ALL
    SELECT 'NOT NULL', 'added', format('ALTER TABLE %I ALTER %I SET NOT NULL', c.relname, c.attname)
    WHERE NOT c.attnotnull
    UNION ALL
    SELECT
        'length', format('%s -> %s', c.length, c.length + step),
        format('ALTER TABLE %I ALTER %I TYPE varchar(%s)%s', c.relname, c.attname, c.length + step, c.collation)
    FROM (VALUES (1), (-1)) AS steps (step)
    WHERE c.length IS NOT NULL
    UNION ALL
    SELECT 'collation', 'dropped', format('ALTER TABLE %I ALTER %I TYPE %s', c.relname, c.attname, c.type)
    WHERE c.collation <> ''
    UNION ALL
    SELECT 'default', 'dropped', format('ALTER TABLE %I ALTER %I DROP DEFAULT', c.relname, c.attname)
    WHERE c.standard IS NOT NULL
    UNION ALL
    SELECT 'default', NULL, format('ALTER TABLE %I ALTER %I SET DEFAULT %s', c.relname, c.attname, c.standard)
    WHERE c.standard IS NOT NULL
) AS variant (kind, what, definition)
