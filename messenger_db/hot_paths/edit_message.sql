/* @name edit_message */
-- name: edit_message(chat_id, user_id, content, message_id)^
-- Changes the text of a message. Only its sender may, while an active member, and not of a deleted message.
--
-- Parameters: user_id uuid (the sender), chat_id uuid, message_id uuid, content text
-- Returns: one row, edited_at; none when refused.
-- Indexes: chat_participants_*, messages_chat_id_id_key
-- Pages: 60
-- Locks: the member KEY SHARE, then the message NO KEY UPDATE.
-- Errors: 23514: a rule of messages was broken, named by its constraint; do not retry. 40P01: retry.
WITH member AS (
    SELECT
        chat_id,
        user_id
    FROM chat_participants
    WHERE chat_id = CAST(:chat_id AS uuid)
        AND user_id = CAST(:user_id AS uuid)
        AND left_at IS NULL
    FOR KEY SHARE
)
UPDATE messages
SET
    content = CAST(:content AS text),
    is_edited = true,
    edited_at = GREATEST(created_at, edited_at, statement_timestamp())
WHERE chat_id = (SELECT chat_id FROM member)
    AND id = CAST(:message_id AS uuid)
    -- Not an equality: with one, all that the user wrote in the chat could be read for this message.
    AND sender_id IS NOT DISTINCT FROM CAST(:user_id AS uuid)
    AND NOT is_deleted
RETURNING edited_at;
