-- Plain: a session and its user are active now.
WITH session AS (
    UPDATE user_sessions
    SET last_activity_at = now()
    WHERE id = CAST(:session_id AS uuid)
        AND is_active
        AND expires_at > now()
    RETURNING user_id
)
UPDATE users
SET
    status = CAST(:status AS text),
    last_seen_at = now(),
    updated_at = now()
FROM session
WHERE users.id = session.user_id
    AND users.deleted_at IS NULL
RETURNING users.last_seen_at;
