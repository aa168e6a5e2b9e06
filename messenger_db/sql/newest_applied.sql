SELECT max(migration_id)
FROM _yoyo_migration;
