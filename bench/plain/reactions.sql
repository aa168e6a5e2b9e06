-- Plain: the reactions under a page of messages.
SELECT
    message_id,
    emoji,
    count(*) AS reactions,
    bool_or(user_id = :user_id::uuid) AS is_mine
FROM message_reactions
WHERE message_id = ANY (:message_ids::uuid[])
    AND EXISTS (
        SELECT
        FROM chat_participants
        WHERE chat_participants.chat_id = :chat_id::uuid
            AND chat_participants.user_id = :user_id::uuid
            AND left_at IS NULL
    )
GROUP BY
    message_id,
    emoji
ORDER BY
    message_id,
    min(created_at);
