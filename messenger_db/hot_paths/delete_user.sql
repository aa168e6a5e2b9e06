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
-- Locks: the memberships FOR UPDATE in key order (see leave_chat), the user, the sessions.
-- Errors: 40P01: retry.
WITH members AS MATERIALIZED (
    SELECT
        chat_id,
        user_id,
        role
    FROM chat_participants
    -- In a subquery: else a plan made for one user looks cheaper than one for all, and is made for each call.
    WHERE user_id = (SELECT CAST(:user_id AS uuid))
        AND left_at IS NULL
    ORDER BY chat_id
    FOR UPDATE
),
left_chats AS (
    UPDATE chat_participants
    SET
        role = 'member',
        left_at = GREATEST(chat_participants.joined_at, statement_timestamp())
    FROM members
    WHERE chat_participants.chat_id = members.chat_id
        AND chat_participants.user_id = members.user_id
    RETURNING chat_participants.chat_id
),
deleted AS (
    UPDATE users
    SET
        status = 'offline',
        deleted_at = GREATEST(created_at, statement_timestamp())
    WHERE id = CAST(:user_id AS uuid)
        AND deleted_at IS NULL
        AND (SELECT count(*) FROM left_chats) >= 0
    RETURNING
        id,
        deleted_at
),
ended AS (
    UPDATE user_sessions
    SET
        is_active = false,
        revoked_at = GREATEST(user_sessions.created_at, statement_timestamp())
    FROM deleted
    WHERE user_sessions.user_id = deleted.id
        AND user_sessions.is_active
)
SELECT
    deleted_at,
    ARRAY(
        SELECT chat_id
        FROM members
        WHERE role = 'owner'
        ORDER BY chat_id
    ) AS owned_chats
FROM deleted;
