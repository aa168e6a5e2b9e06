-- Plain: the receipts of a message.
SELECT
    user_id,
    status,
    delivered_at,
    read_at
FROM message_delivery
WHERE message_id = CAST(:message_id AS uuid)
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = CAST(:chat_id AS uuid)
            AND chat_participants.user_id = CAST(:user_id AS uuid)
            AND left_at IS NULL
    )
ORDER BY user_id;
