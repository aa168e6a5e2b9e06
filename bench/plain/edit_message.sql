-- Plain: change a message's text.
UPDATE messages
SET
    content = CAST(:content AS text),
    is_edited = true,
    edited_at = now()
WHERE id = CAST(:message_id AS uuid)
    AND sender_id = CAST(:user_id AS uuid)
    AND NOT is_deleted
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = messages.chat_id
            AND chat_participants.user_id = CAST(:user_id AS uuid)
            AND left_at IS NULL
    )
RETURNING edited_at;
