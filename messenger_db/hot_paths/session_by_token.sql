-- Who calls: the session of a token, if it is active and has not expired, and its user has not left.
--
-- Parameters: token_hash bytea (SHA-256 of the token)
-- Returns: one row: session_id, user_id, username, device_type, expires_at; none when the token is no good.
-- Indexes: user_sessions_token_hash_key, users_pkey
-- Pages: 15
-- Locks: none.
-- Errors: none to retry.
SELECT
    user_sessions.id AS session_id,
    user_sessions.user_id,
    users.username,
    user_sessions.device_type,
    user_sessions.expires_at
FROM user_sessions
JOIN users ON users.id = user_sessions.user_id
WHERE user_sessions.token_hash = :token_hash::bytea
    AND user_sessions.is_active
    AND user_sessions.expires_at > statement_timestamp()
    AND users.deleted_at IS NULL;
