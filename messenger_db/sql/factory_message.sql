WITH message AS (
    INSERT INTO messages (
        chat_id,
        sender_id,
        content,
        reply_to_id
    ) VALUES (
        %(chat_id)s,
        %(sender_id)s,
        %(content)s,
        %(reply_to_id)s
    )
    RETURNING
        id,
        chat_id,
        sender_id,
        created_at
),
receipts AS (
    INSERT INTO message_delivery (
        chat_id,
        message_id,
        user_id
    )
    SELECT
        message.chat_id,
        message.id,
        chat_participants.user_id
    FROM message
    JOIN chat_participants USING (chat_id)
    WHERE chat_participants.left_at IS NULL
        AND chat_participants.user_id <> message.sender_id
    RETURNING
        chat_id,
        message_id,
        user_id
),
unread AS (
    INSERT INTO unread_messages (
        chat_id,
        message_id,
        user_id
    )
    SELECT
        chat_id,
        message_id,
        user_id
    FROM receipts
)
SELECT
    id::text,
    created_at,
    ARRAY(SELECT user_id::text FROM receipts)
FROM message;
