-- Plain: what a user has not read in a chat is read.
WITH unread AS (
    DELETE FROM unread_messages
    WHERE user_id = CAST(:user_id AS uuid)
        AND chat_id = CAST(:chat_id AS uuid)
    RETURNING message_id
)
UPDATE message_delivery
SET
    status = 'read',
    delivered_at = COALESCE(delivered_at, now()),
    read_at = now()
FROM unread
WHERE message_delivery.message_id = unread.message_id
    AND message_delivery.user_id = CAST(:user_id AS uuid)
RETURNING
    message_delivery.message_id,
    message_delivery.read_at;
