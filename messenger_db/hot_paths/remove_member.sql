/* @name remove_member */
-- name: remove_member(chat_id, member_id, user_id)^
-- record_class: RemoveMemberRow
-- Removes a member from a group. The owner can remove anybody, an admin only plain members. Run clear_unread for the
-- removed member after it, in the same transaction, as after leave_chat.
--
-- Parameters: user_id uuid (who removes), chat_id uuid, member_id uuid
-- Returns: one row, left_at; none when refused: roll back.
-- Nullable: none
-- Indexes: chat_participants_*, chats_pkey
-- Pages: 60
-- Locks: the member FOR UPDATE (see leave_chat).
-- Errors: 40P01: retry the transaction.
WITH member AS MATERIALIZED (
    SELECT
        chat_id,
        user_id
    FROM chat_participants
    WHERE chat_id = CAST(:chat_id AS uuid)
        AND user_id = CAST(:member_id AS uuid)
        AND user_id <> CAST(:user_id AS uuid)
        AND left_at IS NULL
        AND EXISTS (
            SELECT
            FROM chat_participants AS asking
            JOIN chats ON chats.id = asking.chat_id
            WHERE asking.chat_id = CAST(:chat_id AS uuid)
                AND asking.user_id = CAST(:user_id AS uuid)
                AND asking.left_at IS NULL
                AND chats.type = 'group'
                AND (asking.role = 'owner' OR (asking.role = 'admin' AND chat_participants.role = 'member'))
        )
    FOR UPDATE OF chat_participants
)
UPDATE chat_participants
SET
    role = 'member',
    left_at = GREATEST(chat_participants.joined_at, statement_timestamp())
FROM member
WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
    AND chat_participants.user_id = member.user_id
RETURNING chat_participants.left_at;
