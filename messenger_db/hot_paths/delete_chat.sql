/* @name delete_chat */
-- name: delete_chat(chat_id, user_id)^
-- record_class: DeleteChatRow
-- Deletes a group: nobody can send to it or see it in the list of chats. Only the owner can. Its rows stay until purged.
--
-- Parameters: user_id uuid (the owner), chat_id uuid
-- Returns: one row, deleted_at; none when refused, or deleted before.
-- Nullable: none
-- Indexes: chats_pkey, chat_participants_*
-- Pages: 40
-- Locks: the chat NO KEY UPDATE: sends in progress go on, and later ones are refused.
-- Errors: none to retry.
UPDATE chats
SET
    is_deleted = true,
    deleted_at = GREATEST(created_at, statement_timestamp())
WHERE id = CAST(:chat_id AS uuid)
    AND type = 'group'
    AND NOT is_deleted
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
            AND chat_participants.user_id = CAST(:user_id AS uuid)
            AND left_at IS NULL
            AND role = 'owner'
    )
RETURNING deleted_at;
