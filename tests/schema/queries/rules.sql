-- Every rule of the schema, called as the cases call it.
WITH tables AS (
    SELECT oid, relname FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND relname !~ '^_?yoyo_'
)
SELECT c.conname::text AS rule, t.relname::text AS table
FROM pg_constraint AS c JOIN tables AS t ON t.oid = c.conrelid
-- NOT NULL is a constraint of its own from PostgreSQL 18 on; the columns say it in every version.
WHERE c.contype <> 'n'
UNION
SELECT i.indexrelid::regclass::text, t.relname
FROM pg_index AS i JOIN tables AS t ON t.oid = i.indrelid
WHERE i.indisunique
UNION
SELECT format('%s.%s NOT NULL', t.relname, a.attname), t.relname
FROM pg_attribute AS a JOIN tables AS t ON t.oid = a.attrelid
WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
UNION
SELECT format('%s.%s varchar(%s)', t.relname, a.attname, a.atttypmod - 4), t.relname
FROM pg_attribute AS a JOIN tables AS t ON t.oid = a.attrelid
WHERE a.attnum > 0 AND NOT a.attisdropped AND a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod > 0
