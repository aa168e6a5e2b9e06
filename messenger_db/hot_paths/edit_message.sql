/* @name edit_message */
-- name: edit_message(content, chat_id, message_id, user_id)^
-- record_class: EditMessageRow
-- Changes the text of a message that is not deleted. Only its sender can, while an active member. Membership is checked
-- without a lock: an edit that began before its sender left can end after it, and writes nothing that the sender could
-- not have written a moment before.
--
-- Parameters: user_id uuid (the sender), chat_id uuid, message_id uuid, content text
-- Returns: one row, edited_at; none when refused.
-- Nullable: none
-- Indexes: chat_participants_*, messages_chat_id_id_key
-- Pages: 50
-- Locks: the message NO KEY UPDATE.
-- Errors: 23514: a rule of messages was violated; the constraint is named; do not retry.
UPDATE messages
SET
    content = CAST(:content AS text),
    is_edited = true,
    edited_at = GREATEST(created_at, edited_at, statement_timestamp())
WHERE chat_id = CAST(:chat_id AS uuid)
    AND id = CAST(:message_id AS uuid)
    -- Not an equality: with one, the planner could read all messages of the user in the chat to find this one.
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
