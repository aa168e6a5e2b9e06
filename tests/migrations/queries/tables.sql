-- Every table but those of yoyo's bookkeeping.
SELECT oid, relname::text
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND relname !~ '^_?yoyo_'
ORDER BY oid
