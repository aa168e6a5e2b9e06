-- Plain: the session of a token, and its user.
SELECT
    user_sessions.id AS session_id,
    user_sessions.user_id,
    users.username,
    user_sessions.device_type,
    user_sessions.expires_at
FROM user_sessions
JOIN users ON users.id = user_sessions.user_id
WHERE user_sessions.token_hash = CAST(:token_hash AS bytea)
    AND user_sessions.is_active
    AND user_sessions.expires_at > now()
    AND users.deleted_at IS NULL;
