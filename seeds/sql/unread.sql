-- In the order of the key, which is that of somebody who looks for his own.
INSERT INTO unread_messages (
    chat_id,
    user_id,
    message_id,
    created_at
)
SELECT
    chat_id,
    user_id,
    message_id,
    created_at
FROM message_delivery
WHERE status <> 'read'
    AND chat_id IN (SELECT chat_id FROM talk_sessions)
ORDER BY
    user_id,
    chat_id,
    message_id;
