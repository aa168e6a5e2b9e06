-- Every value that an enumeration allows, with its rule.
SELECT c.conname::text, quoted.value[1]
FROM pg_constraint AS c
CROSS JOIN regexp_matches(pg_get_constraintdef(c.oid), '''([^'']*)''', 'g') AS quoted (value)
WHERE c.connamespace = current_schema()::regnamespace AND c.conname LIKE '%\_valid'
