-- Plain: the 50 messages before a time.
SELECT
    id,
    sender_id,
    content,
    content_type,
    metadata,
    reply_to_id,
    edited_at,
    deleted_at,
    created_at
FROM messages
WHERE chat_id = CAST(:chat_id AS uuid)
    AND created_at < CAST(:before_at AS timestamptz)
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
            AND user_id = CAST(:user_id AS uuid)
            AND left_at IS NULL
    )
ORDER BY created_at DESC
LIMIT 50;
