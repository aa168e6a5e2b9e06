-- Tables, columns and functions without a comment of one line.
WITH described AS (
    SELECT c.relname::text AS name, obj_description(c.oid, 'pg_class') AS comment
    FROM pg_class AS c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relname !~ '^_?yoyo_'
    UNION ALL
    SELECT format('%s.%s', c.relname, a.attname), col_description(c.oid, a.attnum)
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE
        c.relnamespace = current_schema()::regnamespace
        AND c.relkind IN ('r', 'p')
        AND c.relname !~ '^_?yoyo_'
        AND a.attnum > 0
        AND NOT a.attisdropped
    UNION ALL
    SELECT p.proname, obj_description(p.oid, 'pg_proc')
    FROM pg_proc AS p
    WHERE p.pronamespace = current_schema()::regnamespace
)
SELECT name FROM described WHERE comment IS NULL OR comment !~ '^\S[^\n]*\.$'
