-- Plain: change a message's text.
UPDATE messages
SET
    content = :content::text,
    is_edited = true,
    edited_at = now()
WHERE id = :message_id::uuid
    AND sender_id = :user_id::uuid
    AND NOT is_deleted
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = messages.chat_id
            AND chat_participants.user_id = :user_id::uuid
            AND left_at IS NULL
    )
RETURNING edited_at;
