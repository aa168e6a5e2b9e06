CREATE TABLE IF NOT EXISTS _yoyo_sums (
    migration_id varchar(255) PRIMARY KEY,
    forward_sha256 varchar(64) NOT NULL,
    rollback_sha256 varchar(64) NOT NULL
);
