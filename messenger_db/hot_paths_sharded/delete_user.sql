/* @name delete_user */
-- name: delete_user(user_id)^
-- record_class: DeleteUserRow
-- Deletes an account: the user leaves all chats, and all their sessions end. purge_user deletes the rows later.
--
-- Parameters: user_id uuid
-- Returns: one row: deleted_at, and owned_chats uuid[]: the groups that have no owner now (see appoint_owner). None when
--   there is no such user, or they were deleted before.
-- Nullable: none
-- Indexes: chat_participants_*, users_pkey, user_sessions_user_id_active_idx
-- Pages: 60 + 20 a chat + 20 a session
-- Locks: the user, the sessions, the memberships. The others of a chat may see the user leave a moment before a message that
--   the user had sent: the memberships are on all nodes, and are locked without an order.
-- Errors: 40P01: retry.
WITH deleted AS (
    -- First: after a change of what is on every node, Citus changes the shards one after another.
    UPDATE users
    SET
        status = 'offline',
        deleted_at = GREATEST(created_at, statement_timestamp()),
        updated_at = GREATEST(updated_at, statement_timestamp())
    WHERE id = CAST(:user_id AS uuid)
        AND deleted_at IS NULL
    RETURNING
        id,
        deleted_at
),
ended AS (
    UPDATE user_sessions
    SET
        is_active = false,
        revoked_at = GREATEST(user_sessions.created_at, statement_timestamp())
    WHERE user_sessions.user_id = (SELECT id FROM deleted)
        AND user_sessions.is_active
),
owned AS MATERIALIZED (
    SELECT chat_id
    FROM chat_participants
    WHERE user_id = CAST(:user_id AS uuid)
        AND role = 'owner'
),
left_chats AS (
    UPDATE chat_participants
    SET
        role = 'member',
        left_at = GREATEST(chat_participants.joined_at, statement_timestamp())
    WHERE user_id = (SELECT id FROM deleted)
        AND left_at IS NULL
        AND (SELECT count(*) FROM owned) >= 0
)
SELECT
    deleted_at,
    ARRAY(
        SELECT chat_id
        FROM owned
        ORDER BY chat_id
    ) AS owned_chats
FROM deleted;
