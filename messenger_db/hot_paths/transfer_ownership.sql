/* @name transfer_ownership */
-- name: transfer_ownership(chat_id, user_id, member_id)^
-- record_class: TransferOwnershipRow
-- Transfers a group: another member becomes its owner, and the owner becomes an admin.
--
-- Parameters: user_id uuid (the owner), chat_id uuid, member_id uuid
-- Returns: one row, chat_id; none when the user is not the owner, or the other not an active member.
-- Nullable: none
-- Indexes: chat_participants_*
-- Pages: 80
-- Locks: the two members NO KEY UPDATE in key order.
-- Errors: 40P01: retry.
WITH both_members AS MATERIALIZED (
    SELECT
        chat_id,
        user_id,
        role
    FROM chat_participants
    WHERE chat_id = CAST(:chat_id AS uuid)
        AND user_id IN (CAST(:user_id AS uuid), CAST(:member_id AS uuid))
        AND left_at IS NULL
    ORDER BY user_id
    FOR NO KEY UPDATE
),
-- First, because a group has at most one owner at any time.
demoted AS (
    UPDATE chat_participants
    SET role = 'admin'
    FROM both_members
    WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
        AND chat_participants.user_id = both_members.user_id
        AND both_members.user_id = CAST(:user_id AS uuid)
        AND both_members.role = 'owner'
        AND (SELECT count(*) FROM both_members) = 2
    RETURNING chat_participants.chat_id
)
UPDATE chat_participants
SET role = 'owner'
FROM demoted
WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
    AND chat_participants.user_id = CAST(:member_id AS uuid)
RETURNING chat_participants.chat_id;
