-- The migration tables: yoyo's, and our own beside them.

-- name: has_table(name)
-- In the schema that takes the tables alone: another one on the search_path may hold another messenger's.
SELECT to_regclass(quote_ident(current_schema()) || '.' || quote_ident(:name)) IS NOT NULL;

-- name: tables()
-- yoyo's tables, and ours beside them. In these words, the condition finds them by the index, among any number of others.
SELECT relname
FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
    AND relkind = 'r'
    AND (relname ~ '^_yoyo_' OR relname = 'yoyo_lock')
ORDER BY relname;

-- name: applied()
SELECT
    migration_id,
    date_trunc('second', applied_at_utc)
FROM _yoyo_migration
ORDER BY migration_id;

-- name: create_checksums()
CREATE TABLE IF NOT EXISTS _yoyo_sums (
    migration_id varchar(255) PRIMARY KEY,
    forward_sha256 varchar(64) NOT NULL,
    rollback_sha256 varchar(64) NOT NULL
);

-- name: recorded_checksums()
SELECT
    migration_id,
    forward_sha256,
    rollback_sha256
FROM _yoyo_sums;

-- name: record_checksums(id, forward, rollback)
INSERT INTO _yoyo_sums (
    migration_id,
    forward_sha256,
    rollback_sha256
) VALUES (
    :id,
    :forward,
    :rollback
)
ON CONFLICT (migration_id) DO UPDATE SET
    forward_sha256 = excluded.forward_sha256,
    rollback_sha256 = excluded.rollback_sha256;

-- name: renumber(old, new, hash)
UPDATE _yoyo_migration
SET
    migration_id = :new,
    migration_hash = :hash
WHERE migration_id = :old;

-- name: forget_checksums(id)
DELETE FROM _yoyo_sums
WHERE migration_id = :id;

-- name: set_lock_timeout(milliseconds)
-- By SET LOCAL, which Citus hands on to the nodes where the work is done, and set_config() it does not. Other servers take
-- the first for a setting that nobody reads.
SET LOCAL citus.propagate_set_commands = 'local';
SET LOCAL lock_timeout = :milliseconds;
