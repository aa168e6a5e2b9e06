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
