/* @name edit_message */
-- name: edit_message(content, chat_id, message_id, user_id)^
-- record_class: EditMessageRow
-- Changes the text of a message. Only its sender may, while an active member, and not of a deleted message. Membership is
-- looked up, not locked: an edit that began before its sender left may end after it, and says nothing that the sender
-- could not have said a moment before.
--
-- Parameters: user_id uuid (the sender), chat_id uuid, message_id uuid, content text
-- Returns: one row, edited_at; none when refused.
-- Nullable: none
-- Indexes: chat_participants_*, messages_chat_id_id_key
-- Pages: 50
-- Locks: the message NO KEY UPDATE.
-- Errors: 23514: a rule of messages was broken, named by its constraint; do not retry.
UPDATE messages
SET
    content = CAST(:content AS text),
    is_edited = true,
    edited_at = GREATEST(created_at, edited_at, statement_timestamp())
WHERE chat_id = CAST(:chat_id AS uuid)
    AND id = CAST(:message_id AS uuid)
    -- Not an equality: with one, all that the user wrote in the chat could be read for this message.
    AND sender_id IS NOT DISTINCT FROM CAST(:user_id AS uuid)
    AND NOT is_deleted
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
            AND chat_participants.user_id = CAST(:user_id AS uuid)
            AND left_at IS NULL
    )
RETURNING edited_at;
