SELECT
    migration_id,
    date_trunc('second', applied_at_utc)
FROM _yoyo_migration
ORDER BY migration_id;
