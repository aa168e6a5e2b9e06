-- The tenants of a database: schemas by a pattern.

-- name: matching(pattern)
-- public is a tenant only where the pattern is its name: its tables are more likely somebody else's.
SELECT nspname
FROM pg_namespace
WHERE nspname LIKE :pattern
    AND nspname !~ '^pg_'
    AND nspname <> 'information_schema'
    AND (nspname <> 'public' OR :pattern = 'public')
ORDER BY nspname;

-- name: is_usable()
-- Null where the schema of the search_path is missing, or the role has no USAGE on it.
SELECT current_schema() IS NOT NULL;

-- name: exists(name)
SELECT to_regnamespace(quote_ident(:name)) IS NOT NULL;

-- name: is_foreign()
-- A schema with relations, but without yoyo's tables. pg_depend has an index by the schema, pg_class has none.
SELECT
    to_regclass(quote_ident(current_schema()) || '._yoyo_migration') IS NULL
    AND EXISTS (
        SELECT
        FROM pg_depend
        WHERE refclassid = 'pg_namespace'::regclass
            AND refobjid = to_regnamespace(quote_ident(current_schema()))
            AND classid = 'pg_class'::regclass
    );

-- name: free_connections()
SELECT
    current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true)::int, 0)
    - count(*)::int
FROM pg_stat_activity
WHERE backend_type = 'client backend';
