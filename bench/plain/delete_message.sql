-- Plain: delete a message softly.
UPDATE messages
SET
    content = '',
    metadata = '{}',
    is_deleted = true,
    deleted_at = now(),
    deleted_by = :user_id::uuid
WHERE id = :message_id::uuid
    AND NOT is_deleted
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = messages.chat_id
            AND chat_participants.user_id = :user_id::uuid
            AND left_at IS NULL
            AND (messages.sender_id = :user_id::uuid OR role IN ('owner', 'admin'))
    )
RETURNING deleted_at;
