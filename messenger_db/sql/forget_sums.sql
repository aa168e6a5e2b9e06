DELETE FROM _yoyo_sums
WHERE migration_id = :id;
