/* @name sessions */
-- name: sessions(user_id)
-- record_class: SessionsRow
-- Returns a user's devices that are logged in, most recently used first.
--
-- Parameters: user_id uuid
-- Returns: a row for each: session_id, device_type, device_name, ip_address, last_activity_at, created_at, expires_at.
-- Nullable: device_type, device_name, ip_address
-- Indexes: user_sessions_user_id_*
-- Pages: 20 + 4 a session
-- Locks: none.
-- Errors: none to retry.
SELECT
    id AS session_id,
    device_type,
    device_name,
    ip_address,
    last_activity_at,
    created_at,
    expires_at
FROM user_sessions
WHERE user_id = CAST(:user_id AS uuid)
    AND is_active
    AND expires_at > statement_timestamp()
ORDER BY
    last_activity_at DESC,
    id;
