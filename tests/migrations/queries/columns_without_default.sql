-- The columns of a table that hold nothing when they are left out.
SELECT attname::text
FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND NOT atthasdef
ORDER BY attnum
