-- Every foreign key by name.
SELECT c.conname::text
FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace AND t.relname !~ '^_?yoyo_'
