/* @name rotate_session */
-- name: rotate_session(token_hash, new_token_hash, expires_at)^
-- record_class: RotateSessionRow
-- Gives a device a new token: a new session replaces that of the old token, and keeps what is known of the device.
--
-- Parameters: token_hash bytea (of the old token), new_token_hash bytea, expires_at timestamptz
-- Returns: one row: session_id, user_id; none when the old token is no longer valid. A token that is rotated twice was
--   stolen, or the answer was lost: log in again.
-- Nullable: none
-- Indexes: user_sessions_*, users_pkey
-- Pages: 90
-- Locks: the old session NO KEY UPDATE, then the new row.
-- Errors: 23505 user_sessions_token_hash_key: the new token is not random; do not retry.
WITH old AS MATERIALIZED (
    SELECT user_sessions.*
    FROM user_sessions
    WHERE user_sessions.token_hash = CAST(:token_hash AS bytea)
        AND user_sessions.is_active
        AND user_sessions.expires_at > statement_timestamp()
    FOR NO KEY UPDATE
),
successor AS (
    INSERT INTO user_sessions (
        user_id,
        token_hash,
        expires_at,
        device_id,
        device_type,
        device_name,
        ip_address,
        user_agent
    )
    SELECT
        user_id,
        CAST(:new_token_hash AS bytea),
        CAST(:expires_at AS timestamptz),
        device_id,
        device_type,
        device_name,
        ip_address,
        user_agent
    FROM old
    RETURNING
        id,
        user_id
)
UPDATE user_sessions
SET
    is_active = false,
    revoked_at = GREATEST(user_sessions.created_at, statement_timestamp()),
    replaced_by = successor.id
FROM
    old,
    successor
WHERE user_sessions.id = old.id
RETURNING
    successor.id AS session_id,
    successor.user_id;
