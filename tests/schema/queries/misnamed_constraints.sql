-- Constraints whose name does not say the rule.
WITH named AS (
    SELECT
        t.relname, c.conname, c.contype,
        (
            SELECT string_agg(a.attname, '_' ORDER BY k.place)
            FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
        ) AS columns
    FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
    WHERE c.connamespace = current_schema()::regnamespace AND t.relname !~ '^_?yoyo_' AND c.contype <> 'n'
)
SELECT conname::text
FROM named
WHERE CASE contype
    WHEN 'c' THEN conname !~ format('^%s_[a-z]', relname)
    WHEN 'p' THEN conname <> format('%s_pkey', relname)
    WHEN 'u' THEN conname <> format('%s_%s_key', relname, columns)
    WHEN 'f' THEN conname <> format('%s_%s_fkey', relname, columns)
    ELSE true
END
