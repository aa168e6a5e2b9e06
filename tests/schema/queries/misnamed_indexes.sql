-- Indexes whose name is not <table>_<columns>_idx (_key when unique), with a word for what is partial or an expression.
WITH named AS (
    SELECT
        t.relname, n.relname AS index,
        i.indpred IS NOT NULL OR i.indexprs IS NOT NULL AS has_word,
        CASE WHEN i.indisunique THEN 'key' ELSE 'idx' END AS kind,
        concat_ws('_', t.relname, (
            SELECT string_agg(a.attname, '_' ORDER BY place)
            FROM generate_series(0, i.indnkeyatts - 1) AS place
            JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = i.indkey[place]
        )) AS stem
    FROM pg_index AS i
    JOIN pg_class AS t ON t.oid = i.indrelid
    JOIN pg_class AS n ON n.oid = i.indexrelid
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relname !~ '^_?yoyo_' AND NOT i.indisprimary
)
SELECT index::text
FROM named
WHERE index !~ format('^%s%s_%s$', stem, CASE WHEN has_word THEN '(_[a-z0-9]+)+' END, kind)
