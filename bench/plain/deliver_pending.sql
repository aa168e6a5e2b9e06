-- Plain: mark what is pending for a user as delivered, and return it.
WITH pending AS (
    SELECT id
    FROM message_delivery
    WHERE user_id = CAST(:user_id AS uuid)
        AND status = 'pending'
    ORDER BY created_at
    LIMIT CAST(:max_messages AS integer)
)
UPDATE message_delivery
SET
    status = 'delivered',
    delivered_at = now()
FROM messages
WHERE message_delivery.id IN (SELECT id FROM pending)
    AND messages.id = message_delivery.message_id
RETURNING
    messages.chat_id,
    messages.id AS message_id,
    messages.sender_id,
    messages.content,
    messages.content_type,
    messages.metadata,
    messages.reply_to_id,
    messages.edited_at,
    messages.deleted_at,
    messages.created_at,
    message_delivery.delivered_at;
