/* @name bind_socket */
-- name: bind_socket(session_id, socket_id)^
-- record_class: BindSocketRow
-- Records the open connection of a device, so that messages reach it. Another session that had this connection loses it.
--
-- Parameters: session_id uuid, socket_id text (NULL: the connection was closed)
-- Returns: one row, user_id; none when the session has expired or ended.
-- Nullable: none
-- Indexes: user_sessions_*
-- Pages: 50
-- Locks: both sessions NO KEY UPDATE in key order.
-- Errors: 23505 user_sessions_socket_id_active_key: another session took it at the same time; retry. 40P01: retry.
WITH affected AS MATERIALIZED (
    SELECT
        id,
        is_active AND expires_at > statement_timestamp() AS is_good
    FROM user_sessions
    WHERE id = CAST(:session_id AS uuid)
        OR (socket_id = CAST(:socket_id AS text) AND is_active)
    ORDER BY id
    FOR NO KEY UPDATE
),
-- First, because a unique index is checked row by row, not at the end of the statement.
released AS (
    UPDATE user_sessions
    SET socket_id = NULL
    FROM affected
    WHERE user_sessions.id = affected.id
        AND user_sessions.id <> CAST(:session_id AS uuid)
        AND EXISTS (SELECT FROM affected WHERE id = CAST(:session_id AS uuid) AND is_good)
    RETURNING user_sessions.id
)
UPDATE user_sessions
SET socket_id = CAST(:socket_id AS text)
WHERE id = (SELECT id FROM affected WHERE id = CAST(:session_id AS uuid) AND is_good)
    AND (SELECT count(*) FROM released) >= 0
RETURNING user_id;
