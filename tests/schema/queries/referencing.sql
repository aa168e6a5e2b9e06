-- Every foreign key, with its table and the table it points to.
SELECT t.relname::text, c.conname::text, c.confrelid::regclass::text
FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace AND t.relname !~ '^_?yoyo_'
