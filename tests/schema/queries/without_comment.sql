-- Tables, columns, constraints, indexes, triggers and functions without a comment of one line.
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
    SELECT r.conname, obj_description(r.oid, 'pg_constraint')
    FROM pg_constraint AS r JOIN pg_class AS c ON c.oid = r.conrelid
    -- NOT NULL is a constraint of its own from PostgreSQL 18 on, and needs no words.
    WHERE r.connamespace = current_schema()::regnamespace AND c.relname !~ '^_?yoyo_' AND r.contype <> 'n'
    UNION ALL
    SELECT c.relname, obj_description(c.oid, 'pg_class')
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_class AS t ON t.oid = i.indrelid
    WHERE
        c.relnamespace = current_schema()::regnamespace
        AND t.relname !~ '^_?yoyo_'
        -- The index behind a constraint is that constraint's.
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))
    UNION ALL
    SELECT g.tgname, obj_description(g.oid, 'pg_trigger')
    FROM pg_trigger AS g JOIN pg_class AS c ON c.oid = g.tgrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND NOT g.tgisinternal
    UNION ALL
    SELECT p.proname, obj_description(p.oid, 'pg_proc')
    FROM pg_proc AS p
    WHERE p.pronamespace = current_schema()::regnamespace
)
SELECT name FROM described WHERE comment IS NULL OR comment !~ '^\S[^\n]*\.$'
