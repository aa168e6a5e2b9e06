/* @name revoke_session */
-- name: revoke_session(session_id, user_id)^
-- record_class: RevokeSessionRow
-- Logs a device out. Safe to repeat.
--
-- Parameters: user_id uuid (whose session it is), session_id uuid
-- Returns: one row: session_id, socket_id (the connection to close; NULL without one); none when it had ended already,
--   or is another user's.
-- Nullable: socket_id
-- Indexes: user_sessions_*
-- Pages: 30
-- Locks: the session NO KEY UPDATE.
-- Errors: none to retry.
UPDATE user_sessions
SET
    is_active = false,
    revoked_at = GREATEST(created_at, statement_timestamp())
WHERE id = CAST(:session_id AS uuid)
    AND user_id = CAST(:user_id AS uuid)
    AND is_active
RETURNING
    id AS session_id,
    socket_id;
