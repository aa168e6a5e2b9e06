SELECT
    migration_id,
    forward_sha256,
    rollback_sha256
FROM _yoyo_sums;
