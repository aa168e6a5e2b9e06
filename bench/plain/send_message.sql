-- Plain: a message, with a receipt and an unread row for every other member. Not safe to repeat.
WITH message AS (
    INSERT INTO messages (id, chat_id, sender_id, content, content_type, metadata, reply_to_id)
    SELECT
        CAST(:message_id AS uuid),
        CAST(:chat_id AS uuid),
        CAST(:sender_id AS uuid),
        CAST(:content AS text),
        CAST(:content_type AS text),
        CAST(:metadata AS jsonb),
        CAST(:reply_to_id AS uuid)
    WHERE EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_id = CAST(:chat_id AS uuid)
            AND user_id = CAST(:sender_id AS uuid)
            AND left_at IS NULL
    )
    RETURNING
        id,
        chat_id,
        created_at
),
receipts AS (
    INSERT INTO message_delivery (message_id, user_id)
    SELECT
        message.id,
        chat_participants.user_id
    FROM message
    JOIN chat_participants USING (chat_id)
    WHERE chat_participants.left_at IS NULL
        AND chat_participants.user_id <> CAST(:sender_id AS uuid)
    RETURNING user_id
),
unread AS (
    INSERT INTO unread_messages (chat_id, message_id, user_id)
    SELECT
        message.chat_id,
        message.id,
        receipts.user_id
    FROM message
    CROSS JOIN receipts
)
SELECT
    message.id AS message_id,
    message.created_at,
    ARRAY(SELECT user_id FROM receipts) AS recipients
FROM message;
