-- Plain: the receipts of a message.
SELECT
    user_id,
    status,
    delivered_at,
    read_at
FROM message_delivery
WHERE message_id = :message_id::uuid
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = :chat_id::uuid
            AND chat_participants.user_id = :user_id::uuid
            AND left_at IS NULL
    )
ORDER BY user_id;
