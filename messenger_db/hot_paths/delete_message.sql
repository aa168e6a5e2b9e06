/* @name delete_message */
-- name: delete_message(chat_id, user_id, message_id)^
-- Deletes a message: its text goes, its place in the history stays. Its sender may, and the chat's owner and admins,
-- while active members.
--
-- Parameters: user_id uuid (who deletes), chat_id uuid, message_id uuid
-- Returns: one row, deleted_at; none when refused, or deleted before.
-- Indexes: chat_participants_*, messages_chat_id_id_key
-- Pages: 60
-- Locks: the member KEY SHARE, then the message NO KEY UPDATE.
-- Errors: 40P01: retry.
WITH member AS MATERIALIZED (
    SELECT
        chat_id,
        role
    FROM chat_participants
    WHERE chat_id = CAST(:chat_id AS uuid)
        AND user_id = CAST(:user_id AS uuid)
        AND left_at IS NULL
    FOR KEY SHARE
)
UPDATE messages
SET
    content = '',
    metadata = '{}',
    is_deleted = true,
    deleted_at = GREATEST(created_at, edited_at, statement_timestamp()),
    deleted_by = CAST(:user_id AS uuid)
WHERE chat_id = (SELECT chat_id FROM member)
    AND id = CAST(:message_id AS uuid)
    AND NOT is_deleted
    AND (sender_id = CAST(:user_id AS uuid) OR (SELECT role FROM member) IN ('owner', 'admin'))
RETURNING deleted_at;
