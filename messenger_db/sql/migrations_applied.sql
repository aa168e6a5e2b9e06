SELECT
    migration_id,
    to_char(applied_at_utc, 'YYYY-MM-DD HH24:MI:SS "UTC"')
FROM _yoyo_migration
ORDER BY migration_id;
