-- Plain: delete a message softly.
UPDATE messages
SET
    content = '',
    metadata = '{}',
    is_deleted = true,
    deleted_at = now(),
    deleted_by = CAST(:user_id AS uuid)
WHERE id = CAST(:message_id AS uuid)
    AND NOT is_deleted
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = messages.chat_id
            AND chat_participants.user_id = CAST(:user_id AS uuid)
            AND left_at IS NULL
            AND (messages.sender_id = CAST(:user_id AS uuid) OR role IN ('owner', 'admin'))
    )
RETURNING deleted_at;
