/* @name heartbeat */
-- name: heartbeat(session_id, status)^
-- record_class: HeartbeatRow
-- Records that a device is connected: the last activity of its session, and the time its user was last seen.
--
-- Parameters: session_id uuid, status text (online, away or offline)
-- Returns: one row, last_seen_at; none when the session has expired or ended.
-- Nullable: none
-- Indexes: user_sessions_pkey, users_pkey, presence_pkey
-- Pages: 60
-- Locks: the row of the session in presence. users and user_sessions, which are on every node, are left to fold_presence.
-- Errors: none to retry.
WITH session AS MATERIALIZED (
    SELECT
        user_sessions.id,
        user_sessions.user_id,
        GREATEST(users.last_seen_at, statement_timestamp()) AS last_seen_at
    FROM user_sessions
    JOIN users ON users.id = user_sessions.user_id
    WHERE user_sessions.id = CAST(:session_id AS uuid)
        AND user_sessions.is_active
        AND user_sessions.expires_at > statement_timestamp()
        AND users.deleted_at IS NULL
)
INSERT INTO presence AS known (
    session_id,
    user_id,
    status,
    last_seen_at
)
SELECT
    CAST(:session_id AS uuid),
    user_id,
    CAST(:status AS text),
    last_seen_at
FROM session
ON CONFLICT (session_id) DO UPDATE
SET
    status = excluded.status,
    last_seen_at = GREATEST(known.last_seen_at, excluded.last_seen_at)
RETURNING last_seen_at;
