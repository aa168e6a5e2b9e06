-- What takes away all indexes of a table but one.
SELECT coalesce(
    'ALTER TABLE ' || other.indrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(c.conname) || ' CASCADE',
    'DROP INDEX ' || other.indexrelid::regclass
)
FROM pg_index AS one
JOIN pg_index AS other ON other.indrelid = one.indrelid AND other.indexrelid <> one.indexrelid
LEFT JOIN pg_constraint AS c ON c.conindid = other.indexrelid AND c.contype IN ('p', 'u', 'x')
WHERE one.indexrelid = to_regclass(%s)
