/* @name change_role */
-- name: change_role(role, chat_id, member_id, user_id)^
-- record_class: ChangeRoleRow
-- Makes a member of a group an admin, or an admin a member. Only the owner can; see transfer_ownership for the owner.
--
-- Parameters: user_id uuid (the owner), chat_id uuid, member_id uuid, role text (admin or member)
-- Returns: one row, role; none when refused.
-- Nullable: none
-- Indexes: chat_participants_*
-- Pages: 50
-- Locks: the member NO KEY UPDATE.
-- Errors: 23514 chat_participants_role_valid: no such role; do not retry.
UPDATE chat_participants
SET role = CAST(:role AS text)
WHERE chat_id = CAST(:chat_id AS uuid)
    AND user_id = CAST(:member_id AS uuid)
    AND left_at IS NULL
    AND role <> 'owner'
    AND CAST(:role AS text) <> 'owner'
    AND EXISTS (
        SELECT
        FROM chat_participants AS asking
        WHERE asking.chat_id = CAST(:chat_id AS uuid)
            AND asking.user_id = CAST(:user_id AS uuid)
            AND asking.left_at IS NULL
            AND asking.role = 'owner'
    )
RETURNING role;
