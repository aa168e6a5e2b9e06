/* @name join_chat */
-- name: join_chat(user_id, chat_id, added_by)^
-- record_class: JoinChatRow
-- Adds a user to a group of at most 300 members, or lets one who left join again. Run it after lock_group, in the same
-- transaction.
--
-- Parameters: chat_id uuid, user_id uuid, added_by uuid (NULL if the user joined without being added)
-- Returns: one row, joined_at; none when the user is an active member already or gone, the group is full, or the chat is
--   not a group, or deleted.
-- Nullable: none
-- Indexes: chat_participants_*, chats_pkey, users_pkey
-- Pages: 60 + 1 a member
-- Locks: the member, then (by the keys) the chat and the two users KEY SHARE.
-- Errors: 23503: added_by was purged; do not retry. 40P01: retry the transaction.
WITH joining AS MATERIALIZED (
    -- Fenced: Citus writes an INSERT that it pushes down with its defaults in the wrong place.
    SELECT id
    FROM users
    WHERE id = CAST(:user_id AS uuid)
        AND deleted_at IS NULL
        AND EXISTS (
            SELECT
            FROM chats
            WHERE id = CAST(:chat_id AS uuid)
                AND type = 'group'
                AND NOT is_deleted
        )
        AND (
            SELECT count(*)
            FROM chat_participants
            WHERE chat_id = CAST(:chat_id AS uuid)
                AND left_at IS NULL
        ) < 300
)
INSERT INTO chat_participants AS member (
    chat_id,
    user_id,
    added_by
)
SELECT
    CAST(:chat_id AS uuid),
    id,
    CAST(:added_by AS uuid)
FROM joining
ON CONFLICT (chat_id, user_id) DO UPDATE
SET
    role = 'member',
    added_by = excluded.added_by,
    joined_at = GREATEST(member.left_at, excluded.joined_at),
    left_at = NULL
WHERE member.left_at IS NOT NULL
RETURNING joined_at;
