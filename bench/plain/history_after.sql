-- Plain: the 50 messages after a time.
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
WHERE chat_id = :chat_id::uuid
    AND created_at > :after_at::timestamptz
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = :chat_id::uuid
            AND user_id = :user_id::uuid
            AND left_at IS NULL
    )
ORDER BY created_at
LIMIT 50;
